"""What the header of a variant may say, and what is refused."""

from __future__ import annotations

import pytest
from course_cells import cell
from nbformat.v4 import new_notebook

from assay.errors import AssayError
from assay.variants import read_variant

MASTER = new_notebook(
    cells=[
        cell("half", "def half(x):\n    return x / 2", solution=True),
        cell("half_of_two", "assert half(2) == 1", grade=True, locked=True, points=1),
        cell("half_of_three", "assert half(3) == 1.5", grade=True, locked=True, points=1),
    ]
)


def read(folder, name, header):
    path = folder / name
    path.write_text(f'"""A sentence."""\n{header}\n# %% half\ndef half(x):\n    return x // 2\n')
    return read_variant(path, MASTER)


def test_a_wrong_variant_names_what_fails_and_what_may(tmp_path):
    variant = read(tmp_path, "wrong_floor.py", "# fails: half_of_three\n# may fail: half_of_two\n")
    assert variant.fails == {"half_of_three"}
    assert variant.may_fail == {"half_of_two"}


def test_a_right_variant_names_nothing(tmp_path):
    variant = read(tmp_path, "right_floor.py", "")
    assert (variant.fails, variant.may_fail) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    ("name", "header", "sentence"),
    [
        ("wrong_a.py", "", "names the cells that fail"),
        ("wrong_b.py", "# may fail: half_of_two\n", "names the cells that fail"),
        ("right_c.py", "# fails: half_of_two\n", "a right one names none"),
        ("right_d.py", "# may fail: half_of_two\n", "a right one names none"),
        ("wrong_e.py", "# fails: half_of_two\n# may fail: nothing\n", r"do not exist: \['nothing'\]"),
        ("wrong_f.py", "# fails: nothing\n", r"do not exist: \['nothing'\]"),
        (
            "wrong_g.py",
            "# fails: half_of_two\n# may fail: half_of_two\n",
            "both that it fails and that it may",
        ),
    ],
)
def test_a_header_that_means_nothing_is_refused(tmp_path, name, header, sentence):
    with pytest.raises(AssayError, match=sentence):
        read(tmp_path, name, header)
