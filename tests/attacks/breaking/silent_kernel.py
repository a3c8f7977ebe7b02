"""Takes away the output channel of its kernel, so that nobody hears when a cell has ended."""
# group: breaking
# honest: all
# seconds: 20
# %% +
kernel = get_ipython().kernel
try:
    kernel.iopub_thread.stop()
except Exception:
    pass
kernel.iopub_socket = None
kernel.iopub_thread = None
