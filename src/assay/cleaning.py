"""Takes out of a submission's notebook all that could act in the browser of the person who reads it.

nbgrader's formgrader shows a submission inside the instructor's session, and nbconvert's templates print HTML, Markdown,
and some fields that look like numbers as they are. What is shown is therefore rebuilt from an allow-list:

- an output is made anew from the fields that the notebook format knows; its metadata is left out but for a picture's size and description;
- HTML goes through nh3 with few tags and attributes, and pictures must be PNG, JPEG or GIF data of a bounded size;
- Markdown stays as it was written, byte for byte, if nbconvert's own renderer makes nothing of it that is not allowed.
  If it does, the tags, links and pictures in question are turned into text, outside code and formulas; if that is not
  enough, the whole cell is shown as text. The renderer has the last word each time, so a slip in the rewriting costs looks, not safety;
- macros of MathJax that reach HTML (``\\href``, ``\\style`` ...) lose their backslash's grip: ``\\ href``.

Cleaning twice gives the same as cleaning once. Nothing in here raises: what cannot be cleaned is replaced by a note.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import nbformat
import nh3


@dataclass(frozen=True)
class OutputLimits:
    """How much of one cell's outputs is shown."""

    outputs: int = 200
    characters: int = 100_000
    """Of the text of one output."""
    cell_characters: int = 1_000_000
    image_bytes: int = 8_000_000
    """Of one picture, decoded from base64."""
    cell_image_bytes: int = 32_000_000
    image_pixels: int = 30_000_000
    cell_image_pixels: int = 120_000_000


LIMITS = OutputLimits()
MARKDOWN_CHARACTERS = 50_000
# In the unit of _rendering_cost; 20 million take half a second.
_CELL_RENDERING, _NOTEBOOK_RENDERING = 20_000_000, 100_000_000
SOURCE_CHARACTERS = 1_000_000
#: Of the description of a picture.
ALT_CHARACTERS = 2000


def clean_notebook(notebook: Any, *, trusted: Collection[str] = (), limits: OutputLimits = LIMITS) -> Any:
    """A copy of the notebook that is safe to show by nbgrader's formgrader and feedback templates.

    Parameters
    ----------
    notebook
        A notebook of format 4, as it is after execution.
    trusted
        Grade ids of markdown cells whose text comes from the course and not from the student: it is left as it is.
    """
    cells = [cell for cell in _list(_get(notebook, "cells")) if isinstance(cell, dict)]
    reserved = _reserved_ids(cells)
    clean = nbformat.v4.new_notebook(metadata=_notebook_metadata(_get(notebook, "metadata")))
    for field in ("nbformat", "nbformat_minor"):
        value = _get(notebook, field)
        if type(value) is int and 0 < value < 100:
            clean[field] = value
    with_ids = (clean.nbformat, clean.nbformat_minor) >= (4, 5)
    seen: set[str] = set()
    rendering = 0
    for cell in cells:
        rendering += (
            _rendering_cost(_text(cell.get("source")) or "") if cell.get("cell_type") != "code" else 0
        )
        if rendering > _NOTEBOOK_RENDERING:
            cell = {**cell, "cell_type": "raw" if cell.get("cell_type") != "code" else "code"}
        new = _clean_cell(cell, trusted, reserved, limits)
        identity = _get(cell, "id")
        if (
            isinstance(identity, str)
            and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", identity)
            and identity not in seen
        ):
            new["id"] = identity
        seen.add(new.get("id", ""))
        if not with_ids:
            new.pop("id", None)
        clean.cells.append(new)
    return clean


def clean_outputs(outputs: Any, *, limits: OutputLimits = LIMITS) -> list[Any]:
    """The outputs of one cell, made anew from what may be shown."""
    budget = _Budget(limits, limits.cell_characters, limits.cell_image_bytes, limits.cell_image_pixels)
    given = _list(outputs)
    clean = []
    for output in given[: limits.outputs]:
        try:
            new = _clean_output(output, budget)
        except Exception:
            new = nbformat.v4.new_output("stream", name="stderr", text=_note("an output that cannot be read"))
        if new is not None:
            clean.append(new)
    if len(given) > limits.outputs:
        clean[-1:] = [
            nbformat.v4.new_output(
                "stream", name="stderr", text=_note(f"outputs after number {limits.outputs - 1}")
            )
        ]
    return clean


