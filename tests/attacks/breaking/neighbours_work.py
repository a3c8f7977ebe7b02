"""Deletes and changes what others have handed in."""
# group: breaking
# honest: all
# %% +
import shutil

for path in ("@course@/submitted/zoe/tiny/tiny.ipynb", "@course@/submitted/ada/tiny/tiny.ipynb"):
    try:
        open(path, "r+").truncate(0)
        print(@boast@)
    except OSError as error:
        print(error.errno)
shutil.rmtree("@course@/submitted/zoe", ignore_errors=True)
