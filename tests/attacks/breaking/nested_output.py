"""Displays JSON that is nested a hundred thousand times, and mime bundles of the wrong types."""
# group: breaking
# honest: all
# seconds: 5
# %% +
from IPython.display import display

kernel = get_ipython().kernel
deep = []
for _ in range(900):
    deep = [deep]
for data in (
    {"application/json": deep},
    {"text/plain": ["a", "list"], "text/html": {"a": "dict"}},
    {"image/png": 7, "text/plain": None},
    {"": "", "text/plain" * 10_000: "x"},
    "no bundle",
    [],
):
    try:
        kernel.session.send(kernel.iopub_socket, "display_data", {"data": data, "metadata": []}, parent=kernel.get_parent())
    except Exception as error:
        print(type(error).__name__)
bomb = b'{"data": {"application/json": ' + b"[" * 100_000 + b"]" * 100_000 + b'}, "metadata": {}}'
session = kernel.session
header = session.pack(session.msg_header("display_data"))
parent = session.pack(kernel.get_parent()["header"])
frames = [header, parent, b"{}", bomb]
kernel.iopub_socket.send_multipart([b"display_data", b"<IDS|MSG>", session.sign(frames), *frames])
