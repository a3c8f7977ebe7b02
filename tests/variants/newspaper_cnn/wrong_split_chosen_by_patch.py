"""The split by patch is chosen."""
# fails: honest_split_is_chosen

# %% honest_split
honest_split = "by patch"
