"""Hands in the master notebook by a symbolic link in the place of its own: the solutions would be graded as its answers."""
# group: stealing
# expect: unreadable


def submission(folder, notebook):
    (folder / "tiny.ipynb").symlink_to("../../../source/tiny/tiny.ipynb")
    return False
