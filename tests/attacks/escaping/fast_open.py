"""Sends data with the first packet of a TCP connection, past those who watch connect alone."""
# group: escaping
# honest: all
# %% +
import socket

MSG_FASTOPEN = 0x20000000
try:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as door:
        door.settimeout(2)
        door.sendto(b"@mark@ says hello", MSG_FASTOPEN, ("127.0.0.1", @port@))
        print(door.recv(100))
except OSError as error:
    print(error.errno)
