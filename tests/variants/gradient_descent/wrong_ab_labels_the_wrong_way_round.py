"""The dict goes from labels to runs."""
# fails: curves_are_labelled

# %% curve_labels
curve_labels = {"good": "A", "high": "B", "very high": "C", "low": "D"}
