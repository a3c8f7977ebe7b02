"""Shows outputs of types that nbconvert turns into scripts: JavaScript, widgets, Plotly, diagrams."""
# group: browser
# notebook: {"widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"<script>": "</script><script>__pwned('state')</script>"}}}}

# %%
from IPython.display import Javascript, display

display(Javascript("__pwned('javascript')"))
display({"application/javascript": "</script><script>__pwned('mime')</script>", "text/plain": "x"}, raw=True)
display(
    {"application/vnd.jupyter.widget-view+json": {"model_id": "</script><script>__pwned('widget')</script>"}},
    raw=True,
)
display(
    {
        "application/vnd.plotly.v1+json": {"data": []},
        "text/html": "<div id='p'></div><script>__pwned('plotly')</script>",
    },
    raw=True,
)
display({"text/vnd.mermaid": "graph TD; A-->B; click A __pwned", "application/pdf": "x"}, raw=True)
