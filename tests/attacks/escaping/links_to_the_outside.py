"""Makes symbolic links and goes up by dots and by /proc to files outside its work folder."""
# group: escaping
# honest: all
# %% +
import os
import re

targets = ("@home@/.netrc", "@course@/notes_of_the_staff.txt")
for number, target in enumerate(targets):
    try:
        os.symlink(target, f"link-{number}")
        os.symlink("/" + "../" * 20 + target, f"dots-{number}")
    except OSError:
        pass
    try:
        os.link(target, f"hard-{number}")
    except OSError as error:
        print(error.errno)
    ways = [f"link-{number}", f"dots-{number}", f"hard-{number}", "../" * 20 + target[1:], "/./proc/self/cwd/" + "../" * 20 + target[1:]]
    ways += [f"/proc/{pid}/root{target}" for pid in ("self", "thread-self", 1, 2, os.getppid())]
    for way in ways:
        try:
            print(re.findall(r"canary-\w+-\w{16}", open(way).read()))
        except OSError as error:
            print(error.errno)
