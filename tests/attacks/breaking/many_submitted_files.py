"""Hands in thousands of files beside the notebook."""
# group: breaking
# honest: all
# may lose: all
# seconds: 10


def submission(folder, notebook):
    (folder / "many").mkdir()
    for number in range(2_000):
        (folder / "many" / f"{number}.txt").write_text("x")
