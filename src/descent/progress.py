"""One line that says how far a long job is, in a notebook, in a terminal and in a log file."""

from __future__ import annotations

import sys
import time
from typing import Any, TextIO

#: A reader cannot follow more changes than this, and each one costs a message to the notebook's page.
_SECONDS_BETWEEN_CHANGES = 0.1


class ProgressLine:
    """One line of text that is replaced while a job runs, and stays with its last text.

    In a notebook the line is one output that is updated in place, so a saved notebook holds its last text only.
    In a terminal it is written over. Anywhere else, as in a log file, only the last text is written.

    Parameters
    ----------
    stream
        Where to write outside a notebook; standard output if none is given.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        """Show nothing yet."""
        self._stream = sys.stdout if stream is None else stream
        self._terminal = bool(getattr(self._stream, "isatty", lambda: False)())
        self._shell_display = _notebook_display()
        self._handle: Any = None
        self._shown_at = float("-inf")
        self._width = 0
        self._text = ""

    def show(self, text: str) -> None:
        """Show this text instead of the last one, unless that one has only just been shown."""
        now = time.monotonic()
        self._text = text
        if now - self._shown_at >= _SECONDS_BETWEEN_CHANGES:
            self._shown_at = now
            self._write(text)

    def close(self, text: str | None = None) -> None:
        """Show the last text, or this one, for good."""
        text = self._text if text is None else text
        if not text:
            return
        self._write(text)
        if self._shell_display is None:
            self._stream.write("\n" if self._terminal else f"{text}\n")
            self._stream.flush()

    def _write(self, text: str) -> None:
        if self._shell_display is not None:
            content = {"text/plain": text}
            if self._handle is None:
                self._handle = self._shell_display(content, raw=True, display_id=True)
            else:
                self._handle.update(content, raw=True)
        elif self._terminal:
            self._stream.write("\r" + text.ljust(self._width))
            self._stream.flush()
            self._width = len(text)


def bar(done: float, width: int = 20) -> str:
    """Draw a share between 0 and 1 as a bar of ``width`` signs."""
    filled = round(min(max(done, 0.0), 1.0) * width)
    return "█" * filled + "░" * (width - filled)


def _notebook_display() -> Any:
    """IPython's ``display`` where a notebook's page is listening, else None."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    from IPython.display import display

    return display
