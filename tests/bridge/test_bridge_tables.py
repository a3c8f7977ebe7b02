"""pandas tables across the link."""

from __future__ import annotations

import numpy as np
import pytest
from bridge_students import student

pandas = pytest.importorskip("pandas")

from assay.bridge import tables  # noqa: E402
from assay.wire import Decoder, WireError  # noqa: E402

ANSWER = """
import numpy as np, pandas as pd
same = lambda x: x
frame = pd.DataFrame({"rate": [0.1, 0.2], "steps": [3, 4], "name": ["a", "b"], "on": [True, False], "mixed": [1, "x"]})
dated = pd.Series([1.5, float("nan")], index=pd.to_datetime(["2020-01-01", "2020-01-02"]), name="loss")
by_name = frame.set_index("name")
grouped = frame.groupby("name")
"""


@pytest.fixture(scope="module")
def remote():
    with student(ANSWER, seconds=60) as link:
        yield link


def test_frames_and_series_come_as_data(remote):
    expected = pandas.DataFrame(
        {"rate": [0.1, 0.2], "steps": [3, 4], "name": ["a", "b"], "on": [True, False], "mixed": [1, "x"]}
    )
    pandas.testing.assert_frame_equal(remote.fetch("frame"), expected)
    pandas.testing.assert_frame_equal(remote.fetch("by_name"), expected.set_index("name"))
    dated = pandas.Series([1.5, np.nan], index=pandas.to_datetime(["2020-01-01", "2020-01-02"]), name="loss")
    pandas.testing.assert_series_equal(remote.fetch("dated"), dated)
    pandas.testing.assert_frame_equal(remote.fetch("same")(expected), expected)


def test_what_is_no_table_is_a_handle(remote):
    assert type(remote.fetch("grouped")).__name__ == "DataFrameGroupBy"


@pytest.mark.parametrize(
    "coded",
    [
        ["P"],
        ["P", "frame", [["", 1]], ["range", 0, 1, 1, None], ["range", 0, 1, 1, None]],
        ["P", "frame", [], ["range", 0, 1, 0, None], ["range", 0, 0, 1, None]],
        ["P", "series", ["category", ["l", [1]]], ["range", 0, 1, 1, None], None],
        ["P", "series", ["str", ["l", [1]]], ["range", 0, 1, 1, None], None],
        ["P", "timestamp", "now"],
        ["P", "index", []],
    ],
)
def test_what_is_no_table_of_ours_is_refused(coded):
    with pytest.raises(WireError):
        tables.read(coded, Decoder([], lambda *anything: None), 0)
