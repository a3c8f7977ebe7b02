"""Leaves a message for the next submission in every place that two kernels may share; the second one collects it."""
# group: stealing
# honest: all
# %% +
import ctypes
import os

for place in ("/tmp", "/var/tmp", "/dev/shm", "@tmp@", "@home@", "..", ".", os.path.expanduser("~")):
    try:
        with open(os.path.join(place, "left-@mark@"), "w") as file:
            file.write(@boast@)
    except OSError:
        pass
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
number = libc.shmget(int("@mark@"[-7:], 16), 4096, 0o1666)
if number >= 0:
    address = libc.shmat(number, None, 0)
    if address and address != ctypes.c_void_p(-1).value:
        ctypes.memmove(address, @boast@.encode() + b"\0", 32)
# %%% second
# %% +
import ctypes
import os

for place in ("/tmp", "/var/tmp", "/dev/shm", "@tmp@", "@home@", "..", os.path.expanduser("~")):
    try:
        print(open(os.path.join(place, "left-@mark@")).read())
        os.unlink(os.path.join(place, "left-@mark@"))
    except OSError:
        pass
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
number = libc.shmget(int("@mark@"[-7:], 16), 4096, 0o666)
if number >= 0:
    address = libc.shmat(number, None, 0)
    if address and address != ctypes.c_void_p(-1).value:
        print(ctypes.string_at(address, 31))
    libc.shmctl(number, 0, None)
