"""What a library writes past Python while it is imported is not seen, and all else is."""

import os
import subprocess
import sys

import pytest

from descent.silence import silent_descriptor

WRITES = """
import os
from descent.silence import silent_descriptor
os.write(2, b"before ")
with silent_descriptor(2):
    os.write(2, b"within ")
os.write(2, b"after")
"""


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr


def test_what_is_written_within_is_lost_and_what_comes_after_is_not():
    assert run(WRITES) == "before after"


def fail_silently(descriptor: int) -> None:
    with silent_descriptor(descriptor):
        os.write(descriptor, b"lost")
        raise ValueError("an import")


def test_an_error_within_leaves_the_descriptor_as_it_was():
    reading, writing = os.pipe()
    with pytest.raises(ValueError, match="an import"):
        fail_silently(writing)
    os.write(writing, b"seen")
    os.close(writing)
    assert os.read(reading, 100) == b"seen"
    os.close(reading)


def test_a_closed_descriptor_stays_closed():
    reading, writing = os.pipe()
    os.close(writing)
    with silent_descriptor(writing):
        pass
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(writing)
    os.close(reading)


@pytest.mark.xdist_group("tensorflow")
def test_a_notebook_that_imports_descent_before_keras_shows_nothing_of_tensorflows_start():
    assert run("from descent import training\nimport keras, tensorflow\n") == ""
