"""Sends messages on the kernel's sockets that are no messages, or have no sender, a wrong signature or strange parts."""
# group: breaking
# honest: all
# seconds: 5
# %% +
kernel = get_ipython().kernel
session = kernel.session
for frames in (
    [b"garbage"],
    [b"<IDS|MSG>"],
    [b"", b"<IDS|MSG>", b"", b"{}", b"{}", b"{}", b"{}"],
    [b"x", b"<IDS|MSG>", b"0" * 64, b"\xff\xfe", b"null", b"[]", b"1"],
    [b"stream", b"<IDS|MSG>", session.sign([b"1", b"2", b"3", b"4"]), b"1", b"2", b"3", b"4"],
    [b"stream", b"<IDS|MSG>", session.sign([b"{}", b"{}", b"{}", b"{}"]), b"{}", b"{}", b"{}", b"{}"],
    [b"x"] * 1000,
):
    kernel.iopub_socket.send_multipart(frames)
parent = kernel.get_parent()
for kind, content in (
    ("stream", {}),
    ("stream", {"name": 7, "text": None}),
    ("stream", {"name": "stdin", "text": "x"}),
    ("error", {"ename": None, "evalue": [], "traceback": "no list"}),
    ("error", {"ename": "x" * 1_000_000, "evalue": "y" * 1_000_000, "traceback": ["z"] * 10_000}),
    ("execute_result", {"data": {"text/plain": 3}, "execution_count": "1; <b>", "metadata": None}),
    ("clear_output", {}),
    ("status", {"execution_state": 5}),
    ("status", {}),
    ("update_display_data", {"data": {}, "transient": {"display_id": {}}}),
):
    session.send(kernel.iopub_socket, kind, content, parent=parent)
