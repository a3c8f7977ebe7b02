"""Gives MathJax links and styles to make of formulas, in outputs, HTML and written answers."""
# group: browser

# %%
from IPython.display import HTML, Latex, Math, display

display(Math(r"\href{javascript:__pwned('href')}{x}"))
display(Latex(r"$\style{background:url(http://canary.invalid/latex)}{x}\require{action}\unicode[a;b]{x}$"))
display(
    Latex(
        r"$\let\harmless=\href\harmless{javascript:__pwned('let')}{x}$ </div><script>__pwned('latex')</script>"
    )
)
display(HTML(r"<p>\(\hr<!-- -->ef{javascript:__pwned('joined')}{x}\)</p>"))

# %% [markdown]
# $\href{javascript:__pwned('markdown')}{x}$ and \\(\cssId{notebook}{x}\\) and
# \begin{align}\class{full-credit}{x}\end{align} and &#36;\mmlToken{mi}[href="javascript:__pwned('token')"]{x}&#36;
