import base64
import io
import random
import struct
import time

import matplotlib.figure
import nbformat
import numpy as np
import pandas as pd
import pytest
from nbconvert.filters.ansi import ansi2html

from assay.cleaning import (
    OutputLimits,
    clean_attachments,
    clean_html,
    clean_markdown,
    clean_notebook,
    clean_outputs,
)


def picture(width=2, height=2, extra=b""):
    content = (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + struct.pack(">II", width, height) + extra
    )
    return base64.b64encode(content).decode()


def stream(text):
    return {"output_type": "stream", "name": "stdout", "text": text}


def shown(data, **limits):
    output = {"output_type": "display_data", "data": data, "metadata": {}}
    return clean_outputs([output], limits=OutputLimits(**limits))[0].data


def drawn(kind):
    figure = matplotlib.figure.Figure(figsize=(2, 1))
    axes = figure.subplots()
    axes.plot([1, 2], [3, 4])
    axes.imshow(np.ones((4, 4)))
    file = io.BytesIO()
    figure.savefig(file, format=kind)
    return file.getvalue()


HONEST_MARKDOWN = [
    "$a < b$ and $b<c$ and $$x<y$$",
    "```python\nif a<b and b>c: print('<script>')\n```",
    "`<div>` is code, a < b, 1<2, 5 > 3 & 2",
    "    indented <script>alert(1)</script>",
    "<https://x.org> and <me@x.org> and https://x.org",
    "| a | b |\n|---|---|\n| $x<y$ | `<i>` |",
    "H<sub>2</sub>O <br> x<br/> <b>bold</b>",
    "> quote\n> more\n\n* a\n  1. b\n- [x] done",
    "\\begin{align}a &< b \\\\ c &= d\\end{align}",
    '[a](https://x.org "t") [b][r]\n\n[r]: https://x.org',
    "I used `\\href` here",
    "# Heading *with* $x$\n\n~~gone~~ &copy; &lt;",
    "![mine](figure.png) ![pasted](attachment:p.png)",
    f"![colab](data:image/png;base64,{picture()})",
]


@pytest.mark.parametrize("source", HONEST_MARKDOWN)
def test_an_honest_answer_stays_as_it_was_written(source):
    assert clean_markdown(source, attachments={"p.png": {"image/png": picture()}}) == source


def test_a_tag_becomes_text_and_formulas_and_code_beside_it_stay():
    source = "$a<b$ `<i>` <script>x</script>\n\n```\n<p>\n```\n\n\\\\(c<d\\\\)"
    assert clean_markdown(source) == source.replace("<script>", "&lt;script>").replace(
        "</script>", "&lt;/script>"
    )


def test_a_remote_picture_becomes_a_link():
    assert clean_markdown("![plot](https://x.org/a.png)") == "[picture: plot](https://x.org/a.png)"


def test_a_link_that_nbconvert_itself_would_turn_into_a_script_is_text():
    assert "](" not in clean_markdown("[x](files/javascript:alert(1))")


def test_a_heading_cannot_take_the_id_of_an_input_field():
    assert clean_markdown("# momentum step", reserved={"momentum-step"}) != "# momentum step"
    assert clean_markdown("# momentum step") == "# momentum step"
    assert "=" not in clean_markdown("notebook\n===").replace("&#61;", "")


def test_a_picture_whose_attachment_is_missing_is_text():
    assert clean_markdown("![x](attachment:none.png)") == "&#33;&#91;x]&#40;attachment:none.png)"


def test_an_answer_that_would_cost_many_seconds_is_shown_as_text():
    begin = time.monotonic()
    for source in ("\\begin{a}" * 5500, "\\\\(" * 16000, "[" * 49000 + "]", "#\n" * 25000, "*<" * 25000):
        assert clean_markdown(source).startswith("(Shown as plain text, its beginning only.)")
    assert time.monotonic() - begin < 10


