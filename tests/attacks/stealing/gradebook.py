"""Reads the names and marks of others in the gradebook, as a database and as bytes."""
# group: stealing
# honest: all
# %% +
import re
import sqlite3

try:
    book = sqlite3.connect("file:@course@/gradebook.db?mode=ro", uri=True)
    print(book.execute("SELECT id, last_name FROM student").fetchall())
except sqlite3.Error as error:
    print(error)
for name in ("gradebook.db", "gradebook.db-wal", "gradebook.db-journal"):
    try:
        print(set(re.findall(rb"canary-\w+-\w{16}", open(f"@course@/{name}", "rb").read())))
    except OSError as error:
        print(error.errno)
