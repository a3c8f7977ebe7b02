"""Batch normalisation is believed to need smaller learning rates."""
# fails: statement_2_is_judged

# %% batch_norm_statements
batch_norm_statements = {1: False, 2: True, 3: True, 4: True}
