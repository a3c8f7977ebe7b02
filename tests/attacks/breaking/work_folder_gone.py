"""Deletes its work folder while it stands in it."""
# group: breaking
# honest: all
# %% +
import os
import shutil

here = os.getcwd()
for name in os.listdir(here):
    path = os.path.join(here, name)
    shutil.rmtree(path, ignore_errors=True) if os.path.isdir(path) else os.unlink(path)
try:
    os.chdir("/")
    os.rmdir(here)
except OSError as error:
    print(error.errno)
