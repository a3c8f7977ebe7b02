"""The curve that falls fastest at first is taken for the good one."""
# fails: curves_are_labelled

# %% curve_labels
curve_labels = {"A": "high", "B": "good", "C": "very high", "D": "low"}
