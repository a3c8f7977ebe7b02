"""Pictures of pages: those of the documentation, made when ASSAY_SCREENSHOTS names a folder, and those of failures."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

#: A picture is in git, where every version of it stays.
LARGEST_PICTURE = 200_000
#: Persons with open pages; a failure shows what each of them sees.
PERSONS: list[Any] = []


def picture(person: Any, name: str, *, height: int = 860) -> None:
    """Keep what a person sees as a picture of the documentation."""
    folder = os.environ.get("ASSAY_SCREENSHOTS")
    if not folder:
        return
    usual = person.page.viewport_size
    person.page.set_viewport_size({**usual, "height": height})
    image = person.page.screenshot(animations="disabled", caret="hide")
    person.page.set_viewport_size(usual)
    if len(image) >= LARGEST_PICTURE:
        raise AssertionError(
            f"{name} has {len(image)} bytes; a picture of the documentation has less than {LARGEST_PICTURE}."
        )
    path = Path(folder) / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(image)


def of_failure(folder: Path, test: str) -> list[tuple[str, str]]:
    """Save what every open page shows, and return sections of a report: where the pictures are, and the server's log."""
    sections = []
    name = re.sub(r"\W+", "_", test)
    for number, person in enumerate(PERSONS):
        path = folder / f"{name}_{number}.png"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            person.page.screenshot(path=path, timeout=10_000)
            sections.append((f"what the browser showed at {person.page.url.partition('?')[0]}", str(path)))
        except Exception as error:
            # The failure that is being reported is the one that counts.
            sections.append(("what the browser showed", f"There is no picture: {error}"))
        if person.errors:
            sections.append(("errors of the page's scripts", "\n".join(person.errors[-20:])))
    if PERSONS:
        sections.append(("the end of JupyterLab's log", PERSONS[0].lab.last_lines()))
    return sections
