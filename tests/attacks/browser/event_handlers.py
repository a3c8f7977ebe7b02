"""Lets pictures and other elements run a script through their event handlers."""
# group: browser

# %%
from IPython.display import HTML, display

display(HTML("<img src=nothing onerror=\"__pwned('onerror')\">"))
display(HTML("<details open ontoggle=\"__pwned('ontoggle')\"><summary>more</summary></details>"))
display(HTML("<input autofocus onfocus=\"__pwned('onfocus')\">"))
display(HTML("<video><source onerror=\"__pwned('source')\"></video>"))
display(
    HTML(
        "<style>@keyframes x{}</style><p style='animation-name:x' onanimationstart=\"__pwned('animation')\">x</p>"
    )
)
