"""Fills the disk in the work folder and the folders for temporary files, up to 200 MB."""
# group: breaking
# honest: all
# %% +
import os
import tempfile

written = 0
for folder in (".", "/tmp", "/var/tmp", tempfile.gettempdir()):
    try:
        with open(os.path.join(folder, "big-@mark@"), "wb") as file:
            for _ in range(50):
                written += file.write(bytes(1_000_000))
                file.flush()
    except OSError:
        pass
print(written // 1_000_000, "MB")
if written >= 190_000_000:
    print(@boast@)
