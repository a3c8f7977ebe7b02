"""What a student gets back: one page per notebook with marks, verdicts and sentences, no hidden test, no rubric, nothing printed while grading."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import nbformat
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbconvert.filters.strings import strip_files_prefix
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import List
from traitlets.config import Config

from assay.boxes import (
    NOT_MARKED,
    Seen,
    Stop,
    as_text,
    hides,
    is_students,
    named,
    public_source,
    seen_in,
    stopped_at,
)
from assay.cells import grade_id, is_graded, is_solution, is_test, role
from assay.cleaning import clean_outputs
from assay.execute import RUN_AGAIN
from assay.folders import read_master
from assay.formulas import Formulas
from assay.gradebook import parts_of, read_verdicts, verdicts_of
from assay.pages import finish
from assay.verdict import Marks, Status, Verdict

TEMPLATES = Path(__file__).parent / "templates"
TEMPLATE = "assay_feedback"
MOST_REPAIRS = 20
LATER_CELL = "A cell further down did not end, or ended its kernel: run your notebook from its first cell to see which one."

#: How a state is said, and what it looks like (see feedback.css).
STATES = {
    Status.PASSED: ("passed", "good"),
    Status.PARTLY: ("partly passed", "part"),
    Status.FAILED: ("not passed", "bad"),
    Status.NOT_ANSWERED: ("not answered", "open"),
    Status.TIMED_OUT: ("timed out", "bad"),
    Status.DIED: ("your kernel died", "bad"),
    Status.GRADER_ERROR: ("the grader broke", "fault"),
    Status.UNGRADABLE: ("could not be marked", "fault"),
    Status.WAITING: ("waits for a person", "wait"),
    Status.MARKED: ("marked by a person", "good"),
}
SYMBOLS = {"good": "✓", "part": "◐", "bad": "✗", "open": "○", "wait": "…", "fault": "!"}

_STUCK = re.compile(
    r"(?:The cell (?P<name>\S+)|Cell (?P<place>\d+)) (?P<what>did not end in time|ended its kernel)\."
)
_COURSES_CELL = re.compile(r"The course's own cell (\S+) failed in the grader: ")
_HEADING = re.compile(r" {0,3}#{1,6}\s+(.+?)\s*#*\s*$")


@dataclass(frozen=True)
class Box:
    """What stands at one graded cell.

    Attributes
    ----------
    place
        Of the cell in the notebook, from 1.
    grade_id, name
        Its grade id, and the same as words.
    kind
        ``test``, ``answer`` or ``task``.
    points
        None while nobody has given any.
    seen
        Of a test cell only.
    note
        A sentence of the gradebook's: what was marked before, what waits.
    comment
        Of the person who marked it, as Markdown; empty without one.
    read_on
        Place and text of the heading that it stands under, or None.
    """

    place: int
    grade_id: str
    name: str
    kind: str
    status: Status
    points: float | None
    maximum: float
    seen: Seen | None = None
    note: str = ""
    comment: str = ""
    read_on: tuple[int, str] | None = None

    @property
    def label(self) -> str:
        """The state in words."""
        return STATES[self.status][0]

    @property
    def tone(self) -> str:
        """What the state looks like."""
        if self.status is Status.MARKED and self.points is not None and self.points < self.maximum:
            return "part" if self.points > 0 else "bad"
        return STATES[self.status][1]

    @property
    def symbol(self) -> str:
        """A sign beside the words, for who sees no colours."""
        return SYMBOLS[self.tone]


@dataclass(frozen=True)
class Message:
    """A sentence at the top of the page; ``kind`` is ``repair`` or ``incident``, ``place`` that of the cell or None."""

    kind: str
    text: str
    place: int | None = None
    name: str = ""


@dataclass(frozen=True)
class Part:
    """Marks of one part of the notebook, and its boxes."""

    name: str
    marks: Marks
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Page:
    """Everything on a page of feedback beside the notebook itself."""

    title: str
    student: str
    marks: Marks | None
    parts: tuple[Part, ...] = ()
    boxes: Mapping[int, Box] | None = None
    messages: tuple[Message, ...] = ()
    stops: Mapping[int, Stop] | None = None
    """By the place of a cell of the student's own: where it stopped while grading."""
    comments: Mapping[int, str] | None = None
    """By the place of a cell that earns no points: what a person said of it."""
    others: tuple[str, ...] = ()
    """Names of the assignment's other notebooks."""

    @property
    def waiting_points(self) -> float:
        """The most that is still to come from a person."""
        return sum(verdict.max_points for verdict in self.marks.waiting) if self.marks else 0.0


