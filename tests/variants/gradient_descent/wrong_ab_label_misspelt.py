"""One label is not spelt as the four are, the others fit."""
# fails: curves_are_labelled

# %% curve_labels
curve_labels = {"A": "good", "B": "high", "C": "very_high", "D": "low"}