def clean_attachments(attachments: Any, *, limits: OutputLimits = LIMITS) -> dict[str, dict[str, str]]:
    """The pictures among a markdown cell's attachments, with harmless names, as ``{name: {mime: base64}}``."""
    budget = _Budget(limits, limits.cell_characters, limits.cell_image_bytes, limits.cell_image_pixels)
    clean: dict[str, dict[str, str]] = {}
    for name, bundle in _mapping(attachments).items():
        if (
            not isinstance(name, str)
            or not _ATTACHMENT_NAME.fullmatch(name)
            or not isinstance(bundle, Mapping)
        ):
            continue
        pictures = {mime: _picture(bundle.get(mime), mime, budget) for mime in _PICTURES if mime in bundle}
        kept = {mime: data for mime, data in pictures.items() if data is not None}
        if kept:
            clean[name] = kept
    return clean


def clean_markdown(
    source: Any, *, attachments: Mapping[str, Any] | None = None, reserved: Collection[str] = ()
) -> str:
    """Markdown that nbconvert renders to harmless HTML: the source itself if it is, else a defused form of it.

    Parameters
    ----------
    source
        What the student wrote.
    attachments
        The cell's attachments, cleaned: a picture that names another one is turned into text, since nbconvert fails on it.
    reserved
        Element ids that the page needs for itself, so that no heading may take one.
    """
    text = _text(source)
    if text is None:
        return ""
    text = _visible_directions(_printable(text))
    if len(_DATA_URI.sub("", text)) > MARKDOWN_CHARACTERS or len(text) > 10 * LIMITS.image_bytes:
        text = text[: MARKDOWN_CHARACTERS - 100] + "\n\n" + _note("the rest of a text that is too long")
    known = set(attachments or {})
    taken = {*_PAGE_IDS, *reserved}
    if _rendering_cost(text) > _CELL_RENDERING:
        return _as_plain_text(text)
    forms: tuple[Callable[[], str], ...] = (lambda: text, lambda: _defused(text, known, taken))
    for form in forms:
        try:
            candidate = form()
            if _renders_harmlessly(candidate, dict(attachments or {}), taken):
                return candidate
        except Exception:
            # Whatever makes the renderer fail here would make formgrader and the feedback fail later.
            continue
    return _as_plain_text(text)


def clean_html(source: str, *, limits: OutputLimits = LIMITS) -> str | None:
    """HTML of an allow-list; ``None`` when nothing of it is left to show, or when it is too large or too deep."""
    budget = _Budget(limits, limits.cell_characters, limits.cell_image_bytes, limits.cell_image_pixels)
    return _html(source, budget)


def picture_type(content: bytes, *, limits: OutputLimits = LIMITS) -> str:
    """The type of a picture that may be shown, or the empty string when the bytes are none, or one of too many pixels."""
    for mime, size_of in _PICTURES.items():
        try:
            width, height = size_of(content)
        except (struct.error, ValueError, IndexError):
            continue
        return mime if 0 < width * height <= limits.image_pixels else ""
    return ""


# ---------------------------------------------------------------------------------------------------------- cells


def _clean_cell(
    cell: Mapping[str, Any], trusted: Collection[str], reserved: Collection[str], limits: OutputLimits
) -> Any:
    kind = cell.get("cell_type")
    source = _text(cell.get("source")) or ""
    metadata = _cell_metadata(cell.get("metadata"))
    if kind == "code":
        new = nbformat.v4.new_code_cell(metadata=metadata)
        new.source = _visible_directions(_printable(source[:SOURCE_CHARACTERS]))
        new.execution_count = _count(cell.get("execution_count"))
        new.outputs = clean_outputs(cell.get("outputs"), limits=limits)
        return new
    new = nbformat.v4.new_markdown_cell(metadata=metadata)
    if kind != "markdown":
        # A raw cell is printed as HTML by nbconvert, and of an unknown cell even its type is.
        new.source = _as_plain_text(source) if source.strip() else ""
        return new
    attachments = clean_attachments(cell.get("attachments"), limits=limits)
    complete = len(attachments) == len(_mapping(cell.get("attachments")))
    if complete and metadata.get("nbgrader", {}).get("grade_id", "") in trusted:
        new.source = source
    else:
        new.source = clean_markdown(source, attachments=attachments, reserved=reserved)
    if attachments:
        new.attachments = nbformat.from_dict(attachments)
    return new


