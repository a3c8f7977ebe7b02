"""Normalisation alone is believed to cost nothing."""
# fails: statement_3_is_judged

# %% batch_norm_statements
batch_norm_statements = {1: False, 2: False, 3: False, 4: True}
