"""What test cells may say of an answer, verb by verb and rung by rung."""

import os
import re
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path

import numpy as np
import pytest

from assay import checks
from assay.checks.claims import recording

SOURCE = Path(__file__).parents[2] / "src"


class AlwaysEqual:
    """An answer that calls itself equal to everything."""

    __hash__ = None

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False


class WithoutRepr:
    """An answer that cannot be shown."""

    def __repr__(self):
        raise RuntimeError("no repr")


class BrokenArray:
    """An answer that NumPy cannot convert."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no array")


def fails(verb, *arguments, **keywords):
    """Return the message with which a check fails."""
    with pytest.raises(checks.ClaimFailed) as failure:
        verb(*arguments, **keywords)
    return str(failure.value)


# claim


def test_a_claim_that_holds_prints_its_sentence(capsys):
    @checks.claim
    def shape():
        """The path has
        one row a step."""

    assert capsys.readouterr().out == "passed: The path has one row a step.\n"


def test_a_claim_returns_its_function():
    def silent():
        """It holds."""

    assert checks.claim(silent) is silent


def test_a_claim_that_fails_gives_its_sentence_and_the_message(capsys):
    with pytest.raises(
        checks.ClaimFailed, match=r"^The rate is small\.\nrate: got 3, expected 2 \(halve it\)$"
    ):

        @checks.claim
        def rate():
            """The rate is small."""
            checks.close(3, 2, "rate", hint="halve it")

    assert capsys.readouterr().out == ""


def test_a_claim_turns_every_assertion_error_into_a_failed_claim():
    with pytest.raises(checks.ClaimFailed, match=r"^It asserts\.\ntoo small$"):

        @checks.claim
        def plain_assert():
            """It asserts."""
            raise AssertionError("too small")


def test_a_failed_claim_is_an_assertion_error():
    assert issubclass(checks.ClaimFailed, AssertionError)


def test_a_failed_claim_shows_no_traceback_of_the_checks():
    with pytest.raises(checks.ClaimFailed) as failure:

        @checks.claim
        def deep():
            """It is deep."""
            checks.fail("no")

    assert failure.value.__cause__ is None
    assert failure.value.__suppress_context__


def test_a_claim_on_an_open_answer_stays_a_not_implemented_error():
    def open_answer():
        raise NotImplementedError

    with pytest.raises(NotImplementedError, match=r"^It is answered\.\nThis is not answered yet\.$"):

        @checks.claim
        def answer():
            """It is answered."""
            open_answer()


@pytest.mark.parametrize("error", [ZeroDivisionError, TypeError, RecursionError, KeyError])
def test_a_claim_lets_the_errors_of_an_answer_through(error):
    def answer():
        raise error("from the answer")

    with pytest.raises(error, match="from the answer"):

        @checks.claim
        def calls():
            """It can be called."""
            answer()


@pytest.mark.parametrize("docstring", [None, "", "  \n "])
def test_a_claim_without_a_sentence_is_refused(docstring):
    def nameless():
        raise AssertionError("must not run")

    nameless.__doc__ = docstring
    with pytest.raises(TypeError, match="nameless needs a docstring"):
        checks.claim(nameless)


def test_a_claim_silences_the_warnings_of_numpy_and_of_python(capfd):
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        @checks.claim
        def noisy():
            """It is noisy."""
            np.exp(np.array([1000.0]))
            np.array([1.0]) / np.array([0.0])
            warnings.warn("old", DeprecationWarning, stacklevel=1)

    assert capfd.readouterr().err == ""


def test_a_claim_silences_numpy_when_the_answer_made_it_raise():
    with np.errstate(all="raise"):

        @checks.claim
        def overflowing():
            """It overflows."""
            np.exp(np.array([1000.0]))


def test_a_claim_leaves_the_warnings_after_it_as_they_were():
    @checks.claim
    def quiet():
        """It is quiet."""

    with pytest.warns(RuntimeWarning, match="overflow"):
        np.exp(np.array([1000.0]))


# recording


def test_while_recording_no_claim_stops_or_prints(capsys):
    with recording() as outcomes:

        @checks.claim
        def first():
            """It fails."""
            checks.fail("no")

        @checks.claim
        def second():
            """It holds."""

        @checks.claim
        def third():
            """It is open."""
            raise NotImplementedError

        @checks.claim
        def fourth():
            """It breaks."""
            raise ZeroDivisionError

    assert [outcome.name for outcome in outcomes] == ["first", "second", "third", "fourth"]
    kinds = [type(outcome.error) for outcome in outcomes]
    assert kinds == [checks.ClaimFailed, type(None), NotImplementedError, ZeroDivisionError]
    assert capsys.readouterr().out == ""


def test_after_a_recording_claims_stop_again():
    with recording():
        pass
    with pytest.raises(checks.ClaimFailed):

        @checks.claim
        def fails_again():
            """It fails."""
            checks.fail("no")


def test_a_recording_that_is_left_by_an_error_ends():
    with pytest.raises(KeyError), recording():
        raise KeyError
    with pytest.raises(checks.ClaimFailed):

        @checks.claim
        def fails_again():
            """It fails."""
            checks.fail("no")


def test_of_two_recordings_the_inner_one_takes_the_claim():
    with recording() as outer, recording() as inner:

        @checks.claim
        def holds():
            """It holds."""

    assert (len(outer), len(inner)) == (0, 1)


def test_a_recording_still_refuses_a_claim_without_a_sentence():
    with recording(), pytest.raises(TypeError, match="docstring"):
        checks.claim(lambda: None)


# fail and holds


def test_fail_fails_with_its_message():
    assert fails(checks.fail, "what is wrong") == "what is wrong"


@pytest.mark.parametrize("condition", [True, np.True_, np.bool_(1)])
def test_holds_accepts_a_true_truth_value(condition):
    checks.holds(condition, "no")


@pytest.mark.parametrize("condition", [False, np.False_])
def test_holds_fails_on_a_false_truth_value(condition):
    assert fails(checks.holds, condition, "the slip") == "the slip"


@pytest.mark.parametrize(
    "condition", [1, "yes", [0], None, ..., np.array([True]), np.array(True), AlwaysEqual()]
)
def test_holds_fails_on_what_is_no_truth_value(condition):
    assert fails(checks.holds, condition, "the slip") == "the slip"


# answered


def test_answered_returns_the_answer():
    answer = [1]
    assert checks.answered(answer, "answer") is answer


@pytest.mark.parametrize("value", [0, False, "", [], np.nan])
def test_answered_takes_an_empty_answer_for_an_answer(value):
    assert checks.answered(value, "answer") is value


@pytest.mark.parametrize("value", [None, ...])
def test_answered_says_what_is_still_open(value):
    with pytest.raises(NotImplementedError, match=r"^the rate is not answered yet\.$"):
        checks.answered(value, "the rate")


# close


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (1, 1.0),
        (np.float32(0.5), 0.5),
        (np.int8(3), 3),
        (np.array(2.0), 2.0),
        (True, 1),
        ([1, 2.0], (1.0, 2)),
        (range(3), [0, 1, 2]),
        ([np.array(1.0), 2.0], [1, 2]),
        (np.zeros((2, 3)), [[0, 0, 0], [0, 0, 0]]),
        (np.arange(6).reshape(2, 3).T, [[0, 3], [1, 4], [2, 5]]),
        ([], []),
        (np.longdouble("0.25"), 0.25),
        (np.ma.array([1.0, 2.0]), [1, 2]),
    ],
)
def test_close_accepts_numbers_of_every_make(got, expected):
    checks.close(got, expected, "value")


def test_close_allows_for_rounding():
    checks.close(0.1 + 0.2, 0.3, "value")
    checks.close(1e-10, 0.0, "value")
    checks.close(1e6 + 0.5, 1e6, "value")


def test_close_fails_beyond_the_tolerance():
    assert fails(checks.close, 1.0001, 1.0, "rate") == "rate: got 1.0001, expected 1"


def test_close_shows_a_difference_just_beyond_the_tolerance():
    assert fails(checks.close, 1.000002, 1.0, "rate") == "rate: got 1.000002, expected 1"


def test_close_takes_other_tolerances():
    checks.close(1.01, 1.0, "value", rtol=0.02)
    checks.close(0.5, 0.0, "value", atol=0.6)
    fails(checks.close, 1.01, 1.0, "value", rtol=0.0, atol=0.001)


def test_close_names_the_first_element_that_is_wrong():
    got = np.zeros((2, 3))
    assert fails(checks.close, got, [[0, 0, 0], [0, 7, 8]], "path") == "path[1, 1]: got 0, expected 7"


def test_close_compares_the_shape_before_the_elements():
    assert fails(checks.close, [1, 2], [3, 4, 5], "path") == "path: got 2 values, expected 3 values"


@pytest.mark.parametrize(
    ("got", "extent"), [([1.0], "1 value"), ([[1.0]], "shape (1, 1)"), (np.ones((1, 2)), "shape (1, 2)")]
)
def test_close_does_not_broadcast(got, extent):
    assert fails(checks.close, got, 1.0, "value") == f"value: got {extent}, expected one number"
    assert fails(checks.close, 1.0, got, "value") == f"value: got one number, expected {extent}"


@pytest.mark.parametrize(("got", "expected"), [(2, 3), ("2", 3)], ids=["value", "type"])
def test_close_gives_the_hint_with_a_wrong_value(got, expected):
    assert fails(checks.close, got, expected, "value", hint="check the sign").endswith(" (check the sign)")


def test_close_gives_no_hint_on_values_when_their_number_is_wrong():
    assert "sign" not in fails(checks.close, [2], [3, 4], "value", hint="check the sign")


@pytest.mark.parametrize("got", [[1, 2], (1, 2), np.zeros(2), {1: 1, 2: 2}, range(2)])
def test_length_takes_whatever_has_one(got):
    checks.length(got, 2, "history")


def test_length_gives_both_numbers_and_the_hint():
    assert fails(checks.length, [1, 2], 3, "entries", hint="rule 3") == (
        "entries: got 2, expected 3 (rule 3)"
    )


@pytest.mark.parametrize("got", [5, "abc", b"abc", (x for x in "ab"), np.array(1.0), object()])
def test_length_refuses_what_is_no_list(got):
    assert fails(checks.length, got, 1, "history").endswith("expected a list")


@pytest.mark.parametrize("verb", [lambda got: checks.length(got, 1, "x"), lambda got: checks.items(got, "x")])
def test_length_and_items_ask_for_the_return_and_know_an_open_answer(verb):
    assert fails(verb, None) == "x: got None (is there a return?)"
    with pytest.raises(NotImplementedError, match="x is not answered yet"):
        verb(...)


@pytest.mark.parametrize("got", [[1, 2], (1, 2), np.array([1, 2]), range(1, 3), (x for x in (1, 2))])
def test_items_lists_whatever_can_be_gone_through(got):
    assert checks.items(got, "batches") == [1, 2]


@pytest.mark.parametrize("got", [5, "abc", b"abc", {1: 2}, np.array(1.0), object()])
def test_items_refuses_single_values(got):
    assert fails(checks.items, got, "batches").endswith("expected a list")


@pytest.mark.parametrize("got", [2 + 0j, np.complex128(2), [[2 + 0j, 3]], np.array([2, 3], dtype=complex)])
def test_close_takes_a_complex_number_without_imaginary_part_for_a_real_one(got):
    checks.close(got, np.real(got), "value")


def test_close_refuses_a_number_with_an_imaginary_part():
    assert "expected numbers" in fails(checks.close, [2 + 0j, 2 + 1e-9j], [2, 2], "value")


def test_close_takes_nan_for_nan_and_for_nothing_else():
    checks.close([np.nan, 1.0], [np.nan, 1.0], "value")
    assert fails(checks.close, np.nan, 1.0, "value") == "value: got nan, expected 1"
    assert fails(checks.close, 1.0, np.nan, "value") == "value: got 1, expected nan"


def test_close_tells_the_two_infinities_apart():
    checks.close([np.inf, -np.inf], [np.inf, -np.inf], "value")
    assert fails(checks.close, np.inf, -np.inf, "value") == "value: got inf, expected -inf"
    assert fails(checks.close, np.inf, 1e308, "value") == "value: got inf, expected 1e+308"


def test_close_asks_for_the_return_when_it_gets_none():
    assert fails(checks.close, None, 1.0, "path") == "path: got None (is there a return?)"


def test_close_takes_an_ellipsis_for_an_open_answer():
    with pytest.raises(NotImplementedError, match="rate is not answered yet"):
        checks.close(..., 1.0, "rate")


@pytest.mark.parametrize(
    "got",
    [
        "1.0",
        b"1.0",
        1 + 1j,
        np.array([1j]),
        np.array([1.0], dtype=object),
        [1.0, None],
        [1.0, ...],
        [[1.0], [1.0, 2.0]],
        {"a": 1.0},
        {1.0},
        (number for number in [1.0]),
        len,
        10**400,
        10**5000,
        np.datetime64("2020-01-01"),
        AlwaysEqual(),
        WithoutRepr(),
        BrokenArray(),
        float,
    ],
    ids=lambda value: type(value).__name__,
)
def test_close_refuses_what_holds_no_real_numbers(got):
    assert re.fullmatch(r"value: got (.|\n)+, expected numbers", fails(checks.close, got, 1.0, "value"))


def test_a_message_shows_the_type_beside_a_value():
    assert fails(checks.close, {"a": 1}, 1, "value") == "value: got {'a': 1} (a dict), expected numbers"


def test_a_message_cuts_a_long_value():
    message = fails(checks.close, "x" * 10_000, 1, "value")
    assert message == f"value: got '{'x' * 56}..., expected numbers"


def test_a_message_survives_a_value_that_cannot_be_shown():
    message = fails(checks.close, WithoutRepr(), 1, "value")
    assert message == "value: got <WithoutRepr without a repr> (a WithoutRepr), expected numbers"


# number


@pytest.mark.parametrize("got", [2, 2.0, np.int64(2), np.float32(2), np.array(2.0), np.array(2)])
def test_number_returns_a_float(got):
    value = checks.number(got, "value")
    assert (type(value), value) == (float, 2.0)


@pytest.mark.parametrize("got", [np.nan, np.inf, -np.inf, 1e308])
def test_number_lets_every_float_through(got):
    assert checks.number(got, "value") == pytest.approx(got, nan_ok=True)


def test_number_refuses_an_array_of_one():
    message = fails(checks.number, [2.0], "value", hint="take its element")
    assert message == "value: got 1 value, expected one number (take its element)"


@pytest.mark.parametrize("got", [True, np.False_, np.array(True)])
def test_number_refuses_a_truth_value(got):
    assert fails(checks.number, got, "value") == f"value: got {bool(got)}, expected one number"


@pytest.mark.parametrize("got", ["2", 2j, [[1], [2, 3]], {}, AlwaysEqual(), WithoutRepr()])
def test_number_refuses_what_is_no_number(got):
    assert fails(checks.number, got, "value").endswith("expected numbers")


def test_number_asks_for_the_return_when_it_gets_none():
    assert fails(checks.number, None, "value") == "value: got None (is there a return?)"


def test_number_takes_an_ellipsis_for_an_open_answer():
    with pytest.raises(NotImplementedError, match="value is not answered yet"):
        checks.number(..., "value")


# equal


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (3, 3),
        (np.int32(3), 3),
        (np.array(3), 3),
        ("low", "low"),
        (np.str_("low"), "low"),
        (np.True_, True),
        ([1, 2], [1, 2]),
        ((1, 2), [1, 2]),
        ([1, 2], (1, 2)),
        (np.array([True, False]), [True, False]),
        ([np.True_, False], [True, False]),
        (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
        ([np.array([1]), (2, 3)], [[1], [2, 3]]),
        ([], []),
        ({"a": 1}, {"a": 1}),
        (None, None),
    ],
)
def test_equal_accepts_numpy_values_as_those_of_python(got, expected):
    checks.equal(got, expected, "value")


def test_equal_gives_got_expected_and_the_hint():
    assert fails(checks.equal, 4, 3, "steps", hint="off by one") == "steps: got 4, expected 3 (off by one)"


def test_equal_names_the_element_that_differs():
    assert fails(checks.equal, [[1, 2], [3, 4]], [[1, 2], [3, 5]], "table", hint="add") == (
        "table[1][1]: got 4, expected 5 (add)"
    )


def test_equal_compares_lengths_before_elements():
    assert fails(checks.equal, [9], [1, 2], "sizes", hint="the last") == (
        "sizes: got 1 items, expected 2 (the last)"
    )


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (True, 1),
        (1, True),
        (2.0, 2),
        (2, 2.0),
        ("2", 2),
        (np.float64(1), True),
        ([1, 0], [True, False]),
        (np.array([1.0]), [1]),
        (AlwaysEqual(), 3),
        ([AlwaysEqual()], [3]),
        (WithoutRepr(), 3),
        ((number for number in [1]), [1]),
        ({1, 2}, [1, 2]),
        ({0: 1}, [1]),
        ("ab", ["a", "b"]),
        (np.nan, np.nan),
        (3, None),
        ([1], 1),
        (1, [1]),
    ],
)
def test_equal_fails_on_another_type_or_value(got, expected):
    assert fails(checks.equal, got, expected, "value").startswith("value")


@pytest.mark.parametrize("got", [None, ..., [1, None], [1, ...]])
def test_equal_takes_none_and_an_ellipsis_for_an_open_answer(got):
    with pytest.raises(NotImplementedError, match="not answered yet"):
        checks.equal(got, [1, 2], "value")


# choice


@pytest.mark.parametrize(
    ("got", "options"),
    [
        ("low", ["low", "high"]),
        (np.str_("low"), ["low", "high"]),
        (False, [True, False]),
        (np.False_, [True, False]),
        (np.int64(2), [1, 2]),
        (2, {1, 2}),
    ],
)
def test_choice_accepts_each_of_the_options(got, options):
    checks.choice(got, options, "answer")


def test_choice_lists_the_options_and_not_which_is_right():
    assert fails(checks.choice, "Low", ["low", "high"], "answer") == (
        "answer: got 'Low', choose one of 'low', 'high'"
    )


@pytest.mark.parametrize(
    "got",
    [1, 1.0, "True", [True], np.array([True]), np.array(True), AlwaysEqual(), WithoutRepr(), {}, np.nan],
)
def test_choice_fails_on_what_is_none_of_the_options(got):
    assert fails(checks.choice, got, [True, False], "answer").endswith("choose one of True, False")


@pytest.mark.parametrize("got", [None, ...])
def test_choice_takes_none_and_an_ellipsis_for_an_open_answer(got):
    with pytest.raises(NotImplementedError, match=r"^answer is not answered yet\.$"):
        checks.choice(got, [True, False], "answer")


# records


@pytest.mark.parametrize(
    "got",
    [
        [(0, 1.5), (1, 2.5)],
        ((0, 1.5), (1, 2.5)),
        [[0, np.float64(1.5)], [np.int64(1), np.array(2.5)]],
        [np.array([0, 1.5]), (1, 2.5)],
        np.array([[0, 1.5], [1, 2.5]]),
    ],
)
def test_records_returns_its_columns_as_floats(got):
    columns = checks.records(got, ("step", "theta"), "history")
    assert list(columns) == ["step", "theta"]
    assert columns["step"].tolist() == [0.0, 1.0]
    assert columns["theta"].tolist() == [1.5, 2.5]
    assert columns["theta"].dtype == float


def test_records_takes_nan_and_infinity_for_numbers():
    columns = checks.records([(0, np.nan), (1, np.inf)], ("step", "theta"), "history")
    np.testing.assert_equal(columns["theta"], [np.nan, np.inf])


def test_records_asks_for_the_return_when_it_gets_none():
    assert fails(checks.records, None, ("a",), "history") == "history: got None (is there a return?)"


@pytest.mark.parametrize(
    "got",
    [
        "ab",
        3,
        {"a": 1},
        (entry for entry in [(1, 2)]),
        np.array(1.0),
        np.float64(1),
        AlwaysEqual(),
        WithoutRepr(),
    ],
    ids=lambda value: type(value).__name__,
)
def test_records_refuses_what_is_no_list(got):
    message = fails(checks.records, got, ("a", "b"), "history")
    assert message.startswith("history: got ")
    assert message.endswith(", expected a list of (a, b)")


@pytest.mark.parametrize("got", [[], (), np.empty((0, 2))])
def test_records_refuses_an_empty_list(got):
    assert fails(checks.records, got, ("a", "b"), "history") == (
        "history: got an empty list, expected at least the start"
    )


@pytest.mark.parametrize("record", [3.0, "ab", np.array(1.0), {"a": 1, "b": 2}, None, {1, 2}])
def test_records_names_the_first_record_that_is_none(record):
    message = fails(checks.records, [(0, 1), record], ("a", "b"), "history")
    assert message.startswith("history[1]: got ")
    assert message.endswith(", expected (a, b)")


@pytest.mark.parametrize("record", [(1,), (1, 2, 3), ()])
def test_records_compares_the_length_of_a_record_before_its_numbers(record):
    assert fails(checks.records, [(0, 1), record], ("a", "b"), "history") == (
        f"history[1]: got {len(record)} values, expected 2: (a, b)"
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("1", "history[0], b: got '1', expected numbers"),
        ([1.0], "history[0], b: got 1 value, expected one number"),
        ([1.0, 2.0], "history[0], b: got 2 values, expected one number"),
        ([[1.0], [1.0, 2.0]], "history[0], b: got [[1.0], [1.0, 2.0]] (a list), expected numbers"),
        (None, "history[0], b: got None (is there a return?)"),
        (1j, "history[0], b: got 1j (a complex), expected numbers"),
        (True, "history[0], b: got True, expected one number"),
    ],
)
def test_records_names_the_column_that_holds_no_number(value, message):
    assert fails(checks.records, [(0, value)], ("a", "b"), "history") == message


@pytest.mark.parametrize("got", [..., [(0, ...)]])
def test_records_takes_an_ellipsis_for_an_open_answer(got):
    with pytest.raises(NotImplementedError, match="not answered yet"):
        checks.records(got, ("a", "b"), "history")


# raises


def throw(error):
    raise error


@pytest.mark.parametrize("error", [ValueError("outside"), UnicodeError("derived from it")])
def test_raises_accepts_the_exception_and_those_derived_from_it(error):
    checks.raises(ValueError, throw, error, name="start")


def test_raises_passes_arguments_and_keywords_on():
    seen = []

    def function(*arguments, **keywords):
        seen.append((arguments, keywords))
        raise ValueError

    checks.raises(ValueError, function, 1, 2, rate=3, name="call")
    assert seen == [((1, 2), {"rate": 3})]


def test_raises_fails_when_nothing_is_raised():
    assert fails(checks.raises, ValueError, int, "3", name="start -1.5") == (
        "start -1.5: nothing was raised, expected ValueError"
    )


@pytest.mark.parametrize("error", [TypeError("no"), AssertionError("no"), KeyError("no"), Exception("no")])
def test_raises_fails_on_another_exception(error):
    message = fails(checks.raises, ValueError, throw, error, name="start")
    assert message == f"start: got {type(error).__name__} ({error}), expected ValueError"


@pytest.mark.parametrize("expected", [ValueError, RuntimeError, Exception])
def test_raises_lets_an_open_answer_stay_open(expected):
    with pytest.raises(NotImplementedError):
        checks.raises(expected, throw, NotImplementedError(), name="start")


def test_raises_does_not_hold_up_the_end_of_the_program():
    with pytest.raises(KeyboardInterrupt):
        checks.raises(ValueError, throw, KeyboardInterrupt(), name="start")


# the package


def test_everything_that_is_exported_exists():
    assert all(callable(getattr(checks, name)) for name in checks.__all__)


def test_the_checks_import_where_a_student_works():
    program = """
        import sys

        ALLOWED = {"assay", "numpy"}

        class Blocker:
            def find_spec(self, name, path=None, target=None):
                top = name.partition(".")[0]
                if top not in ALLOWED and top not in sys.stdlib_module_names:
                    raise ImportError(f"blocked: {name}")

        sys.meta_path.insert(0, Blocker())
        from assay import checks
        for name in ("nbgrader", "jupytext", "tensorflow", "nbformat", "matplotlib", "IPython"):
            assert name not in sys.modules, name
            try:
                __import__(name)
            except ImportError as error:
                assert "blocked" in str(error)
            else:
                raise SystemExit(f"{name} was not blocked")

        @checks.claim
        def it_works():
            \"\"\"It works.\"\"\"
            checks.close([1.0], [1.0], "value")
    """
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
    )
    assert (run.returncode, run.stdout, run.stderr) == (0, "passed: It works.\n", "")


def test_the_traceback_of_a_failed_claim_ends_in_the_line_of_the_claim():
    """IPython shows the last frame whatever it is, and a student must not read the inside of the grader."""
    with pytest.raises(checks.ClaimFailed) as failed:

        @checks.claim
        def two_and_two():
            """Two and two is four."""
            checks.close(2 + 2, 5, "2 + 2")

    last = failed.traceback[-1]
    assert (last.name, str(last.statement).strip()) == ("two_and_two", 'checks.close(2 + 2, 5, "2 + 2")')


def test_the_traceback_of_an_open_answer_ends_in_the_line_of_the_claim():
    def answer():
        raise NotImplementedError

    with pytest.raises(NotImplementedError) as still_open:

        @checks.claim
        def answered():
            """There is an answer."""
            answer()

    assert still_open.traceback[-1].name == "answered"
