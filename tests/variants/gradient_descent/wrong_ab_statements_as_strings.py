"""Two judgements are strings, the other two are right."""
# fails: statement_1_is_judged statement_3_is_judged

# %% batch_norm_statements
batch_norm_statements = {1: "False", 2: False, 3: "True", 4: True}
