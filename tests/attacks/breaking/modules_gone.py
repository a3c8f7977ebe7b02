"""Empties the table of modules and the search path of its kernel."""
# group: breaking
# honest: all
# may lose: all
# seconds: 10
# %% +
import sys

for name in list(sys.modules):
    if name not in ("sys", "builtins", "__main__"):
        del sys.modules[name]
sys.path.clear()
sys.meta_path.clear()
sys.stdout = sys.stderr = sys.__stdout__ = None
