"""Every statement is judged false."""
# fails: statement_3_is_judged statement_4_is_judged

# %% batch_norm_statements
batch_norm_statements = dict.fromkeys((1, 2, 3, 4), False)
