"""Saturating units are believed to stay useless."""
# fails: statement_4_is_judged

# %% batch_norm_statements
batch_norm_statements = {1: False, 2: False, 3: True, 4: False}
