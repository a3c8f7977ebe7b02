"""The statements are numbered from 0: the second and the fourth do not fit, the first and the third do by chance."""
# fails: statement_2_is_judged statement_4_is_judged

# %% batch_norm_statements
batch_norm_statements = {0: False, 1: False, 2: True, 3: True}
