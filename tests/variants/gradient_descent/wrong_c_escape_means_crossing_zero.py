"""Crossing zero is taken for an escape, so that 0.9 counts."""
# fails: escapes_from_rest_are_found

# %% escapes_from_rest
escapes_from_rest = {}
for beta in (0.6, 0.7, 0.8, 0.9, 0.95, 0.99):
    furthest = max(entry[1] for entry in momentum_descent(-0.95, loss, gradient, momentum=beta))
    escapes_from_rest[beta] = bool(furthest > 0)
