"""Opens the folders of the course to everybody and gives its work folder away."""
# group: escaping
# honest: all
# %% +
import os

for path in ("@course@", "@course@/source", "@course@/source/tiny/tiny.ipynb", "@home@/.netrc", "@home@"):
    for change in (lambda: os.chmod(path, 0o777), lambda: os.utime(path, (0, 0)), lambda: os.rename(path, path + "-@mark@")):
        try:
            change()
            print(@boast@)
            if os.path.exists(path + "-@mark@"):
                os.rename(path + "-@mark@", path)
        except OSError as error:
            print(error.errno)
