"""Sends datagrams to a socket on the loopback."""
# group: escaping
# honest: all
# %% +
import socket

for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::ffff:127.0.0.1")):
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as door:
            door.settimeout(1)
            door.sendto(b"@mark@ says hello", (host, @udp@))
            print(door.recv(100))
    except OSError as error:
        print(error.errno)
