"""The smoothest curve is taken for the good one."""
# fails: curves_are_labelled

# %% curve_labels
curve_labels = {"A": "low", "B": "high", "C": "very high", "D": "good"}
