"""Sends the reader to another page, and turns the page's own links to another server."""
# group: browser

# %%
from IPython.display import HTML, display

display(HTML("<base href='http://canary.invalid/base/'><img src='relative.png'>"))
display(HTML("<link rel='stylesheet' href='http://canary.invalid/sheet.css'>"))
display(HTML("<meta http-equiv='refresh' content='0; url=http://canary.invalid/refresh'>"))
