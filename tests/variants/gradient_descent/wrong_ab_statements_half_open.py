"""Two statements are judged, two still hold their None."""
# fails: statement_2_is_judged statement_4_is_judged

# %% batch_norm_statements
batch_norm_statements = {1: False, 2: None, 3: True, 4: None}
