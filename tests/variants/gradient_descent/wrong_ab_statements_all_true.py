"""Every statement is judged true."""
# fails: statement_1_is_judged statement_2_is_judged

# %% batch_norm_statements
batch_norm_statements = {number: True for number in (1, 2, 3, 4)}
