"""Mounts a file system over a folder of its own, and its work folder somewhere else."""
# group: escaping
# honest: all
# %% +
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
os.makedirs("hill", exist_ok=True)
here = os.path.abspath("hill").encode()
for source, kind, flags in ((b"none", b"tmpfs", 0), (here, None, 4096), (b"proc", b"proc", 0)):
    if libc.mount(source, here, kind, flags, None) == 0:
        print(@boast@)
        libc.umount2(here, 2)
    else:
        print(ctypes.get_errno())