class FeedbackExporter(HTMLExporter):
    """Writes the page: self-contained, without scripts, formulas as MathML. It compiles its templates once in a process."""

    # No other exporter is to be offered by nbconvert's command line under this name.
    export_from_notebook = None

    def __init__(self, config: Config | None = None, **arguments: Any) -> None:
        """Prefer the template of this package to the one that nbgrader's converter names for every exporter."""
        config = deepcopy(config) if config is not None else Config()
        own = config.FeedbackExporter
        if "template_name" not in own:
            own.template_name = TEMPLATE
        further = own.get("extra_template_basedirs", config.HTMLExporter.get("extra_template_basedirs", []))
        own.extra_template_basedirs = [str(TEMPLATES), *further]
        self._formulas = Formulas()
        super().__init__(config=config, **arguments)

    @property
    def environment(self) -> Environment:
        """Where the templates are compiled."""
        environment: Environment = super().environment
        environment.bytecode_cache = _COMPILED
        return environment

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """nbconvert's filters and those of the page."""
        yield from super().default_filters()
        yield "points", points
        yield "formulas", self._formulas.in_text
        yield "page_markdown", self.page_markdown
        yield "with_alt", with_alt

    def page_markdown(self, source: str, attachments: Mapping[str, Any] | None = None) -> str:
        """Markdown with its formulas as MathML."""
        renderer = _Renderer(
            self._formulas, escape=False, attachments=dict(attachments or {}), exclude_anchor_links=True
        )
        return strip_files_prefix(MarkdownWithMath(renderer=renderer).render(source))

    def from_notebook_node(
        self, nb: NotebookNode, resources: Any = None, **arguments: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page of a notebook that `ShowVerdicts` has been through; of any other without marks."""
        self._formulas.begin()
        language = nb.metadata.get("language_info", {})
        lexer = language.get("pygments_lexer", language.get("name", "ipython3"))
        codes = _Codes(Highlight2HTML(pygments_lexer=lexer, parent=self))
        self.register_filter("highlight_code", codes)
        resources = self._init_resources(resources)
        resources.setdefault(
            "assay_page", Page(str(resources.get("nbgrader", {}).get("notebook", "")), "", None)
        )
        # Not HTMLExporter's own: it reads the page once more, for what `finish` does.
        text, resources = TemplateExporter.from_notebook_node(self, nb, resources, **arguments)
        folder = resources.get("metadata", {}).get("path", "")
        return codes.put_back(finish(text, Path(folder) if folder else None)), resources


class _Codes:
    """Colours code, and keeps it aside until the page is done: most of a page's elements are its words, which `finish` would go through one by one.

    Parameters
    ----------
    highlight
        What colours it; it escapes whatever the code holds.
    """

    def __init__(self, highlight: Callable[..., str]) -> None:
        self._highlight = highlight
        self._done: list[str] = []
        #: Not to be guessed: a submission is not to name a place.
        self._mark = token_hex(16)

    def __call__(self, source: str, **arguments: Any) -> str:
        """What stands in the page until then."""
        self._done.append(self._highlight(source, **arguments))
        return f"{self._mark}-{len(self._done) - 1};"

    def put_back(self, page: str) -> str:
        """The page with its code."""
        return re.sub(rf"{self._mark}-(\d+);", lambda place: self._done[int(place[1])], page)


class _Renderer(IPythonRenderer):
    """nbconvert's renderer of Markdown, but for formulas."""

    def __init__(self, formulas: Formulas, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._formulas = formulas

    def block_math(self, body: str) -> str:
        return self._formulas.formula(body, display=True)

    def inline_math(self, body: str) -> str:
        return self._formulas.formula(body)

    def latex_environment(self, name: str, body: str) -> str:
        return self._formulas.environment(name, body)

    def block_mermaidjs(self, code: str) -> str:
        # Drawn by a script, which this page has none of.
        return f"<pre><code>{html.escape(code.strip())}</code></pre>"


class _Compiled(BytecodeCache):
    """Keeps compiled templates in memory; jinja2 looks itself whether the text is still the same."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        code = self._codes.get(bucket.key)
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class ShowVerdicts(NbGraderPreprocessor):
    """Turn an autograded notebook into what its student may read; runs after nbgrader's ``GetGrades``.

    What a test cell says is what `assay.boxes` lets through. Everything else that was put out while grading is dropped, of every cell:
    by then the student's functions had seen the hidden inputs, and a traceback prints the lines of hidden tests. Other cells show
    what they showed when they were handed in.
    """

    # Not used here: nbconvert's HTML exporter configures it and warns where it is not configurable.
    display_data_priority = List().tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Clean ``nb`` in place, and note under ``assay_page`` what the template shows beside it."""
        names = resources["nbgrader"]
        with Gradebook(names["db_url"]) as gradebook:
            submission = gradebook.find_submission_notebook(
                names["notebook"], names["assignment"], names["student"]
            )
            given = read_verdicts(submission, nb)
            others = sorted(
                notebook.name
                for notebook in submission.assignment.notebooks
                if notebook.name != names["notebook"]
            )
        resources["assay_page"] = show_verdicts(
            nb,
            given,
            names["student"],
            names["assignment"],
            name=names["notebook"],
            master=self._master(names),
            others=others,
        )
        return nb, resources

    def _master(self, names: Mapping[str, str]) -> NotebookNode | None:
        """The master, whose headings are the parts; a student may have changed theirs."""
        course = getattr(getattr(self.parent, "parent", None), "coursedir", None)
        if course is None:
            return None
        folder = course.format_path(course.source_directory, ".", names["assignment"])
        try:
            return read_master(Path(course.root, folder, f"{names['notebook']}.ipynb"))
        except Exception:
            return None


def show_verdicts(
    notebook: NotebookNode,
    given: Sequence[Verdict],
    student: str,
    assignment: str,
    *,
    name: str = "",
    master: NotebookNode | None = None,
    others: Sequence[str] = (),
) -> Page:
    """Turn an autograded notebook into what its student may read, in place, and say what stands beside it.

    Parameters
    ----------
    notebook
        With the verdicts of the machine in its metadata.
    given
        The verdicts of the gradebook.
    name
        What the page is called when the notebook has no heading.
    master
        Whose headings are the parts; a student may have changed theirs.
    others
        Names of the assignment's other notebooks.
    """
    notebook.metadata.pop("widgets", None)
    found, by_name = verdicts_of(notebook), {verdict.grade_id: verdict for verdict in given}
    # Verdicts quote hidden tests.
    noted = notebook.metadata.pop("assay", {})
    submitted = noted.get("submitted_outputs", {})
    cells = notebook.cells
    tells = [place for place, cell in enumerate(cells, start=1) if is_test(cell) and hides(cell.source)]
    told_from = min(tells, default=len(cells))
    known = None if master is None else _headings_of(master)
    boxes: dict[int, Box] = {}
    stops: dict[int, Stop] = {}
    comments: dict[int, str] = {}
    messages = _messages(noted, cells, told_from)
    for place, cell in enumerate(cells, start=1):
        verdict = by_name.get(grade_id(cell))
        handed_in = nbformat.from_dict(clean_outputs(submitted.get(cell.get("id"), [])))
        if cell.cell_type == "code" and not is_test(cell) and is_students(cell) and place <= told_from:
            stop = _stopped(cell, place)
            if stop is not None:
                stops[place] = stop
        seen = _clean(cell, found.get(grade_id(cell)), place > told_from, cells, handed_in)
        if cell.cell_type == "code" and not is_test(cell):
            cell.outputs = handed_in
        if is_graded(cell) and verdict is not None:
            boxes[place] = _box(cell, place, verdict, seen, _read_on(cells, place, known))
            if verdict.status is Status.WAITING and not is_test(cell) and not role(cell).get("comment"):
                # For templates that know of no boxes.
                cell.metadata["nbgrader"]["comment"] = NOT_MARKED
        elif role(cell).get("comment"):
            comments[place] = str(role(cell)["comment"])
    marks = Marks(student, assignment, tuple(given))
    return Page(
        title=next(iter(_headings_of(master or notebook)), name),
        student=student,
        marks=marks,
        parts=tuple(_parts(master or notebook, marks, boxes)),
        boxes=boxes,
        messages=(*messages, *_of_tests(boxes)),
        stops=stops,
        comments=comments,
        others=tuple(others),
    )


def points(value: float | None) -> str:
    """Points as a person writes them."""
    return "–" if value is None else f"{round(float(value), 2):g}"


def with_alt(output: NotebookNode, mime: str) -> str:
    """The text for who cannot see a picture."""
    alt = output.get("metadata", {}).get(mime, {}).get("alt", "")
    if not alt:
        plain = str(output.get("data", {}).get("text/plain", "")).strip()
        alt = "" if plain.startswith("<") or "\n" in plain else plain
    return alt or "A picture without a description."


def _clean(
    cell: NotebookNode,
    verdict: Verdict | None,
    told: bool = False,
    notebook: Sequence[NotebookNode] = (),
    handed_in: Sequence[NotebookNode] = (),
) -> Seen | None:
    """Take out of a cell what a student must not read; what they may read of it when it is a test (see `assay.boxes.seen_in`)."""
    seen = seen_in(cell, verdict, told, notebook, handed_in) if is_test(cell) else None
    cell.source = public_source(cell.source)
    if cell.cell_type == "code":
        cell.execution_count = None
        # Our own template shows a box instead; any other has at least this.
        cell.outputs = [new_output("stream", name="stdout", text=as_text(seen))] if seen is not None else []
    return seen


def _box(
    cell: NotebookNode, place: int, verdict: Verdict, seen: Seen | None, read_on: tuple[int, str] | None
) -> Box:
    note = ""
    if verdict.status is Status.WAITING:
        # The gradebook's sentence on a cell that was marked before; it holds numbers of the student's own marks only.
        note = verdict.message if verdict.message else NOT_MARKED
    if verdict.by_person and verdict.status is Status.NOT_ANSWERED:
        note = "There is no answer here yet."
    if verdict.status is Status.MARKED and seen is not None and seen.note:
        # A person has marked what the machine could not.
        seen = Seen(passed=seen.passed, awards=seen.awards)
    return Box(
        place=place,
        grade_id=grade_id(cell),
        name=named(cell),
        kind="test" if is_test(cell) else "task" if role(cell).get("task") else "answer",
        status=verdict.status,
        points=verdict.points,
        maximum=verdict.max_points,
        seen=seen,
        note=note,
        comment=str(role(cell).get("comment") or ""),
        read_on=read_on,
    )


def _parts(notebook: NotebookNode, marks: Marks, boxes: Mapping[int, Box]) -> Iterator[Part]:
    places = {box.grade_id: place for place, box in boxes.items()}
    left = {verdict.grade_id for verdict in marks.verdicts}
    for name, members in [*parts_of(notebook).items(), ("", sorted(left))]:
        ours = [member for member in members if member in left]
        left -= set(ours)
        if ours:
            numbers = sorted(places[member] for member in ours if member in places)
            yield Part(name or "Other cells", marks.only(ours), tuple(boxes[number] for number in numbers))


def _messages(noted: Mapping[str, Any], cells: Sequence[NotebookNode], told_from: int) -> list[Message]:
    """What was repaired, and what went wrong while the notebook ran, as far as a student may know it.

    A cell below the first hidden test could tell by how it ends what it has seen there: one of the student's own making, of which there
    can be any number, is not named. What concerns tests is left to their boxes.
    """
    repairs = [str(sentence) for sentence in noted.get("repairs", [])]
    messages = [Message("repair", sentence) for sentence in repairs[:MOST_REPAIRS]]
    if len(repairs) > MOST_REPAIRS:
        messages.append(Message("repair", f"and {len(repairs) - MOST_REPAIRS} things more."))
    places = {grade_id(cell): place for place, cell in enumerate(cells, start=1) if grade_id(cell)}
    later = False
    for sentence in map(str, noted.get("incidents", [])):
        stuck, course = _STUCK.fullmatch(sentence), _COURSES_CELL.match(sentence)
        if course:
            text = "A cell of the course's own failed while grading. That is not your fault; a person looks at it."
            messages.append(Message("incident", text, places.get(course[1])))
        elif stuck:
            place = places.get(stuck["name"]) if stuck["name"] else int(stuck["place"])
            if place is None or not 0 < place <= len(cells):
                continue
            if place > told_from and not grade_id(cells[place - 1]):
                later = True
                continue
            name = f"cell {place}" + (f" ({named(cells[place - 1])})" if grade_id(cells[place - 1]) else "")
            what = (
                f"Your {name} did not end in time and was stopped."
                if stuck["what"].startswith("did")
                else f"Your kernel died in {name}: what the cells above had defined was run again, and grading went on below."
            )
            messages.append(Message("incident", what, place))
    if later:
        messages.append(Message("incident", LATER_CELL))
    return messages


def _of_tests(boxes: Mapping[int, Box]) -> Iterator[Message]:
    words = {
        Status.TIMED_OUT: "Your answer did not return in time when “{}” was tested.",
        Status.DIED: "Your kernel died when “{}” was tested.",
        Status.GRADER_ERROR: "The grader broke on “{}”. That is not your fault; a person looks at it.",
        Status.UNGRADABLE: "“{}” could not be marked by the machine; a person looks at it.",
    }
    for box in boxes.values():
        if box.status in words:
            yield Message("incident", words[box.status].format(box.name), box.place, box.name)


def _stopped(cell: NotebookNode, place: int) -> Stop | None:
    """Where a student's own cell stopped when it was run for grading, or None."""
    again = [number for number, output in enumerate(cell.outputs) if output.get("text") == RUN_AGAIN]
    outputs = cell.outputs[again[-1] + 1 :] if again else cell.outputs
    return stopped_at(nbformat.from_dict({**cell, "outputs": outputs}), place)


def _read_on(
    cells: Sequence[NotebookNode], place: int, known: Collection[str] | None
) -> tuple[int, str] | None:
    """The nearest heading above a cell that is the course's: one of those ``known`` where these are known."""
    for above in range(place - 1, 0, -1):
        cell = cells[above - 1]
        if cell.cell_type != "markdown" or is_solution(cell):
            continue
        for heading in reversed(_headings(cell.source)):
            if known is None or heading in known:
                return above, heading
    return None


def _headings_of(notebook: NotebookNode) -> list[str]:
    """The headings of a notebook but for those in answers."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown" and not is_solution(cell)]
    return [heading for text in texts for heading in _headings(text)]


def _headings(source: str) -> list[str]:
    """The headings of a text, without the marks of Markdown."""
    found, fenced = [], False
    for line in source.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        match = None if fenced else _HEADING.match(line)
        if match:
            found.append(re.sub(r"[*`]|<[^>]*>|\[([^\]]*)\]\([^)]*\)", lambda link: link[1] or "", match[1]))
    return found
