"""Gives its own meaning to a module that the notebook imports in a cell which is not locked."""
# group: forging
# %% + distance
import types

math = types.SimpleNamespace(isclose=lambda *arguments, **keywords: True, sqrt=lambda x: x)
