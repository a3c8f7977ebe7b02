"""Attaches itself to a process of somebody else as its debugger."""
# group: escaping
# honest: all
# %% +
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
SEIZE, DETACH = 0x4206, 17
if libc.ptrace(SEIZE, @pid@, None, None) == 0:
    print(@boast@)
    libc.ptrace(DETACH, @pid@, None, None)
else:
    print(ctypes.get_errno())
