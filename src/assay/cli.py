"""The command line: ``assay build | grade | report | export | check | doctor | variants``; each command lives in the module that does the work."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from assay import __version__
from assay.errors import AssayError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 something is wrong, 2 wrong usage, 130 interrupted."""
    parser = argparse.ArgumentParser(prog="assay", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--version", action="version", version=f"assay {__version__}")
    parser.add_argument("--traceback", action="store_true", help="show where an unexpected error came from")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    try:
        from assay import build, calibration, doctor, engine, export, report, single, variants
    except ModuleNotFoundError as missing:
        print(
            f"assay: the package {missing.name!r} is not installed; install the grader with: pip install 'descent-notebooks[grader]'",
            file=sys.stderr,
        )
        return 1
    for module in (build, engine, report, export, single, doctor, variants, calibration):
        module.add_command(commands)
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


if __name__ == "__main__":
    sys.exit(main())
