"""Locks the gradebook for as long as it can."""
# group: breaking
# honest: all
# %% +
import subprocess

CODE = """
import sqlite3, time
try:
    book = sqlite3.connect("file:@course@/gradebook.db?mode=rw", uri=True, isolation_level=None)
    book.execute("BEGIN EXCLUSIVE")
    time.sleep(40)
except sqlite3.Error:
    pass
"""
child = subprocess.Popen(["@python@", "-I", "-c", CODE, "@mark@"], start_new_session=True)
