"""Names attachments, their types and their content so that they end the attribute that holds them."""
# group: browser

# %% [markdown]
# attachments: {"x\" onerror=\"__pwned('name')": {"image/png": "AAAA"}, "a.png": {"image/png\" onerror=\"__pwned('type')": "AAAA"}, "b.svg": {"image/svg+xml": "PHN2Zy8+"}, "empty.png": {}}
# <p>![a](attachment:a.png) ![b](attachment:b.svg)</p>

# %% [markdown]
# attachments: {"a.png": {"image/png": "AAAA\" onerror=\"__pwned('content')"}}
# ![a](attachment:a.png)

# %% [markdown]
# attachments: {"a.png": {"text/html": "PHNjcmlwdD4="}}
# ![a](attachment:a.png) <object data="attachment:a.png"></object><img src=x onerror="__pwned('attachment')">
