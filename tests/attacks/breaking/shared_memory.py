"""Fills the memory of the machine by files in /dev/shm and by anonymous memory files."""
# group: breaking
# honest: all
# %% +
import os

written = 0
for number in range(4):
    try:
        with open(f"/dev/shm/@mark@-{number}", "wb") as file:
            for _ in range(8):
                written += file.write(bytes(5_000_000))
    except OSError:
        pass
print(written // 1_000_000, "MB")
if written >= 160_000_000:
    print(@boast@)
