"""The command line's help, as somebody reads it who has never used the programs."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest

import assay.cli
import descent.cli
from assay.cli import COMMANDS

MAIN = {"assay": assay.cli.main, "descent": descent.cli.main}
#: Of these a program may import none to say what its commands are: they take seconds.
HEAVY = {
    "IPython",
    "distributed",
    "jsonschema",
    "nbclient",
    "nbconvert",
    "nbformat",
    "nbgrader",
    "tensorflow",
}


class Caught(Exception):  # noqa: N818 - it is no error
    """Carries a parser out of a program that would print its help."""

    def __init__(self, parser: argparse.ArgumentParser) -> None:
        super().__init__()
        self.parser = parser


def parser_of(*command: str) -> argparse.ArgumentParser:
    """The parser that prints the help of a command."""

    def catch(self: argparse.ArgumentParser, file: object = None) -> None:
        raise Caught(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(argparse.ArgumentParser, "print_help", catch)
        with pytest.raises(Caught) as caught:
            MAIN[command[0]]([*command[1:], "--help"])
    return caught.value.parser


def subcommands(parser: argparse.ArgumentParser) -> dict[str, str]:
    """The commands below a parser, and what its help says of each."""
    return {
        choice.dest: choice.help or ""
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for choice in action._choices_actions
    }


def all_commands(*command: str) -> Iterator[tuple[str, ...]]:
    yield command
    for name in subcommands(parser_of(*command)):
        yield from all_commands(*command, name)


EVERY = [command for program in MAIN for command in all_commands(program)]


def test_every_command_of_both_programs_is_looked_at():
    assert {("assay",), ("descent",), ("descent", "pages", "render")} < set(EVERY)
    assert {command[1] for command in EVERY if command[0] == "assay" and len(command) == 2} == set(COMMANDS)


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_a_command_says_what_it_does_and_what_each_option_is_for(command: tuple[str, ...]):
    parser = parser_of(*command)
    assert len((parser.description or "").split()) >= 8
    assert "``" not in parser.format_help()
    for action in parser._actions:
        if not isinstance(action, argparse._SubParsersAction):
            assert action.help, action
    for name, summary in subcommands(parser).items():
        assert summary, name


@pytest.mark.parametrize("command", EVERY, ids=" ".join)
def test_the_examples_of_a_command_are_commands(command: tuple[str, ...]):
    epilog = parser_of(*command).epilog or ""
    if len(command) == 2 and command[0] == "assay":
        assert epilog.startswith("examples:"), "an example says more than the list of options"
    for line in epilog.split("\n")[1:]:
        line = re.sub(r"^\s*(\w+=\S+ )?", "", line)
        program, *words = shlex.split(line, comments=True)
        if words[0] == "COMMAND":
            continue
        assert parses(program, words), line


def parses(program: str, words: list[str]) -> bool:
    """Whether the program takes the words; no command is run."""
    original = argparse.ArgumentParser.parse_args

    def stop(self: argparse.ArgumentParser, *arguments: object, **keywords: object) -> None:
        original(self, *arguments, **keywords)
        raise Caught(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(argparse.ArgumentParser, "parse_args", stop)
        try:
            MAIN[program](words)
        except Caught:
            return True
        except SystemExit as exit_:
            return exit_.code == 0
    return False


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_the_module_says(name: str):
    subparsers = argparse.ArgumentParser().add_subparsers()
    assay.cli._add_commands(subparsers, name)
    summaries = {choice.dest: choice.help for choice in subparsers._choices_actions}
    assert summaries[name] == COMMANDS[name][1]


def test_the_list_of_commands_imports_nothing_that_takes_seconds():
    code = (
        "import sys\nfrom assay.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\nprint(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "calibrate" in done.stdout
    assert HEAVY & set(done.stderr.split()) == set()


def test_an_abbreviated_option_does_not_hide_the_command(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as exit_:
        assay.cli.main(["--trace", "build"])
    assert exit_.value.code == 2
    assert "unrecognized arguments: --trace" in capsys.readouterr().err


def test_an_unknown_command_is_answered_with_those_that_there_are(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as exit_:
        assay.cli.main(["grad"])
    assert exit_.value.code == 2
    printed = capsys.readouterr().err
    assert all(name in printed for name in COMMANDS)
