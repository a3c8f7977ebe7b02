"""Puts a script into an HTML output, plain, split, and behind broken tags."""
# group: browser

# %%
from IPython.display import HTML, display

display(HTML("<b>marks</b><script>__pwned('script')</script>"))
display(HTML("<scr<script>ipt>__pwned('split')</scr</script>ipt>"))
display(HTML("<noscript><p title=\"</noscript><script>__pwned('mutation')</script>\"></noscript>"))
display(
    HTML(
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;script&gt;__pwned('math')&lt;/script&gt;\">"
    )
)
display(HTML("</pre></div></body><script>__pwned('closing')</script>"))
