"""Finds the link to the grader among its file descriptors and answers from a thread before the agent can; where that is possible, each of its own ten tests waits to its end."""
# group: forging
# honest: answer
# may lose: answer
# seconds: 55
# The 42 that it answers with is a value that it could have handed in: where the thread comes first, that point is its own. What hidden examples ask for is not.
# %% +
import os
import socket
import threading
import time

try:
    from assay import wire
    from assay.bridge import agent

    found = [getattr(get_ipython().kernel, "_link", None)]
    for entry in open("/proc/self/environ", "rb").read().split(b"\0"):
        if entry.startswith(b"ASSAY_LINK="):
            found.append(socket.socket(fileno=os.dup(int(entry.split(b"=")[1]))))
    for name in os.listdir("/proc/self/fd"):
        try:
            one = socket.socket(fileno=os.dup(int(name)))
            if one.family == socket.AF_UNIX and one.type == socket.SOCK_STREAM and not one.getsockname():
                found.append(one)
        except OSError:
            pass
    forged = {"answer": 42, "double": lambda x: 2, "total": lambda values: 6}

    def answer(one):
        end = time.time() + 20
        while time.time() < end:
            try:
                agent.Agent(one, forged).serve()
            except BaseException:
                pass
            time.sleep(0.01)

    for one in found:
        if one is not None:
            threading.Thread(target=answer, args=(one,), daemon=True, name="not mine").start()
except Exception as error:
    print(type(error).__name__)
# %% answer
answer = 41
