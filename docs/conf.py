"""How ``make docs`` builds the site: the pages of docs/, the README and the released notebooks, read where they lie.

Sphinx starts at the root of the repository (``sphinx-build -c docs . docs/_build/html``), so that a link from page to page is the same here and on a
server for git. What is not named below is not in the site: no source, no solved notebook, no hidden test.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.errors import SphinxError

project = "Descent and assay"
author = "The Descent authors"
project_copyright = "the Descent authors; text CC BY 4.0, code BSD-3-Clause"
extensions = ["myst_nb"]

root_doc = "docs/index"
include_patterns = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "docs/*.md",
    "release/*/*.ipynb",
]
# Folders that are large, or a class's; they are not even looked into.
exclude_patterns = [
    ".*",
    "autograded",
    "bench",
    "docs/_build",
    "docs/example-course",
    "exchange",
    "feedback",
    "reports",
    "solutions",
    "source",
    "src",
    "submitted",
    "tests",
]

# The left margin's list of pages. It stands here, since the pages themselves are read on a server for git as well.
CONTENTS = {
    "For everybody": [
        "README",
        "docs/student",
        "docs/instructor",
        "docs/report",
        "docs/existing-course",
        "docs/author",
    ],
    "What a mark rests on": ["docs/security", "docs/scale", "docs/checks"],
    "About the assignments": ["docs/accuracies", "docs/newspaper"],
    "The notebooks, as students get them": ["release/*/*"],
    "The project": ["CONTRIBUTING", "CHANGELOG"],
}
# A page that nobody has put in its place yet is found all the same.
_LISTED = {page for pages in CONTENTS.values() for page in pages} | {root_doc}
_OTHERS = sorted({f"docs/{path.stem}" for path in Path(__file__).parent.glob("*.md")} - _LISTED)
if _OTHERS:
    CONTENTS["More"] = _OTHERS

# Notebooks come without outputs, and no one is run.
nb_execution_mode = "off"
nb_ipywidgets_js: dict[str, Any] = {}
myst_enable_extensions = ["amsmath", "dollarmath"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "Descent and assay"
html_static_path = ["site/static"]
html_css_files = ["site.css"]
html_extra_path = ["site/index.html"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_math_renderer = "mathml"
# One style for the light and one for the dark page, both with the contrast that WCAG 2.1 AA asks for.
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"


def drop_rules(app: Sphinx, name: str, text: list[str]) -> None:
    """Take out the rule line with which a notebook's cell begins a task: below a heading a page can have none."""
    if name.startswith("release/"):
        notebook = json.loads(text[0])
        for cell in notebook["cells"]:
            if cell["cell_type"] == "markdown" and "".join(cell["source"]).startswith("---\n"):
                cell["source"] = "".join(cell["source"]).removeprefix("---\n")
        text[0] = json.dumps(notebook)


def add_contents(app: Sphinx, name: str, text: list[str]) -> None:
    """Give the first page the list of all pages, which the theme shows at the side."""
    if name == root_doc:
        for caption, pages in CONTENTS.items():
            glob = ":glob:\n" if any("*" in page for page in pages) else ""
            entries = "\n".join(f"/{page}" for page in pages)
            text[0] += f"\n\n```{{toctree}}\n:hidden:\n:caption: {caption}\n{glob}\n{entries}\n```\n"


def mathml(formula: str, display: str) -> str:
    """A formula of LaTeX as MathML, which browsers draw by themselves: no script, no font, nothing to fetch."""
    try:
        return convert(formula, display=display)
    except Exception as error:
        raise SphinxError(f"The formula {formula!r} cannot be shown as MathML: {error}") from error


def visit_inline(translator: Any, node: nodes.math) -> None:
    """Write a formula within a line."""
    translator.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def visit_block(translator: Any, node: nodes.math_block) -> None:
    """Write a formula on a line of its own; a wide one is scrolled by itself and not with the page."""
    translator.body.append(f'<div class="formula" tabindex="0">{mathml(node.astext(), "block")}</div>')
    raise nodes.SkipNode


def reach_by_keyboard(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Let code that is wider than the page be scrolled without a mouse, and captions of the list at the side have a level."""
    for part, text, better in (
        ("body", "<pre>", '<pre tabindex="0">'),
        ("furo_navigation_tree", 'role="heading"', 'role="heading" aria-level="2"'),
    ):
        if part in context:
            context[part] = context[part].replace(text, better)


def setup(app: Sphinx) -> None:
    """Tell Sphinx of the above."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.connect("source-read", add_contents)
    app.connect("source-read", drop_rules)
    # After the theme, which makes the list at the side.
    app.connect("html-page-context", reach_by_keyboard, priority=900)
    assert Path(app.srcdir, "release").is_dir(), "run sphinx-build at the root of the repository: make docs"
