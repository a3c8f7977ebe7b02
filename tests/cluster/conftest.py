"""Makes the helper modules of these tests and the tiny course importable; pytest's importlib mode puts no folder on the path."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "grading")]
