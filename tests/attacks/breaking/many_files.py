"""Makes thousands of empty files and deep folders, until there is no inode left for it."""
# group: breaking
# honest: all
# may lose: all
# seconds: 5
# %% +
import os

for number in range(20_000):
    try:
        open(f"empty-{number}", "x").close()
    except OSError:
        break
place = os.getcwd()
try:
    for _ in range(60):
        os.mkdir("d" * 100)
        os.chdir("d" * 100)
except OSError:
    pass
os.chdir(place)