def test_random_markdown_is_clean_after_one_pass():
    pieces = [
        "<script>",
        "<b>",
        "</b>",
        "`",
        "```",
        "\n",
        "\n\n",
        "$",
        "$$",
        "\\",
        "[a](javascript:1)",
        "![i](http://x/y)",
    ]
    pieces += [
        "<!--",
        "-->",
        "\n```mermaid\n",
        "&lt;",
        "# ",
        "| ",
        "[r]",
        "[r]: data:x\n",
        "\\href{x}",
        "(",
        ")",
        "    ",
    ]
    generator = random.Random(5)
    for _ in range(300):
        source = "".join(generator.choices(pieces, k=generator.randint(2, 12)))
        once = clean_markdown(source)
        assert clean_markdown(once) == once, source


def test_a_table_of_pandas_keeps_its_class_and_border():
    frame = pd.DataFrame({"x<y": [1, 2], "name": ["<b>", "c"]})
    clean = clean_html(frame.to_html())
    # nh3 writes attributes in the order it likes.
    assert sorted(clean.partition(">")[0].split()) == ["<table", 'border="1"', 'class="dataframe"']
    assert clean.count("<td>") == 4
    assert "&lt;b&gt;" in clean


def test_only_harmless_style_properties_stay():
    html = '<p style="color: red; position: fixed; background-color: rgb(1, 2, 3)">x</p>'
    assert clean_html(html) == '<p style="color:red;background-color:rgb(1, 2, 3)">x</p>'
    assert "url" not in clean_html('<p style="background-color: url(http://x); color: image-set(x)">x</p>')


def test_links_of_html_lead_only_to_the_web_and_to_mail():
    html = '<a href="https://x.org">a</a><a href="/logout">b</a><a href="data:text/html,x">c</a><a href="ftp://x">d</a>'
    assert clean_html(html).count("href") == 1


def test_a_macro_of_mathjax_has_no_effect_even_when_a_comment_hides_it():
    assert "\\href" not in clean_html("<p>$\\hr<!-- -->ef{x}{y} \\&#104;ref$</p>")
    assert shown({"text/latex": "$\\style{x}{\\frac12}$"})["text/latex"] == "$\\ style{x}{\\frac12}$"


def test_html_may_be_a_hundred_elements_deep_and_no_deeper():
    assert clean_html("<div>" * 100 + "x") is not None
    assert clean_html("<div>" * 101 + "x") is None


def test_a_picture_of_matplotlib_stays_byte_for_byte():
    png = base64.b64encode(drawn("png")).decode()
    assert shown({"image/png": png + "\n", "text/plain": "<Figure>"}) == {
        "image/png": png,
        "text/plain": "<Figure>",
    }
    jpeg = base64.b64encode(drawn("jpeg")).decode()
    assert shown({"image/jpeg": jpeg})["image/jpeg"] == jpeg


def test_a_drawing_of_matplotlib_is_embedded_as_a_picture():
    data = shown({"image/svg+xml": drawn("svg").decode(), "text/plain": "<Figure>"})
    assert data["text/html"].startswith('<img src="data:image/svg+xml;base64,')
    assert shown(dict(data)) == data


@pytest.mark.parametrize(
    "drawing",
    [
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>',
        "<svg><foreignObject/></svg>",
        "<svg><script/></svg>",
        f'<svg><image href="data:image/png;base64,{picture(30_000, 30_000)}"/></svg>',
        '<svg><image href="data:image/svg+xml;base64,PHN2Zy8+"/></svg>',
    ],
)
def test_a_drawing_with_entities_html_or_a_giant_in_it_is_left_out(drawing):
    assert shown({"image/svg+xml": drawing}) == {"text/plain": "[not shown: image/svg+xml]"}


def test_pixels_are_limited_just_under_and_just_over():
    assert "image/png" in shown({"image/png": picture(6000, 5000)})
    assert "image/png" not in shown({"image/png": picture(6000, 5001)})
    assert "image/png" not in shown({"image/png": picture(0, 1)})


def test_bytes_of_a_picture_are_limited_just_under_and_just_over():
    size = len(base64.b64decode(picture()))
    assert "image/png" in shown({"image/png": picture()}, image_bytes=size)
    assert "image/png" not in shown({"image/png": picture()}, image_bytes=size - 1)


