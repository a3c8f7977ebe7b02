"""One run is left without a label."""
# fails: curves_are_labelled

# %% curve_labels
curve_labels = {"A": "good", "B": "high", "C": "very high"}
