"""Prints characters that turn text round, sequences of a terminal, halves of characters and very deep lists."""
# group: browser

# %%
import sys

from IPython.display import HTML, display

print(
    "marks: \u202e001 fo 0\u202c",
    "\x1b]0;title\x07\x1b]8;;http://canary.invalid/osc\x07link\x1b]8;;\x07",
    "\x1b[2J\x1b[1;1Hgone",
    "a\rb",
    "\x00\x08\x9b31m",
)
print("\x1b[38;5;999999mred\x1b[38;2;1mx\x1b[4;m<b>not bold</b>", file=sys.stderr)
display(HTML("<div>" * 5000 + "<b onclick=__pwned(1)>deep</b>"))

# %%
# outputs: [{"output_type": "stream", "name": "stdout\"><script>__pwned('name')</script>", "text": ["half \ud83d", "\u202e", "<script>__pwned('text')</script>"]}, {"output_type": "stream", "name": "stdout", "text": [["nested"]]}, {"output_type": "<script>", "text": 5}, {"output_type": "display_data", "data": [[[]]], "metadata": 3}, 17]
pass

# %% [markdown]
# \u202e is written here as a character: ‮ and it turns this.
