"""What is kept of the outputs of a cell, and that nothing a kernel sends breaks it."""

from __future__ import annotations

import pytest

from assay.conversation import Output
from assay.verdict import Status, Verdict, Verdicts, bounded, short


def message(kind: str, **content: object) -> dict:
    return {"msg_type": kind, "content": content, "parent_header": {}, "header": {"msg_type": kind}}


def taken(*messages: dict, room: int = 1000) -> Output:
    output = Output(room)
    for one in messages:
        output.take(one)
    return output


def test_pieces_of_a_stream_are_joined():
    output = taken(message("stream", name="stdout", text="a"), message("stream", name="stdout", text="b"))
    assert [item.text for item in output.outputs] == ["ab"]


def test_streams_with_different_names_stay_apart():
    output = taken(message("stream", name="stdout", text="a"), message("stream", name="stderr", text="b"))
    assert [item.name for item in output.outputs] == ["stdout", "stderr"]


def test_what_is_too_much_is_cut_and_said_once():
    output = taken(*[message("stream", name="stdout", text="x" * 700) for _ in range(5)])
    texts = [item.text for item in output.outputs]
    assert set(texts[0]) == {"x"}
    assert 950 < len(texts[0]) <= 1000
    assert "dropped" in texts[1]
    assert len(texts) == 2


def test_many_short_messages_count_more_than_their_text():
    output = taken(*[message("stream", name="stdout", text="x") for _ in range(50)])
    assert len(output.outputs[0].text) <= 11


def test_an_output_that_is_cleared_is_gone():
    output = taken(
        message("stream", name="stdout", text="old"),
        message("clear_output", wait=True),
        message("stream", name="stdout", text="new"),
    )
    assert [item.text for item in output.outputs] == ["new"]


def test_a_display_is_updated_in_place():
    output = taken(
        message("display_data", data={"text/plain": "1"}, metadata={}, transient={"display_id": "d"}),
        message("update_display_data", data={"text/plain": "2"}, metadata={}, transient={"display_id": "d"}),
    )
    assert output.outputs[0].data == {"text/plain": "2"}


@pytest.mark.parametrize(
    "hostile",
    [
        {"msg_type": "stream", "content": None},
        {"msg_type": "stream", "content": {"name": ["stdout"], "text": 5}},
        {"msg_type": "stream", "content": {}},
        message("display_data", data="no dictionary", metadata=3),
        message("display_data"),
        message("update_display_data", data=None, transient=None),
        message("error", ename=None),
        message("status", execution_state={"idle": True}),
        message("clear_output", wait="x"),
        message("comm_open", data={}),
    ],
)
def test_a_message_that_is_none_does_no_harm(hostile: dict):
    output = taken(hostile, message("stream", name="stdout", text="after"))
    assert output.outputs[-1].text.endswith("after")


def test_deeply_nested_content_is_measured_without_recursion():
    nested: list = []
    for _ in range(100_000):
        nested = [nested]
    output = taken(message("display_data", data={"text/plain": nested}, metadata={}), room=10)
    assert len(output.outputs) == 1
    assert "dropped" in output.outputs[0].text


def test_idle_ends_the_outputs():
    assert not taken(message("status", execution_state="busy")).ended
    assert taken(message("status", execution_state="idle")).ended


@pytest.mark.parametrize(
    ("points", "expected"), [(1.5, 1.5), (-3, 0), (7, 2), (float("nan"), 0), (float("inf"), 0)]
)
def test_points_stay_within_the_cell(points: float, expected: float):
    assert bounded(points, 2) == expected


def test_a_verdict_survives_a_notebooks_metadata():
    verdict = Verdict("t", 0.5, 1, Status.PARTLY, "why", awards=((0.5, "half"),))
    assert Verdict.from_json(verdict.as_json()) == verdict


def test_a_cell_that_waits_for_a_person_counts_nothing_yet():
    verdicts = Verdicts((Verdict("a", 1, 1, Status.PASSED), Verdict("b", None, 2, Status.GRADER_ERROR)))
    assert (verdicts.points, verdicts.max_points) == (1, 3)
    assert verdicts["b"].status.needs_person
    with pytest.raises(KeyError):
        verdicts["c"]


def test_messages_are_short():
    assert short("first\n\n second \nthird" + "x" * 500) == "first\nsecond"
    assert len(short("y" * 500)) == 160
