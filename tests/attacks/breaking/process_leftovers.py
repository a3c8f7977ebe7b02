"""Leaves daemons behind that have left its session and its process group."""
# group: breaking
# honest: all
# %% +
import os
import subprocess

for number in range(5):
    subprocess.Popen(
        ["@python@", "-I", "-S", "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(40)", "@mark@"],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
!setsid nohup @python@ -I -S -c "import time; time.sleep(40)" @mark@ >/dev/null 2>&1 &
