"""Updates displays, clears outputs and opens comms thousands of times."""
# group: breaking
# honest: all
# seconds: 5
# %% +
from IPython.display import clear_output, display

handle = display("one", display_id=True)
for number in range(2_000):
    handle.update(number)
    clear_output(wait=number % 2 == 0)
kernel = get_ipython().kernel
for number in range(2_000):
    for kind in ("comm_open", "comm_msg", "no_such_message", "execute_input", "status"):
        content = {"comm_id": str(number), "target_name": "x", "data": {}, "execution_state": "busy", "code": "", "execution_count": number}
        kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
