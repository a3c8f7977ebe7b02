"""Hands in files whose names are options, commands, paths, control characters, no text at all, or very long."""
# group: breaking
# honest: all
import os


def submission(folder, notebook):
    names = [b"-rf", b"$(touch x)", b"a\nb", b"\xff\xfe", b"\x1b[2J", b"..\\x", b" ", b"x" * 250, "‮gnp.exe".encode()]
    for name in names:
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(b"x")
    deep = folder
    for _ in range(12):
        deep = deep / ("d" * 100)
        deep.mkdir()