def _cell_metadata(metadata: Any) -> dict[str, Any]:
    """What the templates and nbgrader need; tags, names of languages and ``transient`` reach HTML or hide a cell."""
    clean: dict[str, Any] = {}
    if not isinstance(metadata, Mapping):
        return clean
    given = metadata.get("nbgrader")
    if isinstance(given, Mapping) and _is_name(given.get("grade_id", "none")):
        kept = {key: value for key, value in given.items() if _NBGRADER_FIELDS.get(key, _never)(value)}
        if kept:
            clean["nbgrader"] = kept
    tags = [tag for tag in _list(metadata.get("tags"))[:50] if _is_name(tag)]
    if tags:
        clean["tags"] = tags
    for key in ("deletable", "editable", "collapsed"):
        if type(metadata.get(key)) is bool:
            clean[key] = metadata[key]
    return clean


def _notebook_metadata(metadata: Any) -> dict[str, Any]:
    clean: dict[str, Any] = {}
    for key, fields in (
        ("kernelspec", ("name", "display_name", "language")),
        ("language_info", ("name", "version", "mimetype", "file_extension", "pygments_lexer")),
    ):
        given = _get(metadata, key)
        values = {field: _get(given, field) for field in fields}
        kept = {
            field: value
            for field, value in values.items()
            if isinstance(value, str) and re.fullmatch(r"[\w.+/() -]{1,80}", value, re.ASCII)
        }
        # The notebook format wants both names of a kernel and the name of a language.
        if {"name", "display_name"} <= kept.keys() if key == "kernelspec" else "name" in kept:
            clean[key] = kept
    return clean


def _reserved_ids(cells: list[Any]) -> set[str]:
    """Ids under which formgrader looks for its own input fields."""
    reserved = set()
    for cell in cells:
        name = _get(_get(_get(cell, "metadata"), "nbgrader"), "grade_id")
        if isinstance(name, str):
            reserved |= {name, f"{name}-comment", f"{name}_extra_credit"}
    return reserved


# -------------------------------------------------------------------------------------------------------- outputs


@dataclass
class _Budget:
    """What may still be shown of one cell."""

    limits: OutputLimits
    characters: int
    image_bytes: int
    image_pixels: int
    rendering: int = _CELL_RENDERING


def _clean_output(output: Any, budget: _Budget) -> Any:
    kind = _get(output, "output_type")
    if kind == "stream":
        name = "stderr" if _get(output, "name") == "stderr" else "stdout"
        return nbformat.v4.new_output("stream", name=name, text=_plain(_get(output, "text"), budget))
    if kind == "error":
        return nbformat.v4.new_output(
            "error",
            ename=_plain(_get(output, "ename"), budget, 1000),
            evalue=_plain(_get(output, "evalue"), budget, 10_000),
            traceback=list(_plain_lines(_get(output, "traceback"), budget)),
        )
    if kind not in ("display_data", "execute_result"):
        return None
    data = _bundle(_get(output, "data"), budget)
    new = nbformat.v4.new_output(kind, data=data, metadata=_picture_sizes(_get(output, "metadata"), data))
    if kind == "execute_result":
        new.execution_count = _count(_get(output, "execution_count"))
    return new


def _bundle(bundle: Any, budget: _Budget) -> dict[str, Any]:
    given = _mapping(bundle)
    clean: dict[str, Any] = {}
    left_out = []
    for mime, value in list(given.items())[:50]:
        if mime in _PICTURES:
            shown = _picture(value, mime, budget)
        elif mime == "image/svg+xml":
            # Further down, when it is known whether the bundle holds a better form of the same picture.
            continue
        else:
            text = _text(value)
            cleaner = _TEXTS.get(mime)
            shown = cleaner(text, budget) if cleaner is not None and text is not None else None
        if shown is None:
            left_out.append(mime)
        else:
            clean[mime] = shown
    if "image/svg+xml" in given and not {"image/png", "image/jpeg", "text/html"} & clean.keys():
        drawing = _drawing(given["image/svg+xml"], budget)
        if drawing is None:
            left_out.append("image/svg+xml")
        else:
            clean["text/html"] = drawing
    notes = [
        _note(mime) for mime in left_out if isinstance(mime, str) and re.fullmatch(r"[\w.+/-]{1,80}", mime)
    ]
    if notes or not clean:
        plain = [clean["text/plain"]] if "text/plain" in clean else []
        clean["text/plain"] = "\n".join([*plain, *(notes or [_note("an output of no known kind")])])
    return clean


