"""The last step of a page of feedback: one outline of headings, pictures inside the page, nothing that a browser would load or run."""

from __future__ import annotations

import base64
import os
import re
import stat
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup

from assay.cleaning import picture_type

MOST_PICTURE_BYTES = 8_000_000
MOST_BYTES = 32_000_000

_HEADINGS = re.compile(r"h[1-6]")
_LOCAL = re.compile(r"(?:[\w-]+/){0,3}[\w-][\w.-]*\.(?:png|jpe?g|gif)", re.IGNORECASE | re.ASCII)
_INSIDE = re.compile(r"data:image/[a-z+]+;base64,", re.IGNORECASE)
#: A cleaned submission holds none of them; the course's own text may, and a page that is read from a file should not run it.
_ACTING = [
    "script",
    "iframe",
    "object",
    "embed",
    "applet",
    "form",
    "link",
    "base",
    "meta",
    "style",
    "video",
    "audio",
    "source",
    "frame",
    "frameset",
    "noscript",
    "template",
]
#: Under the heading of the page and that of the notebook.
_BASE_LEVEL = 2
_BOX = 7


def finish(page: str, folder: Path | None) -> str:
    """The page with what a template cannot see to, in what stands below its ``main``.

    Parameters
    ----------
    folder
        Where pictures are that Markdown names by a path, or None when there are none.
    """
    soup = BeautifulSoup(page, "html.parser")
    main = soup.find("main")
    if main is None:
        return page
    for element in main.find_all(_ACTING):
        element.decompose()
    for element in main.find_all(True):
        for name in [
            name for name in element.attrs if name.lower().startswith("on") or name.lower() == "srcset"
        ]:
            del element.attrs[name]
    _outline(soup, main)
    _pictures(soup, main, folder)
    for table in main.find_all("table"):
        for cell in table.find_all("th"):
            if not cell.get_text(strip=True) and not cell.find("img"):
                cell.name = "td"
        if not table.find_parent(class_="wide"):
            table.wrap(soup.new_tag("div", attrs={"class": "wide", "tabindex": "0"}))
    for box in main.find_all("input"):
        box.replace_with("☑ " if box.has_attr("checked") else "☐ ")
    for link in main.find_all("a"):
        if not link.get_text(strip=True) and not link.find("img"):
            if link.get("href"):
                link.string = str(link["href"])[:80]
            else:
                link.unwrap()
    return str(soup)


def _outline(soup: Any, main: Any) -> None:
    """Give the notebook's headings levels without gaps, and ids by which its own links find them."""
    taken = {str(element["id"]) for element in soup.find_all(id=True)}
    levels: list[int] = []
    for heading in main.find_all(_HEADINGS):
        classes = heading.get("class") or []
        if "page" in classes:
            continue
        level = _BOX if "box-title" in classes else int(heading.name[1])
        while levels and levels[-1] >= level:
            levels.pop()
        levels.append(level)
        heading.name = f"h{min(6, _BASE_LEVEL + len(levels))}"
        name = re.sub(r"\s", "-", heading.get_text().strip())
        if not heading.get("id") and name and name not in taken:
            heading["id"] = name
            taken.add(name)
        if not name and not heading.find("img"):
            # An empty heading is announced and says nothing.
            heading.name = "p"


def _pictures(soup: Any, main: Any, folder: Path | None) -> None:
    left = MOST_BYTES
    for image in main.find_all("img"):
        source, alt = str(image.get("src") or ""), str(image.get("alt") or "").strip()
        image["alt"] = alt or "A picture without a description."
        if _INSIDE.match(source):
            continue
        content = _content(folder, source, left) if folder is not None else b""
        kind = picture_type(content)
        if kind:
            left -= len(content)
            image["src"] = f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
            continue
        words = f"[picture: {alt or source[:80] or 'without a name'}]"
        if re.match(r"https?://", source, re.IGNORECASE) and not image.find_parent("a"):
            link = soup.new_tag("a", href=source)
            link.string = words
            image.replace_with(link)
        else:
            image.replace_with(words)


def _content(folder: Path, name: str, most: int) -> bytes:
    """A picture's file below a folder, followed through no link; nothing when it is none."""
    if not _LOCAL.fullmatch(name):
        return b""
    path = folder / name
    try:
        if path.resolve() != folder.resolve() / name:
            return b""
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return b""
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > min(most, MOST_PICTURE_BYTES):
            return b""
        return file.read(min(most, MOST_PICTURE_BYTES))
