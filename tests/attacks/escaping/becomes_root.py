"""Makes itself root, by asking for it and by a program of its own that runs as its owner."""
# group: escaping
# honest: all
# %% +
import ctypes
import os
import shutil
import subprocess

for way in (lambda: os.setresuid(0, 0, 0), lambda: os.setuid(0), lambda: os.setgroups([0]), lambda: os.chroot(".")):
    child = os.fork()
    if child == 0:
        try:
            way()
        except OSError:
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        print(@boast@)
if os.geteuid() == 0:
    print(@boast@)
for line in open("/proc/self/status"):
    if line.startswith(("CapEff", "CapPrm", "CapBnd")):
        print(line, end="")
        if line.startswith(("CapEff", "CapPrm")) and int(line.split()[1], 16):
            print(@boast@)
try:
    shutil.copyfile("/bin/sh", "shell")
    os.chmod("shell", 0o6755)
    print(subprocess.run(["./shell", "-p", "-c", "id -u"], capture_output=True, timeout=3).stdout)
except OSError as error:
    print(error.errno)