def _picture_sizes(metadata: Any, data: Mapping[str, Any]) -> dict[str, Any]:
    """Width, height and description under a picture's type; all else, a file name above all, could name another address."""
    sizes = {}
    for mime in data:
        given = _get(metadata, mime)
        size = {key: _get(given, key) for key in ("width", "height")}
        size = {
            key: value for key, value in size.items() if type(value) in (int, float) and 0 < value <= 10_000
        }
        alt = _text(_get(given, "alt"))
        if alt and alt.strip():
            # Without what could end an attribute, whatever a template does with it.
            size["alt"] = re.sub(r'[<>"&`]', " ", _visible_directions(_printable(alt[:ALT_CHARACTERS])))
        if size and mime in _PICTURES:
            sizes[mime] = size
    return sizes


def _plain(value: Any, budget: _Budget, most: int | None = None) -> str:
    """Text with no control characters but line ends, tabs and the colours of a terminal."""
    room = max(0, min(most or budget.limits.characters, budget.limits.characters, budget.characters))
    text = _text(value) or ""
    cut = len(text) > 4 * room
    text = _OTHER_SEQUENCES.sub("", _printable(text[: 4 * room], keep="\x1b\r"))
    text = _COLOUR.sub(_known_colour, text).replace("\r\n", "\n")
    if text.count("\x1b") > 5000:
        text = _COLOUR.sub("", text)
    # A progress bar writes over its line; what a terminal would show at the end is its last state.
    text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    text = _visible_directions(text)
    if cut or len(text) > room:
        note = _note("the rest of a text that is too long")
        text = text[: max(0, room - len(note) - 1)] + "\n" + note
    budget.characters -= len(text)
    return text


def _plain_lines(value: Any, budget: _Budget) -> Iterator[str]:
    lines = _list(value)
    room = budget.limits.characters
    for line in lines[:500]:
        text = _plain(line, budget, max(200, min(20_000, room)))
        room -= len(text)
        yield text
        if room <= 0:
            break


def _shown_html(text: str, budget: _Budget) -> str | None:
    return _html(text, budget)


def _shown_markdown(text: str, budget: _Budget) -> str | None:
    budget.rendering -= _rendering_cost(text)
    if budget.rendering < 0:
        return None
    clean = clean_markdown(text)
    if len(clean) > budget.characters:
        return None
    budget.characters -= len(clean)
    return clean


def _shown_latex(text: str, budget: _Budget) -> str | None:
    if len(text) > 10_000 or len(text) > budget.characters:
        return None
    budget.characters -= len(text)
    return _without_macros(_visible_directions(_printable(text)))


# ---------------------------------------------------------------------------------------------------------- HTML


