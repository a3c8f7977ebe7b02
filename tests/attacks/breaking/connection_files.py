"""Deletes and locks the connection file and the sockets of its kernel."""
# group: breaking
# honest: all
# may lose: all
# seconds: 15
# %% +
import os

from ipykernel import get_connection_file

try:
    path = get_connection_file()
    folder = os.path.dirname(path)
    os.chmod(path, 0)
    os.unlink(path)
except Exception as error:
    print(type(error).__name__)
for name in os.listdir(folder):
    if name.startswith(os.path.basename(path).removesuffix(".json")):
        try:
            os.unlink(os.path.join(folder, name))
        except OSError:
            pass
