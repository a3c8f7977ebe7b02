"""Runs a submission in two sandboxed kernels: an nbgrader preprocessor in the place of ``Execute``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Dict, Enum, Float, Integer, List, Unicode

from assay.cells import grade_id, is_solution, is_test, role
from assay.cleaning import clean_notebook, clean_outputs
from assay.errors import AssayError
from assay.folders import copied_without_notebooks, read_master
from assay.kernels import Limits, choose
from assay.running import merged_streams
from assay.surroundings import Surroundings, of_installed_packages
from assay.two_kernels import RunLimits, run_in_two_kernels
from assay.versions import versions_of

#: What stands above the two kinds of outputs in the notebook that a person marks.
HANDED_IN = "--- as handed in ---\n"
RUN_AGAIN = "--- run again while grading, with short trainings ---\n"


class ExecuteInTwoKernels(NbGraderPreprocessor):
    """Run the submission in one kernel and the master's locked cells and test cells in another.

    What came of the test cells is written into the notebook's metadata as ``assay.verdicts``, for
    `assay.gradebook.SaveVerdicts`; the outputs are cleaned. See `assay.two_kernels` for how the two run in step.
    """

    cell_seconds = Float(10.0, help="Wall-clock seconds that one cell may take.").tag(config=True)
    cell_seconds_of = Dict(
        key_trait=Unicode(),
        value_trait=Float(),
        help="The same for single assignments, by their names: one that imports much or trains needs longer.",
    ).tag(config=True)
    grace_seconds = Float(2.0, help="Seconds for an interrupted cell to stop.").tag(config=True)
    notebook_seconds = Float(900.0, help="Wall-clock seconds that all cells together may take.").tag(
        config=True
    )
    startup_seconds = Float(120.0, help="Seconds for a kernel to start.").tag(config=True)
    max_output = Integer(1_000_000, help="Characters of output that are kept of one cell.").tag(config=True)
    memory_mb = Integer(Limits().memory_mb, help="Megabytes of memory of one process.").tag(config=True)
    processes = Integer(Limits().processes, help="Processes and threads of one kernel.").tag(config=True)
    cpu_seconds = Integer(Limits().cpu_seconds, help="CPU seconds of one kernel.").tag(config=True)
    file_mb = Integer(Limits().file_mb, help="Megabytes of one file.").tag(config=True)
    scratch_mb = Integer(Limits().scratch_mb, help="Megabytes of all files of one kernel.").tag(config=True)
    open_files = Integer(Limits().open_files, help="Open files of one process.").tag(config=True)
    read_only = List(Unicode(), help="Further folders that kernels may read, such as a cache of data.").tag(
        config=True
    )
    environment = Dict(
        key_trait=Unicode(), value_trait=Unicode(), help="Further environment variables of the kernels."
    ).tag(config=True)
    warm = Bool(
        False,
        help="Fork kernels from processes that have imported what the notebook imports, and keep these for the next submission.",
    ).tag(config=True)
    warm_modules = List(
        Unicode(),
        help="Further modules for these processes, such as those that functions import when they are called.",
    ).tag(config=True)
    isolation = Enum(
        ["", "bubblewrap", "landlock", "none"],
        "",
        help="How kernels are kept from doing harm; the best that works on this machine when empty.",
    ).tag(config=True)

    def limits(self, assignment: str) -> RunLimits:
        """The configured limits of an assignment."""
        kernel = Limits(
            memory_mb=self.memory_mb,
            processes=self.processes,
            cpu_seconds=self.cpu_seconds,
            file_mb=self.file_mb,
            scratch_mb=self.scratch_mb,
            open_files=self.open_files,
        )
        return RunLimits(
            cell_seconds=self.cell_seconds_of.get(assignment, self.cell_seconds),
            grace_seconds=self.grace_seconds,
            notebook_seconds=self.notebook_seconds,
            startup_seconds=self.startup_seconds,
            max_output=self.max_output,
            kernel=kernel,
        )

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Run ``nb``, unless that was done before it came here, and return it with outputs and verdicts."""
        names = resources["nbgrader"]
        converter: Any = getattr(self.parent, "parent", None)
        executed = getattr(converter, "assay_executed", None)
        if executed is not None:
            return recorded(executed[f"{names['notebook']}.ipynb"], nb), resources
        source = self._source_folder(converter, names["assignment"])
        master = read_master(source / f"{names['notebook']}.ipynb")
        folder = Path(resources["metadata"]["path"])
        clean = self.run(
            nb,
            master,
            names["assignment"],
            files=folder,
            course_files=source,
            ignore=converter.coursedir.ignore,
        )
        for sentence in clean.metadata["assay"]["incidents"]:
            self.log.warning(sentence)
        return clean, resources

    def run(
        self,
        notebook: NotebookNode,
        master: NotebookNode,
        assignment: str,
        *,
        files: Path,
        course_files: Path,
        ignore: Sequence[str] = (),
    ) -> NotebookNode:
        """A copy of a rebuilt notebook with clean outputs, and the verdicts in its metadata.

        Parameters
        ----------
        files
            The folder of the submission; its regular files are what the student kernel finds, but for notebooks.
        course_files
            The folder of the master, for the grader kernel.
        ignore
            Patterns of names that neither kernel finds.

        Raises
        ------
        AssayError
            When the kernels do not start, or nothing on this machine can keep a submission from doing harm.
        """
        tier, started = choose(self.isolation or None), monotonic()
        with (
            copied_without_notebooks(files, ignore) as own,
            copied_without_notebooks(course_files, ignore) as given,
        ):
            run = run_in_two_kernels(
                notebook,
                master,
                files=own,
                course_files=given,
                surroundings=of_installed_packages().joined(
                    Surroundings(tuple(Path(folder) for folder in self.read_only), self.environment)
                ),
                limits=self.limits(assignment),
                tier=tier,
                warm=self.warm_modules if self.warm else None,
            )
        noted = dict(notebook.metadata.get("assay", {}))
        submitted = noted.get("submitted_outputs", {})
        noted["submitted_outputs"] = {name: clean_outputs(outputs) for name, outputs in submitted.items()}
        noted["verdicts"] = [verdict.as_json() for verdict in run.verdicts]
        noted["incidents"] = list(run.incidents)
        noted["isolation"] = tier.sentence
        # For the report; verdict files are the same wherever and whenever a submission ran, and leave these out.
        noted["seconds"] = round(monotonic() - started, 2)
        noted["versions"] = versions_of(master)
        clean = clean_notebook(run.notebook, trusted=_given(run.notebook))
        clean.metadata["assay"] = noted
        show_both(clean, noted["submitted_outputs"])
        return clean

    @staticmethod
    def _source_folder(converter: Any, assignment: str) -> Path:
        """The folder of the master, by way of the converter that runs this preprocessor."""
        course = getattr(converter, "coursedir", None)
        if course is None:
            raise AssayError(
                "ExecuteInTwoKernels runs within nbgrader's Autograde only; see assay.grade_notebook."
            )
        return Path(course.root, course.format_path(course.source_directory, ".", assignment))


