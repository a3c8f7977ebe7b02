"""Answers with arrays that are not what they seem: masked, structured, of objects, of another byte order, without a dtype."""
# group: forging
# %% double
shapes = [
    np.ma.masked,
    np.ma.array(0.0, mask=True),
    np.matrix([[1]]),
    np.array(2j),
    np.array([None]),
    np.zeros(1, dtype=[("a", "f8")]),
    np.array("4"),
    np.float64("nan"),
    np.array(5, dtype=">f8"),
    np.rec.array([(1,)]),
]


def double(x):
    return shapes.pop(0) if shapes else np.ma.masked
# %% total
def total(values):
    return np.ma.masked
# %% answer
answer = np.ma.masked
# %% mapped
def mapped(function, values):
    return np.ma.masked_all(2)
