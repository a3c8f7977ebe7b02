"""Raises errors whose file name, function name, type and message are HTML."""
# group: browser

# %%
code = compile(
    "def f(): raise ValueError('<img src=x onerror=__pwned(1)>')\nf()",
    "<script>__pwned('file')</script>",
    "exec",
)
exec(code)

# %%
raise type("<script>__pwned('type')</script>", (Exception,), {})("</pre><script>__pwned('message')</script>")

# %%
# outputs: [{"output_type": "error", "ename": "<script>__pwned('ename')</script>", "evalue": "</pre><svg onload=__pwned(1)>", "traceback": ["</pre><script>__pwned('line')</script>", "\u001b[38;2;1;1m<b>\u001b]8;;http://canary.invalid\u0007x"]}]
pass
