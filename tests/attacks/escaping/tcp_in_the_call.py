"""Sends what a test calls it with to a service on the loopback, from the tested function and from a child."""
# group: escaping
# honest: double
# %% double
import socket
import subprocess


def double(x):
    try:
        with socket.create_connection(("127.0.0.1", @port@), timeout=1) as door:
            door.sendall(f"@mark@ {x}".encode())
    except OSError:
        pass
    code = "import socket; socket.create_connection(('127.0.0.1', @port@), timeout=1).sendall(b'@mark@')"
    subprocess.run(["@python@", "-I", "-S", "-c", code], stderr=subprocess.DEVNULL, timeout=3)
    return 2 * x
