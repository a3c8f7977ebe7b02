"""Connects to a service on the machine by a socket that has a name and no file."""
# group: escaping
# honest: all
# %% +
import socket

for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
    try:
        with socket.socket(socket.AF_UNIX, kind) as door:
            door.settimeout(2)
            door.connect("\0@abstract@")
            door.sendall(b"@mark@ says hello")
            print(door.recv(100))
    except OSError as error:
        print(error.errno)