def test_the_pictures_of_one_cell_share_one_limit():
    outputs = [{"output_type": "display_data", "data": {"image/png": picture(5000, 5000)}} for _ in range(6)]
    kinds = ["image/png" in output.data for output in clean_outputs(outputs)]
    assert kinds == [True] * 4 + [False] * 2


def test_a_gif_counts_all_its_frames():
    def gif(frames, frame_width):
        frame = b"\x2c" + struct.pack("<HHHH", 0, 0, frame_width, 1000) + b"\0\x02\x01\x00\x00"
        return base64.b64encode(
            b"GIF89a" + struct.pack("<HH", 1000, 1000) + b"\0\0\0" + frame * frames + b"\x3b"
        ).decode()

    assert "image/gif" in shown({"image/gif": gif(30, 1000)})
    assert "image/gif" not in shown({"image/gif": gif(31, 1000)})
    assert "image/gif" not in shown({"image/gif": gif(1, 1001)})


@pytest.mark.parametrize("value", ["not base64", "AAAA", "", 5, None, [["x"]], picture()[:20], "é"])
def test_what_is_no_picture_is_left_out(value):
    assert shown({"image/png": value, "text/plain": "x"}) == {"text/plain": "x\n[not shown: image/png]"}


def test_a_picture_under_the_wrong_type_is_left_out():
    assert "image/jpeg" not in shown({"image/jpeg": picture()})


def test_text_is_limited_just_under_and_just_over():
    assert clean_outputs([stream("x" * 100_000)])[0].text == "x" * 100_000
    cut = clean_outputs([stream("x" * 100_001)])[0].text
    assert len(cut) == 100_000
    assert cut.endswith("[not shown: the rest of a text that is too long]")


def test_the_outputs_of_one_cell_share_a_limit_of_characters_and_of_number():
    clean = clean_outputs([stream("x" * 100_000)] * 30)
    assert sum(len(output.text) for output in clean) < 1_010_000
    many = clean_outputs([stream("x")] * 1000)
    assert len(many) == 200
    assert many[-1].text == "[not shown: outputs after number 199]"
    assert len(clean_outputs([stream("x")] * 200)) == 200


def test_colours_stay_and_every_other_sequence_goes():
    text = "\x1b[1;31mred\x1b[0m \x1b]0;title\x07\x1b[2J\x1b[5;5H\x1bPq\x1b\\plain\x9b\x00\x08"
    assert clean_outputs([stream(text)])[0].text == "\x1b[1;31mred\x1b[0m plain"


def test_nbconvert_can_read_every_colour_that_stays():
    with pytest.raises(IndexError):
        ansi2html("\x1b[38m")
    pieces = [
        "\x1b[",
        "m",
        ";",
        "38",
        "48",
        "038",
        "5",
        "2",
        "255",
        "1",
        "\x1b",
        "²",
        "99999",
        "<b>",
        "\r",
        "\n",
    ]
    generator = random.Random(7)
    for _ in range(3000):
        text = "".join(generator.choices(pieces, k=generator.randint(1, 12)))
        ansi2html(clean_outputs([stream(text)])[0].text)
    assert (
        clean_outputs([stream("\x1b[38;5;200mx\x1b[1;48;2;1;2;3my")])[0].text
        == "\x1b[38;5;200mx\x1b[1;48;2;1;2;3my"
    )


def test_a_progress_bar_is_shown_in_its_last_state():
    assert clean_outputs([stream("1/3\r2/3\r3/3\r\nloss 0.1\n")])[0].text == "3/3\nloss 0.1\n"


def test_text_that_runs_the_other_way_is_made_visible():
    assert clean_outputs([stream("a\u202eb\u2066")])[0].text == "a[U+202E]b[U+2066]"


def test_half_a_character_can_be_written_to_a_file():
    clean_outputs([stream("\ud83d")])[0].text.encode("utf-8")
    assert clean_markdown("\ud83d") == "\ufffd"


def test_an_error_keeps_its_parts_and_its_colours():
    error = {
        "output_type": "error",
        "ename": "ValueError",
        "evalue": "<b>",
        "traceback": ["\x1b[31mline\x1b[39m", "end"],
    }
    assert clean_outputs([error])[0] == error


