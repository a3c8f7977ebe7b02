"""An underlined headline is taken for a separator."""
# fails: separators_are_known

# %% is_separator
NAMES = [
    "rule between two columns", "line under a word of a headline", "short dash between two articles", "border of an advertisement",
    "fold of the paper", "rule of a table", "stem of a large letter", "dark edge of the scan",
]
is_separator = dict.fromkeys(NAMES, False)
for name in ("rule between two columns", "line under a word of a headline", "short dash between two articles", "border of an advertisement", "rule of a table"):
    is_separator[name] = True
