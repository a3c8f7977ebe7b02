"""Answers with arrays that are large, or that only say that they are."""
# group: breaking
# seconds: 10
# %% double
def double(x):
    return np.broadcast_to(np.float64(0), (10**7, 10**7))
# %% total
def total(values):
    return np.zeros(30_000_000)
# %% answer
answer = np.lib.stride_tricks.as_strided(np.zeros(1), shape=(10**6, 10**6, 10**3), strides=(0, 0, 0))
# %% mapped
def mapped(function, values):
    return [np.zeros((0, 2**40)), np.zeros((2**20, 0, 2**20))] * 1000
# %% countdown
def countdown(start):
    return range(10**18)
