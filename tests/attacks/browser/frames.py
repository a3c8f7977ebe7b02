"""Opens frames and plug-ins with documents of its own."""
# group: browser

# %%
from IPython.display import HTML, IFrame, display

display(HTML("<iframe srcdoc=\"<script>parent.__pwned('srcdoc')</script>\"></iframe>"))
display(HTML("<iframe src=\"javascript:parent.__pwned('frame')\"></iframe>"))
display(
    HTML("<object data='http://canary.invalid/object'></object><embed src='http://canary.invalid/embed'>")
)
display(IFrame("http://canary.invalid/frame", 100, 100))
display(HTML("<script>parent.__pwned('isolated')</script>"), metadata={"text/html": {"isolated": True}})
