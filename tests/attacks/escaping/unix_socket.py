"""Connects to a service on the machine by a socket file, directly and through a link."""
# group: escaping
# honest: all
# %% +
import os
import socket

try:
    os.symlink("@unix@", "door")
except OSError:
    pass
for path in ("@unix@", "door", "/proc/1/root@unix@", "/proc/self/root@unix@"):
    try:
        with socket.socket(socket.AF_UNIX) as door:
            door.settimeout(2)
            door.connect(path)
            door.sendall(b"@mark@ says hello")
            print(door.recv(100))
    except OSError as error:
        print(error.errno)
