"""One beta is left out."""
# fails: escapes_from_rest_are_found

# %% escapes_from_rest
escapes_from_rest = {0.6: False, 0.7: False, 0.8: False, 0.95: True, 0.99: True}
