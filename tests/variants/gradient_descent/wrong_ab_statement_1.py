"""Regularisation is taken for the main goal of batch normalisation."""
# fails: statement_1_is_judged

# %% batch_norm_statements
batch_norm_statements = {1: True, 2: False, 3: True, 4: True}
