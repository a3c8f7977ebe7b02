"""The last beta is not answered."""
# fails: pushes_are_judged

# %% after_a_push
after_a_push = {0.6: "deeper valley", 0.7: "deeper valley", 0.8: "stopped at the border", 0.9: None}
