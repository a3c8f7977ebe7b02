"""Writes HTML with scripts into a written answer, also behind code, formulas and diagrams."""
# group: browser

# %% [markdown]
# The rate is too large. <img src=nothing onerror="__pwned('markdown')">
#
# <script>__pwned('markdown script')</script>

# %% [markdown]
# $$ a < b
#
# ```mermaid
# </pre><img src=nothing onerror="__pwned('mermaid')">
# ```

# %% [markdown]
# ``` python $$
# x = 1
# ```
# $$ <svg onload="__pwned('between')"></svg> <!-- <b> -->
