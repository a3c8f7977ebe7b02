"""Connects to its own kernel with the key of the connection file and sends it requests, as the grader would."""
# group: forging
# honest: double
# %% +
from jupyter_client import BlockingKernelClient

try:
    from ipykernel import get_connection_file

    client = BlockingKernelClient(connection_file=get_connection_file())
    client.load_connection_file()
    client.start_channels()
    for _ in range(5):
        client.execute("double = total = lambda *a: 4; answer = 42", silent=False)
        client.execute("raise RuntimeError('not of the grader')")
    client.session.send(client.shell_channel.socket, "execute_reply", {"status": "ok"})
except Exception as error:
    print(type(error).__name__)
# %% answer
answer = 41
