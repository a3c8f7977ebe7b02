"""Two runs are called high, none very high."""
# fails: curves_are_labelled

# %% curve_labels
curve_labels = {"A": "good", "B": "high", "C": "high", "D": "low"}
