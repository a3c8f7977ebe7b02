"""Hands in named pipes, which block whoever opens them: as data, as the timestamp."""
# group: breaking
# honest: all
import os


def submission(folder, notebook):
    os.mkfifo(folder / "data.csv")
    os.mkfifo(folder / "timestamp.txt")
