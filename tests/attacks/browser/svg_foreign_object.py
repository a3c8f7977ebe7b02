"""Hides HTML with a script in an SVG picture's foreignObject, and a million words in its entities."""
# group: browser

# %%
from IPython.display import HTML, display

display(
    HTML(
        "<svg width='20' height='20'><foreignObject width='20' height='20'>"
        "<iframe xmlns='http://www.w3.org/1999/xhtml' srcdoc=\"<script>parent.__pwned('foreign')</script>\"></iframe>"
        "<img xmlns='http://www.w3.org/1999/xhtml' src='nothing' onerror=\"__pwned('foreign')\"/></foreignObject></svg>"
    )
)
entities = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(6))
bomb = f'<!DOCTYPE svg [<!ENTITY e0 "words">{entities}]><svg xmlns="http://www.w3.org/2000/svg"><text>&e6;</text></svg>'
display({"image/svg+xml": bomb, "text/plain": "a drawing"}, raw=True)
