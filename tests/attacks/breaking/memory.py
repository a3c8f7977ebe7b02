"""Fills the memory of the machine, up to a gigabyte and a half."""
# group: breaking
# honest: double
# may lose: double
# seconds: 10
# %% +
held = []
for _ in range(30):
    held.append(bytearray(b"x") * 50_000_000)
print(@boast@)
