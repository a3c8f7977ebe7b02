"""Calls the function that a test gives to it without an end."""
# group: breaking
# seconds: 10
# honest: tally
# %% mapped
def mapped(function, values):
    while True:
        try:
            function(1)
        except BaseException:
            pass
