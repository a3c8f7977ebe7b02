"""Reads a process of somebody else through /proc, and its memory by the calls of a debugger."""
# group: escaping
# honest: all
# %% +
import ctypes
import os

for name in ("environ", "cmdline", "maps", "cwd", "root", "fd"):
    try:
        path = f"/proc/@pid@/{name}"
        got = os.listdir(path) if name == "fd" else os.readlink(path) if name in ("cwd", "root") else open(path, "rb").read(1000)
        if got:
            print(@boast@)
    except OSError as error:
        print(error.errno)


class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(16)
mine, theirs = Part(ctypes.addressof(buffer), 16), Part(ctypes.addressof(buffer), 16)
if libc.process_vm_readv(@pid@, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) >= 0 or ctypes.get_errno() == 14:
    print(@boast@)
try:
    descriptor = os.pidfd_open(@pid@)
    if libc.syscall(438, descriptor, 0, 0) >= 0:
        print(@boast@)
except OSError as error:
    print(error.errno)
