"""What the notebooks need inside a grader's sandbox, which has no network and no home folder: the data fetched before."""

from __future__ import annotations

from pathlib import Path

from descent.data import FOLDER_VARIABLE, mnist_folder


def surroundings() -> tuple[list[Path], dict[str, str]]:
    """The folder of the data, to be read only, and the environment variable that says where it is.

    Named by the entry point ``assay.surroundings``, so that assay finds it wherever this package is installed.
    """
    folder = mnist_folder().parent
    return [folder], {FOLDER_VARIABLE: str(folder)}
