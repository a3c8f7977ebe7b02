"""The command line ``assay``; each command lives in the module that does the work."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from assay import __version__
from assay.errors import AssayError
from assay.usage import HelpFormatter, examples

#: From a command to its module and to what it does. A module is imported when its command is called: some take seconds.
COMMANDS = {
    "init": ("assay.init", "put assay under an nbgrader course that exists"),
    "build": ("assay.build", "make notebooks, release and solutions from the text of assignments"),
    "grade": ("assay.engine", "grade submissions into the gradebook and write feedback"),
    "report": (
        "assay.report",
        "write pages that say how the class did, task by task, and what needs a person",
    ),
    "export": (
        "assay.export",
        "write marks as a file for Canvas, Moodle, ILIAS or a spreadsheet",
    ),
    "check": ("assay.single", "run the visible tests of one notebook, as grading would"),
    "doctor": ("assay.doctor", "test the walls around submissions on this machine"),
    "variants": ("assay.variants", "say for each hidden test which wrong answers it alone catches"),
    "sample": ("assay.variants", "write a sample class whose marks are known into submitted/"),
    "calibrate": (
        "assay.calibration",
        "measure how far the thresholds of a notebook stand from right and from degenerate answers",
    ),
}
DESCRIPTION = (
    "Build assignments, grade what students hand in, and find out what a test is worth. assay works in the folder of a course, "
    "the one with nbgrader_config.py, and writes the marks into nbgrader's gradebook."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 something is wrong, 2 wrong usage, 130 interrupted."""
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(
        prog="assay",
        allow_abbrev=False,
        description=DESCRIPTION,
        formatter_class=HelpFormatter,
        epilog=examples(
            ("assay build slope", "after each edit of source/slope.py"),
            ("assay grade slope", "what is in submitted/<student>/slope/"),
            ("assay COMMAND --help", "the options of a command, with examples"),
        ),
    )
    parser.add_argument("--version", action="version", version=f"assay {__version__}")
    parser.add_argument("--traceback", action="store_true", help="show where an unexpected error came from")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    try:
        _add_commands(commands, _named(arguments))
    except ModuleNotFoundError as missing:
        print(
            f"assay: the package {missing.name!r} is not installed; install the grader with: pip install 'descent-notebooks[grader]'",
            file=sys.stderr,
        )
        return 1
    options = parser.parse_args(arguments)
    try:
        return options.run(options)
    except AssayError as error:
        print(f"assay: {error}", file=sys.stderr)
        return 1
    except Exception as error:
        if options.traceback:
            raise
        print(
            f"assay: an unexpected error, {type(error).__name__}: {error}; "
            f"assay --traceback {options.command} ... shows where it came from.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("assay: interrupted; what was finished before is kept.", file=sys.stderr)
        return 130


def _named(arguments: Sequence[str]) -> str:
    """The command that is called, or nothing where the help of all is asked for or no command is known."""
    first = next((each for each in arguments if each != "--traceback"), "")
    return first if first in COMMANDS else ""


def _add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str) -> None:
    """Add the command ``name`` with its options; without a name add all, but only as far as the list of commands needs it."""
    if name:
        import_module(COMMANDS[name][0]).add_command(commands)
        return
    for command, (_, summary) in COMMANDS.items():
        commands.add_parser(command, help=summary)


if __name__ == "__main__":
    sys.exit(main())