def _html(source: str, budget: _Budget) -> str | None:
    room = min(budget.limits.characters, budget.characters)
    source = _visible_directions(_printable(source))
    length = len(_DATA_URI.sub("", source))
    # It counts whatever comes of it: what takes the time is to read it.
    budget.characters -= min(length, room)
    if length > room or len(source) > 2 * budget.limits.cell_image_bytes:
        return None
    if _too_deep(source):
        return None
    clean = nh3.clean(
        source,
        tags=_TAGS,
        clean_content_tags=_CONTENT_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=lambda tag, name, value: _attribute(tag, name, value, budget),
        url_schemes={"http", "https", "mailto", "data"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        filter_style_properties=_STYLE_PROPERTIES,
        allowed_classes={"table": {"dataframe"}},
    )
    clean = _without_macros(clean)
    if len(_DATA_URI.sub("", clean)) > 2 * room or _too_deep(clean):
        return None
    if not re.sub(r"<(?!img[^>]* src=)[^>]*>", "", clean).strip():
        return None
    return clean


def _attribute(tag: str, name: str, value: str, budget: _Budget) -> str | None:
    if name == "src":
        match = re.fullmatch(r"data:(image/(?:png|jpeg|gif|svg\+xml));base64,([A-Za-z0-9+/=\s]*)", value)
        if match is None:
            return None
        mime, content = match.groups()
        if mime == "image/svg+xml":
            return value if _is_drawing(_decoded(content), budget) else None
        data = _picture(content, mime, budget)
        return None if data is None else f"data:{mime};base64,{data}"
    if name == "href":
        return value if _LINK.match(value) else None
    if name in ("width", "height", "colspan", "rowspan", "border", "start"):
        return value if re.fullmatch(r"[0-9]{1,4}(?:px|%)?", value) else None
    if name == "style":
        return value if _STYLE.fullmatch(value) and not _STYLE_FUNCTION.search(value) else None
    return value


def _too_deep(source: str, most: int = 100) -> bool:
    """Whether tags stand inside each other so deeply that a parser would take minutes, or a recursion would end."""
    depth: dict[str, int] = {}
    total = 0
    for slash, tag in re.findall(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)", source):
        tag = tag.lower()
        if tag not in _SELF_CLOSING:
            step = 1 if not slash else -1 if depth.get(tag, 0) else 0
            depth[tag] = depth.get(tag, 0) + step
            total += step
            if total > most:
                return True
    return False


# ------------------------------------------------------------------------------------------------------- pictures


def _picture(value: Any, mime: str, budget: _Budget) -> str | None:
    """The picture as base64 on one line, or ``None`` when it is not what it says, too large, or too many."""
    text = _text(value)
    if text is None or len(text) > 2 * budget.limits.image_bytes:
        return None
    content = _decoded(text)
    try:
        width, height = _PICTURES[mime](content)
    except (struct.error, ValueError, IndexError):
        return None
    pixels = width * height
    if not 0 < pixels <= min(budget.limits.image_pixels, budget.image_pixels):
        return None
    if len(content) > min(budget.limits.image_bytes, budget.image_bytes):
        return None
    budget.image_pixels -= pixels
    budget.image_bytes -= len(content)
    return base64.b64encode(content).decode("ascii")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(re.sub(r"\s+", "", text).encode("ascii"), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _png_size(content: bytes) -> tuple[int, int]:
    if content[:8] != b"\x89PNG\r\n\x1a\n" or content[12:16] != b"IHDR":
        raise ValueError("not a PNG picture")
    return struct.unpack(">II", content[16:24])


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """The size in the first frame header, which no other may contradict."""
    if content[:3] != b"\xff\xd8\xff":
        raise ValueError("not a JPEG picture")
    place = 2
    while True:
        if content[place] != 0xFF:
            raise ValueError("a damaged JPEG picture")
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        (length,) = struct.unpack(">H", content[place + 2 : place + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return width, height
        place += 2 + length


def _gif_size(content: bytes) -> tuple[int, int]:
    """The screen's size; every frame must lie in it, and together they count as one large picture."""
    if content[:6] not in (b"GIF87a", b"GIF89a"):
        raise ValueError("not a GIF picture")
    width, height = struct.unpack("<HH", content[6:10])
    place = 13 + (3 * 2 ** ((content[10] & 7) + 1) if content[10] & 0x80 else 0)
    frames = 0
    while content[place] != 0x3B:
        if content[place] == 0x2C:
            left, top, wide, high = struct.unpack("<HHHH", content[place + 1 : place + 9])
            if left + wide > width or top + high > height:
                raise ValueError("a frame of a GIF picture is larger than its screen")
            frames += 1
            colours = content[place + 9]
            place += 11 + (3 * 2 ** ((colours & 7) + 1) if colours & 0x80 else 0)
        elif content[place] == 0x21:
            place += 2
        else:
            raise ValueError("a damaged GIF picture")
        while content[place]:
            place += 1 + content[place]
        place += 1
    return width, height * max(1, frames)


def _drawing(value: Any, budget: _Budget) -> str | None:
    """An SVG drawing as a picture: a browser runs no script in one and loads nothing for it."""
    text = _text(value)
    content = b"" if text is None else text.encode("utf-8", "replace")
    if not _is_drawing(content, budget):
        return None
    return f'<img src="data:image/svg+xml;base64,{base64.b64encode(content).decode("ascii")}">'


def _is_drawing(content: bytes, budget: _Budget) -> bool:
    """Whether the bytes are an SVG drawing with no entities of its own, no HTML in it and no large picture."""
    text = content.decode("utf-8", "replace")
    # matplotlib writes the public doctype, with no subset of its own; entities need one.
    bare = re.sub(r"<!DOCTYPE svg(?: PUBLIC)?(?:\s+\"[^\"<>\[]*\")*\s*>", "", text, count=1)
    if "<svg" not in bare or re.search(
        r"<!(?:DOCTYPE|ENTITY)|<\?xml-stylesheet|foreignObject|<script", bare, re.I
    ):
        return False
    if not 0 < len(content) <= min(2_000_000, budget.image_bytes) or "�" in text:
        return False
    if bare.count("data:") > 50:
        return False
    for mime, data in re.findall(r"data:([\w/+.-]{0,40})[^,\"']{0,60},([^\"')]*)", bare):
        if mime not in _PICTURES or _picture(data, mime, budget) is None:
            return False
    budget.image_bytes -= len(content)
    return True


# ------------------------------------------------------------------------------------------------------- Markdown


def _renders_harmlessly(source: str, attachments: dict[str, Any], reserved: Collection[str]) -> bool:
    """Whether nbconvert's renderer makes only allowed elements of the source, and MathJax gets no macro that acts."""
    # Its import takes a third of a second, and a session that cleans no Markdown need not pay for it.
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
    from nbconvert.filters.strings import strip_files_prefix

    rendered = MarkdownWithMath(renderer=IPythonRenderer(escape=False, attachments=attachments)).render(
        source
    )
    for tag in _html_tokens(MarkdownWithMath(renderer=None)(source)):
        if "<" in _PLAIN_TAG.sub("", tag):
            return False
    reader = _RenderedReader(reserved)
    reader.feed(strip_files_prefix(rendered))
    reader.close()
    return not reader.found and not _MACRO.search("".join(reader.text))


def _rendering_cost(text: str) -> int:
    """About how many characters nbconvert reads: from each beginning of a formula, code or a link it looks to the end.

    A line that is a heading or a table, and a star, cost as much as some thousand characters.
    """
    openers = sum(text.count(opener) for opener in ("`", "$", "[", "\\\\(", "\\begin{"))
    lines = text.count("\n") + text.count("\r")
    stars = text.count("*") + text.count("_")
    return (openers + 200) * len(_DATA_URI.sub("", text)) + 14_000 * lines + 1000 * stars


def _html_tokens(tokens: Any) -> Iterator[str]:
    """The raw HTML, and the diagrams that the renderer prints as they are, among the parts of a parsed text."""
    stack = [tokens]
    while stack:
        item = stack.pop()
        if isinstance(item, list):
            stack.extend(item)
        elif isinstance(item, dict):
            kind = item.get("type")
            if kind in ("inline_html", "block_html"):
                yield str(item.get("raw", ""))
            elif kind == "block_code" and str((item.get("attrs") or {}).get("info", "")).startswith(
                "mermaid"
            ):
                yield "<"
            stack.append(item.get("children"))


class _RenderedReader(HTMLParser):
    """Notes every element and attribute that Markdown should not have led to, and the text that MathJax would read."""

    def __init__(self, reserved: Collection[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.reserved = reserved
        self.found: list[str] = []
        self.text: list[str] = []
        self.depth = 0
        self.budget = _Budget(LIMITS, 0, LIMITS.cell_image_bytes, LIMITS.cell_image_pixels)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _RENDERED_TAGS:
            self.found.append(tag)
        if tag in ("pre", "code"):
            self.depth += 1
        for name, value in attrs:
            if not self._is_allowed(tag, name, value or ""):
                self.found.append(f"{tag} {name}")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("pre", "code"):
            self.depth -= 1

    def handle_data(self, data: str) -> None:
        if self.depth <= 0:
            self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.found.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.found.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.found.append("instruction")

    def unknown_decl(self, data: str) -> None:
        self.found.append("declaration")

    def _is_allowed(self, tag: str, name: str, value: str) -> bool:
        if name == "href":
            return tag == "a" and _LINK.match(value) is not None
        if name == "src":
            return tag == "img" and (
                _LOCAL_PICTURE.fullmatch(value) is not None
                or _attribute(tag, name, value, self.budget) is not None
            )
        if name == "id":
            return re.fullmatch("h[1-6]", tag) is not None and value not in self.reserved
        if name == "class":
            return (
                re.fullmatch(
                    r"anchor-link|highlight|task-list-item(-checkbox)?|language-\S+|[a-z0-9]{1,3}", value
                )
                is not None
            )
        if name == "style":
            return re.fullmatch(r"text-align:\s?(left|right|center);?", value) is not None
        if tag == "input":
            return (name, value) in {("type", "checkbox"), ("disabled", ""), ("checked", "")}
        return name in ("alt", "title", "start")


def _defused(source: str, attachments: Collection[str], reserved: Collection[str]) -> str:
    """The source with its tags, links and pictures that are not allowed turned into text, outside code and formulas."""
    parts = []
    place = 0
    for match in _VERBATIM.finditer(source):
        parts.append(_defused_prose(source[place : match.start()], attachments, reserved))
        part = match[0]
        if match["fence"]:
            part = re.sub(r"\A(\s*[`~]+)\s*mermaid\b[^\n]*", r"\1text", part)
        elif not match["code"]:
            part = _without_macros(part)
        parts.append(part)
        place = match.end()
    parts.append(_defused_prose(source[place:], attachments, reserved))
    return "".join(parts)


def _defused_prose(text: str, attachments: Collection[str], reserved: Collection[str]) -> str:
    def picture(match: re.Match[str]) -> str:
        label, address = match["label"], match["address"]
        if address.startswith("attachment:"):
            return (
                match[0]
                if address[len("attachment:") :] in attachments
                else f"&#33;&#91;{label}]&#40;{address}"
            )
        if _LOCAL_PICTURE.fullmatch(address) or address.startswith("data:image/"):
            return match[0]
        if _LINK.match(address):
            return f"[picture: {label}]({address}"
        return f"&#33;&#91;{label}]&#40;{address}"

    def heading(match: re.Match[str]) -> str:
        name = match["title"].strip(" \t#").replace(" ", "-")
        return match[0] + "\u2060" if name in reserved else match[0]

    text = re.sub(r"<(?=[A-Za-z/!?])" + _NO_HARM_AFTER_BRACKET, "&lt;", text)
    text = re.sub(r"!\[(?P<label>[^\[\]]*)\]\(\s*<?(?P<address>[^)\s>]*)>?", picture, text)
    text = re.sub(r"!(?=\[[^\[\]]*\](?!\())", "", text)
    text = re.sub(
        r"\]\((?P<space>\s*<?)(?P<address>[^)\s>]*)",
        lambda match: (
            match[0]
            if _LINK.match(match["address"])
            or _LOCAL_PICTURE.fullmatch(match["address"])
            or match["address"].startswith(("attachment:", "data:image/"))
            else f"]&#40;{match['space'].replace('<', '')}{match['address']}"
        ),
        text,
    )
    text = re.sub(
        r"^([ >]*)\[(?P<label>[^\]\n]+)\]:(?P<space>\s*<?)(?P<address>[^\s>]*)",
        lambda match: (
            match[0]
            if _LINK.match(match["address"])
            else match[0].replace("[", "&#91;", 1).replace("<", "&lt;")
        ),
        text,
        flags=re.MULTILINE,
    )
    text = re.sub(r"^ {0,3}#{1,6}(?P<title>[^\n]*)$", heading, text, flags=re.MULTILINE)
    return _without_macros(text)


def _as_plain_text(source: str) -> str:
    """The source for reading only: every character that could mean something to Markdown is written as an entity."""
    source = _without_macros(_visible_directions(_printable(source)))
    lines = source[:8000].splitlines()[:500]
    cut = len(source) > 8000 or len(source.splitlines()) > 500
    shown = [
        re.sub(r"[!-/:-@\[-`{-~]", lambda match: f"&#{ord(match[0])};", line.replace("\t", "    ")).rstrip()
        for line in lines
    ]
    indented = [re.sub(r"^ +|^(?=\d)", lambda match: "&nbsp;" * len(match[0]), line) for line in shown]
    note = "(Shown as plain text" + (", its beginning only" if cut else "") + ".)"
    return note + "\n\n" + "  \n".join(line or "&nbsp;" for line in indented)


# ------------------------------------------------------------------------------------------------------------ text


def _without_macros(text: str) -> str:
    return _MACRO.sub(r"\\ \1", text)


def _printable(text: str, keep: str = "") -> str:
    """Without control characters but line ends and tabs; half a surrogate pair could not be written to a file."""
    text = _SURROGATE.sub("\ufffd", text)
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", lambda match: match[0] if match[0] in "\n\t" + keep else "", text)


def _visible_directions(text: str) -> str:
    """Characters that make text run the other way, shown as their number: they can hide what code does."""
    return _DIRECTION.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def _known_colour(match: re.Match[str]) -> str:
    """The sequence if nbconvert can read it: it fails on one that ends where the number of a colour should follow."""
    return match[0] if _KNOWN_COLOUR.fullmatch(match[1]) else ""


def _text(value: Any) -> str | None:
    """A string, or the lines of one: the notebook format has both."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "".join(value)
    return None


def _note(what: str) -> str:
    return f"[not shown: {what}]"


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 10**9 else None


def _get(node: Any, key: str) -> Any:
    return node.get(key) if isinstance(node, Mapping) else None


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_.:-]{1,120}", value) is not None


def _is_bool(value: Any) -> bool:
    return type(value) is bool


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) < 1e6


def _never(value: Any) -> bool:
    return False


_NBGRADER_FIELDS: dict[str, Callable[[Any], bool]] = {
    "grade_id": _is_name,
    "checksum": _is_name,
    "cell_type": _is_name,
    "points": _is_number,
    "score": _is_number,
    "schema_version": _is_number,
    "grade": _is_bool,
    "locked": _is_bool,
    "solution": _is_bool,
    "task": _is_bool,
    "remove": _is_bool,
}
_PICTURES: dict[str, Callable[[bytes], tuple[int, int]]] = {
    "image/png": _png_size,
    "image/jpeg": _jpeg_size,
    "image/gif": _gif_size,
}
_TEXTS: dict[str, Callable[[str, _Budget], str | None]] = {
    "text/plain": _plain,
    "text/html": _shown_html,
    "text/markdown": _shown_markdown,
    "text/latex": _shown_latex,
}
_PAGE_IDS = frozenset({"notebook", "notebook-container", "toc", "top", "statusmessage"})
_ATTACHMENT_NAME = re.compile(r"\w[\w .()@-]{0,120}")
_DATA_URI = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+")
_LINK = re.compile(r"(?:https?://[^\s]|mailto:[^\s]|#)", re.IGNORECASE)
_LOCAL_PICTURE = re.compile(r"(?:[\w-]+/){0,3}[\w-][\w.-]*\.(?:png|jpe?g|gif)", re.IGNORECASE | re.ASCII)
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_COLOUR = re.compile(r"\x1b\[([0-9;]{0,48})m")
_KNOWN_COLOUR = re.compile(
    r"(?:(?:[34]8;5;\d{1,3}|[34]8;2;\d{1,3};\d{1,3};\d{1,3}|(?!0*[34]8(?:;|$))\d{0,3})(?:;(?=.)|$)){1,12}",
    re.ASCII,
)
_OTHER_SEQUENCES = re.compile(
    r"\x1b\[(?![0-9;]{0,48}m)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[\]PX^_][^\x07\x1b\n]*(?:\x07|\x1b\\)?"
    r"|\x1b(?!\[)[^\]PX^_]?"
)
_MACRO = re.compile(
    r"\\(href|url|class|style|cssId|require|unicode|mmlToken|bbox|data|includegraphics|html[A-Za-z]*)(?![A-Za-z])"
)
_PLAIN_TAGS = "b|i|u|s|em|strong|sub|sup|kbd|br|hr"
_PLAIN_TAG = re.compile(rf"</?(?:{_PLAIN_TAGS})\s*/?>", re.IGNORECASE)
_NO_HARM_AFTER_BRACKET = rf"(?!/?(?i:{_PLAIN_TAGS})\s*/?>|(?i:https?://|mailto:)[^<>\s]*>|[\w.+-]+@[\w.-]+>)"
_VERBATIM = re.compile(
    r"(?P<fence>^ {0,3}(?P<mark>`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=mark)[`~]*[ \t]*$|\Z))"
    r"|(?P<code>(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))"
    r"|(?<![\\$])\$\$.+?\$\$|(?<![\\$])\$[^$]+\$"
    r"|\\\\\[.*?\\\\\]|\\\\\(.*?\\\\\)|\\begin\{(?P<name>[a-z]*\*?)\}.*?\\end\{(?P=name)\}",
    re.DOTALL | re.MULTILINE,
)
_TABLE = {"table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption"}
_TAGS = {
    *_TABLE,
    *(
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "div",
        "span",
        "pre",
        "code",
        "blockquote",
        "hr",
        "br",
        "a",
        "img",
    ),
    *(
        "ul",
        "ol",
        "li",
        "dl",
        "dt",
        "dd",
        "b",
        "i",
        "u",
        "s",
        "em",
        "strong",
        "small",
        "sub",
        "sup",
        "del",
        "ins",
    ),
    *("kbd", "samp", "var", "details", "summary"),
}
_CONTENT_DROPPED = {
    "script",
    "style",
    "title",
    "noscript",
    "template",
    "iframe",
    "object",
    "textarea",
    "svg",
    "math",
}
_ATTRIBUTES = {
    "*": {"style"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "table": {"border"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "ol": {"start"},
}
_STYLE_PROPERTIES = {
    "color",
    "background-color",
    "font-weight",
    "font-style",
    "text-align",
    "text-decoration",
}
_STYLE = re.compile(r"[\w\s#%.,:;()-]{0,500}")
_STYLE_FUNCTION = re.compile(r"(?<!rgb)(?<!rgba)(?<!hsl)(?<!hsla)\(", re.IGNORECASE)
_SELF_CLOSING = {
    "br",
    "hr",
    "img",
    "input",
    "meta",
    "link",
    "wbr",
    "col",
    "p",
    "li",
    "td",
    "th",
    "tr",
    "dt",
    "dd",
    "option",
}
_RENDERED_TAGS = (_TAGS | {"input"}) - {"details", "summary"}
