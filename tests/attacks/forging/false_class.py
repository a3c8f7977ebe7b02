"""Pretends to be another type: a __class__ that lies, a metaclass that is an instance of everything."""
# group: forging
# %% answer
class Meta(type):
    def __instancecheck__(cls, other):
        return True

    def __subclasscheck__(cls, other):
        return True

    def __eq__(cls, other):
        return True

    def __hash__(cls):
        return hash(int)


class Liar(metaclass=Meta):
    __class__ = int

    def __eq__(self, other):
        return True

    def __index__(self):
        return 42

    __int__ = __index__

    def __float__(self):
        return 42.0


answer = Liar()
# %% tally
class Value(metaclass=Meta):
    __class__ = int
    __eq__ = lambda self, other: True
    __hash__ = lambda self: 7


class Tally(metaclass=Meta):
    value = Value()

    def add(self, amount):
        pass

    def __len__(self):
        return 1
