"""Three runs are labelled, the fourth still holds its None."""
# fails: curves_are_labelled

# %% curve_labels
curve_labels = {"A": "good", "B": "high", "C": "very high", "D": None}
