"""Enters the namespaces of another process by their files."""
# group: escaping
# honest: all
# %% +
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for owner in ("@pid@", "1"):
    for name in ("net", "mnt", "pid", "user"):
        child = os.fork()
        if child == 0:
            try:
                door = os.open(f"/proc/{owner}/ns/{name}", os.O_RDONLY)
            except OSError:
                os._exit(1)
            os._exit(0 if libc.setns(door, 0) == 0 else 1)
        if os.waitpid(child, 0)[1] == 0:
            print(owner, name, @boast@)
