"""Asks for a kernel of its own, whose program is in the submission."""
# group: breaking
# honest: all


def submission(folder, notebook):
    spec = folder / "kernels" / "evil"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text('{"argv": ["touch", "@mark@"], "display_name": "evil", "language": "python"}')
    notebook.metadata["kernelspec"] = {"name": "evil", "display_name": "evil", "language": "python"}
    notebook.metadata["language_info"] = {"name": "../../evil", "file_extension": "/../../x"}
