"""Sends a result with points over the kernel's own output channel, with the test cell's message as its parent."""
# group: forging
# %% double
def double(x):
    kernel = get_ipython().kernel
    for points in ("3", "3.0"):
        kernel.session.send(
            kernel.iopub_socket,
            "execute_result",
            {"data": {"text/plain": points}, "metadata": {}, "execution_count": 1},
            parent=kernel.get_parent(),
            ident=b"execute_result",
        )
    return x