def test_metadata_of_an_output_keeps_only_the_size_and_the_description_of_a_picture():
    output = {
        "output_type": "display_data",
        "data": {"image/png": picture()},
        "metadata": {
            "filenames": {"image/png": "//x"},
            "image/png": {"width": 20, "height": "3 onload=x", "alt": 'a > b" onload="x'},
        },
        "svg_filename": "//x",
    }
    assert clean_outputs([output])[0] == nbformat.v4.new_output(
        "display_data",
        data={"image/png": picture()},
        metadata={"image/png": {"width": 20, "alt": "a   b  onload= x"}},
    )


def test_attachments_are_pictures_with_harmless_names():
    given = {
        "a b.png": {"image/png": picture()},
        "<x>.png": {"image/png": picture()},
        "c.svg": {"image/svg+xml": "x"},
    }
    assert clean_attachments(given) == {"a b.png": {"image/png": picture()}}


def test_the_course_s_own_text_stays_and_the_student_s_is_cleaned():
    def text_cell(name):
        role = {"grade_id": name, "locked": True, "solution": False, "grade": False, "schema_version": 3}
        return nbformat.v4.new_markdown_cell("<img src=x>", metadata={"nbgrader": role})

    notebook = nbformat.v4.new_notebook(cells=[text_cell("task"), text_cell("other")])
    clean = clean_notebook(notebook, trusted={"task"})
    assert [cell.source for cell in clean.cells] == ["<img src=x>", "&lt;img src=x>"]


def test_what_nbgrader_needs_of_a_cell_stays():
    role = {
        "grade_id": "a_b-1",
        "points": 2.5,
        "grade": True,
        "solution": False,
        "locked": True,
        "task": False,
    }
    role |= {"schema_version": 3, "cell_type": "code", "checksum": "0a"}
    cell = nbformat.v4.new_code_cell(
        "x = 1", metadata={"nbgrader": role, "tags": ["x<", "ok"]}, execution_count=3
    )
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    clean = clean_notebook(
        nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel, "title": "x"})
    )
    assert clean.cells[0].metadata == {"nbgrader": role, "tags": ["ok"]}
    assert (clean.cells[0].id, clean.cells[0].source, clean.cells[0].execution_count) == (cell.id, "x = 1", 3)
    assert clean.metadata == {"kernelspec": kernel}


def test_nothing_raises_whatever_a_notebook_holds():
    keys = [
        "cells",
        "metadata",
        "cell_type",
        "source",
        "outputs",
        "output_type",
        "data",
        "text/html",
        "image/png",
        "text",
    ]
    keys += [
        "traceback",
        "attachments",
        "nbgrader",
        "grade_id",
        "execution_count",
        "id",
        "tags",
        "nbformat",
        "kernelspec",
    ]
    leaves = [
        "code",
        "markdown",
        "raw",
        "stream",
        "error",
        "display_data",
        "<svg/>",
        None,
        True,
        -1,
        float("nan"),
        "\ud800",
    ]
    generator = random.Random(3)

    def anything(depth):
        kind = generator.random()
        if depth > 5 or kind < 0.3:
            return generator.choice(leaves)
        if kind < 0.5:
            return [anything(depth + 1) for _ in range(generator.randint(0, 4))]
        return {generator.choice(keys): anything(depth + 1) for _ in range(generator.randint(0, 6))}

    def cell():
        kind = generator.choice(["code", "markdown", "raw", "x"])
        output = {key: anything(3) for key in ("data", "metadata", "text", "traceback", "name")}
        output["output_type"] = generator.choice(["stream", "error", "display_data", "execute_result"])
        fields = {key: anything(3) for key in ("source", "metadata", "attachments", "execution_count", "id")}
        return {**fields, "cell_type": kind, "outputs": [output, anything(3)]}

    for _ in range(1500):
        clean_outputs(anything(0))
        clean_attachments(anything(0))
        clean_markdown(anything(3))
        clean_notebook(anything(0))
        clean = clean_notebook({"cells": [cell()], "metadata": anything(2)})
        assert clean_notebook(clean) == clean
        nbformat.validate(clean)
