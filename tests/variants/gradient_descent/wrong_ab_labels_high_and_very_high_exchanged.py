"""The jumping curve is taken for the highest rate."""
# fails: curves_are_labelled

# %% curve_labels
curve_labels = {"A": "good", "B": "very high", "C": "high", "D": "low"}
