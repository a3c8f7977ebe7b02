"""Takes ids and names that the page's own scripts ask for, by HTML, by a heading and by the cell's metadata."""
# group: browser

# %%
# metadata: {"tags": ["x\" onclick=\"__pwned('tag')"], "magics_language": "\"><script>__pwned('lexer')</script>", "transient": {"remove_source": true}}
from IPython.display import HTML, display

display(
    HTML(
        "<img id='statusmessage' name='body' src=x><a id=MathJax></a><a id=MathJax name=Hub href='http://canary.invalid/'></a>"
    )
)
display(
    HTML(
        "<div id='notebook' class='nbgrader_cell' data-link='http://canary.invalid/'><i onclick=\"__pwned('i')\">x</i></div>"
    )
)

# %% [markdown]
# metadata: {"nbgrader": {"grade_id": "x\"><script>__pwned('grade id')</script>", "solution": true, "grade": true, "points": 3, "task": false, "locked": false, "schema_version": 3}}
# ## statusmessage
#
# # notebook

# %%
# outputs: [{"output_type": "execute_result", "execution_count": "<script>__pwned('count')</script>", "metadata": {"filenames": {"image/png": "http://canary.invalid/named.png"}}, "data": {"image/png": "AAAA"}}, {"output_type": "display_data", "svg_filename": "http://canary.invalid/named.svg", "metadata": {}, "data": {"image/svg+xml": "<svg/>"}}]
pass
