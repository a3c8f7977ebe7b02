"""Uses raw cells, unknown fields and the notebook's own title and language to bring HTML into the page."""
# group: browser
# notebook: {"title": "</title><script>__pwned('title')</script>", "language_info": {"name": "python", "pygments_lexer": "x\"><script>__pwned('lexer')</script>"}, "kernelspec": {"name": "<script>", "display_name": "<script>__pwned('kernel')</script>"}}

# %% [raw]
# metadata: {"raw_mimetype": "text/html"}
# <div class="full-credit navbar-fixed-top" id="statusmessage"><a href="http://canary.invalid/raw">x</a></div>
# <script>__pwned('raw')</script>

# %%
print(1 + 1)
