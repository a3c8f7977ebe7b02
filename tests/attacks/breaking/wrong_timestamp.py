"""Hands in a timestamp that is no time."""
# group: breaking
# honest: all


def submission(folder, notebook):
    (folder / "timestamp.txt").write_bytes(b"\xff\xfe the day before \x00\n" * 1000)
