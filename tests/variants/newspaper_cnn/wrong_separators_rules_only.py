"""Only rules between columns count."""
# fails: separators_are_known

# %% is_separator
NAMES = [
    "rule between two columns", "line under a word of a headline", "short dash between two articles", "border of an advertisement",
    "fold of the paper", "rule of a table", "stem of a large letter", "dark edge of the scan",
]
is_separator = {name: name == "rule between two columns" for name in NAMES}
