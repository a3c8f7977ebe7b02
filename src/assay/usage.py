"""How the command line's help looks: sentences as wide as the terminal, examples as they were written."""

from __future__ import annotations

import argparse

_TITLE = "examples:\n"


class HelpFormatter(argparse.HelpFormatter):
    """Breaks lines as argparse does, but for those of examples."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return text if text.startswith(_TITLE) else super()._fill_text(text, width, indent)


def examples(*lines: tuple[str, str]) -> str:
    """Text for the end of a command's help: commands to copy, each with what it does as a comment."""
    longest = max(len(command) for command, _ in lines)
    return _TITLE + "\n".join(f"  {command:{longest}}  # {what}" for command, what in lines)
