"""Prints twenty megabytes at once and then lines without an end."""
# group: breaking
# honest: total
# seconds: 10
# %% double
def double(x):
    print("#" * 20_000_000)
    while True:
        print("more and more", flush=True)
# %% +
for _ in range(200_000):
    print("a line of output")
