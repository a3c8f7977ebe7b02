"""The command ``descent``: fetches data before a class needs them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from descent import __version__
from descent.data import FOLDER_VARIABLE, DataError, fetch_mnist
from descent.newspaper import PageError
from descent.newspaper import commands as pages


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 something is wrong, 2 wrong usage, 130 interrupted."""
    parser = argparse.ArgumentParser(
        prog="descent",
        description="What the notebooks of Descent need beforehand: the data of mnist_mlp, and the pages of newspaper_cnn.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="examples:\n  descent data                  # once, before a class without a network\n"
        "  descent pages sheet           # twelve pages on one picture\n"
        "  descent pages evaluate --help # try a network on a scan of your own",
    )
    parser.add_argument("--version", action="version", version=f"descent {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    data = commands.add_parser(
        "data",
        help="fetch MNIST, checked by SHA-256, and say where it lies",
        description="Fetch MNIST for the notebooks, so that a class needs no network. Files that are there and "
        "undamaged are kept.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=f"examples:\n  descent data\n  {FOLDER_VARIABLE}=/srv/data descent data   # for all users of a machine",
    )
    data.add_argument(
        "--folder",
        metavar="DIR",
        help=f"put it there instead of the user's cache; {FOLDER_VARIABLE} then has to name this folder",
    )
    data.set_defaults(run=_data)
    pages.add_command(commands)
    options = parser.parse_args(argv)
    try:
        return options.run(options)
    except (DataError, PageError, OSError) as error:
        print(f"descent: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("descent: interrupted; nothing half-written is left.", file=sys.stderr)
        return 130


def _data(options: argparse.Namespace) -> int:
    print(f"MNIST lies in {fetch_mnist(options.folder)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
