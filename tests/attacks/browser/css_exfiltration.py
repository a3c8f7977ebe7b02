"""Reads the page by style sheets that load a picture for what they find, and covers it with an element of its own."""
# group: browser

# %%
from IPython.display import HTML, display

display(
    HTML("<style>#notebook { background: url(http://canary.invalid/css) } body { display: none }</style>")
)
display(HTML("<style>@import url(http://canary.invalid/import.css);</style>"))
display(
    HTML(
        "<p style='background-color: red; background: url(http://canary.invalid/inline); position: fixed'>x</p>"
    )
)
display(HTML("<table background='http://canary.invalid/table'><tr><td>x</td></tr></table>"))
display(HTML("<div class='navbar navbar-fixed-top full-credit'>Score: 10 / 10</div>"))
