"""A push is said to bring every ball into the deeper valley."""
# fails: pushes_are_judged

# %% after_a_push
after_a_push = {beta: "deeper valley" for beta in (0.6, 0.7, 0.8, 0.9)}