def recorded(executed: NotebookNode, notebook: NotebookNode) -> NotebookNode:
    """What a run of ``notebook`` made of it, with what nbgrader has noted in its cells since.

    Raises
    ------
    AssayError
        When the two do not have the same cells.
    """
    if [grade_id(cell) for cell in executed.cells] != [grade_id(cell) for cell in notebook.cells]:
        raise AssayError("The notebook that was run does not have the cells of the one that is recorded.")
    for ran, cell in zip(executed.cells, notebook.cells, strict=True):
        if role(cell):
            ran.metadata["nbgrader"] = cell.metadata["nbgrader"]
    return executed


def show_both(notebook: NotebookNode, submitted: Mapping[str, list[dict[str, Any]]]) -> None:
    """Put what a cell showed when it was handed in before what it showed now, where the two differ.

    Trainings are short while grading: who marks an explanation has to see what the student saw.

    Parameters
    ----------
    notebook
        As graded; it is changed.
    submitted
        Clean outputs by the id of the cell.
    """
    for cell in notebook.cells:
        before = [nbformat.from_dict(output) for output in submitted.get(cell.get("id"), [])]
        if (
            cell.cell_type == "code"
            and not is_test(cell)
            and before
            and _shown(before) != _shown(cell.outputs)
        ):
            now = cell.outputs or [new_output("stream", name="stdout", text="(nothing)\n")]
            cell.outputs = [
                new_output("stream", name="stdout", text=HANDED_IN),
                *before,
                new_output("stream", name="stdout", text=RUN_AGAIN),
                *now,
            ]


def _shown(outputs: list[NotebookNode]) -> list[Any]:
    """What a person sees of outputs, without how the pieces were cut."""
    return [
        {key: output.get(key) for key in ("name", "text", "data", "ename", "evalue")}
        for output in merged_streams(outputs)
    ]


def _given(notebook: NotebookNode) -> set[str]:
    """The grade ids of cells whose text is the course's own."""
    return {grade_id(cell) for cell in notebook.cells if role(cell).get("locked") and not is_solution(cell)}
