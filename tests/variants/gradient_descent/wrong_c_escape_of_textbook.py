"""Every momentum from 0.6 on is said to escape."""
# fails: escapes_from_rest_are_found

# %% escapes_from_rest
escapes_from_rest = {0.6: True, 0.7: True, 0.8: True, 0.9: True, 0.95: True, 0.99: True}
