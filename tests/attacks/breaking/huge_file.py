"""Makes a sparse file that says it is as large as the disk, and a long name."""
# group: breaking
# honest: all
# %% +
for size in (1 << 40, 1 << 33, 1 << 28):
    try:
        with open("sparse", "wb") as file:
            file.truncate(size)
        if size > 1 << 30:
            print(@boast@)
    except OSError as error:
        print(error.errno)
