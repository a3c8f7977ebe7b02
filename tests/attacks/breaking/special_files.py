"""Hands in a socket, links to devices, a link to itself, and a folder in the place of the data."""
# group: breaking
# honest: all
import os
import socket


def submission(folder, notebook):
    here = os.getcwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.bind("door")
    finally:
        os.chdir(here)
    (folder / "null.csv").symlink_to("/dev/null")
    (folder / "tty.csv").symlink_to("/dev/tty")
    (folder / "itself.csv").symlink_to("itself.csv")
    (folder / "numbers.csv").mkdir()
    (folder / "gone.csv").symlink_to("nowhere")
