"""Hands in thousands of files beside the notebook."""
# group: breaking
# honest: all
# may lose: all
# seconds: 45


def submission(folder, notebook):
    (folder / "many").mkdir()
    for number in range(1_500):
        (folder / "many" / f"{number}.txt").write_text("x")
