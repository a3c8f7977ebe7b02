"""Overwrites the master notebook of the course by one without tests."""
# group: forging
# %% +
import json

for path in ["@course@/source/tiny/tiny.ipynb", "@course@/release/tiny/tiny.ipynb"]:
    try:
        with open(path, "r+") as file:
            notebook = json.load(file)
            for cell in notebook["cells"]:
                if cell["id"].startswith("test_"):
                    cell["source"] = "pass"
            file.seek(0)
            file.truncate()
            json.dump(notebook, file)
            print(@boast@)
    except Exception as error:
        print(type(error).__name__)
