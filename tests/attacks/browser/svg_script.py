"""Draws an SVG picture that holds a script, event handlers and a link to another address."""
# group: browser

# %%
from IPython.display import HTML, SVG, display

drawing = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="__pwned(\'onload\')" '
    'width="20" height="20"><script>parent.__pwned("svg"); __pwned("svg")</script>'
    '<image xlink:href="http://canary.invalid/svg.png" width="9" height="9"/><circle cx="9" cy="9" r="9"/></svg>'
)
display(SVG(drawing))
display(HTML(drawing))
# Without a script it is shown as a picture, in which a browser must load and run nothing.
quiet = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="__pwned(\'quiet\')">'
    "<style>@import url(http://canary.invalid/style.css); circle { fill: url(http://canary.invalid/fill) }</style>"
    '<image href="http://canary.invalid/quiet.png" width="9" height="9"/><use xlink:href="http://canary.invalid/use#a"/>'
    '<a href="javascript:__pwned(1)"><circle cx="9" cy="9" r="9" onclick="__pwned(1)"/></a></svg>'
)
display(SVG(quiet))
