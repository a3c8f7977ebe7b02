"""Lets the test's function and its own call each other, deeper and deeper, and with arguments that cannot be sent."""
# group: breaking
# seconds: 10
# honest: tally countdown
# %% mapped
def mapped(function, values):
    class Deeper:
        def __add__(self, other):
            return function(self)

        __mul__ = __add__

    try:
        function(Deeper())
    except BaseException:
        pass
    try:
        function(mapped)
        function(function)
        function(values, values, more=values)
    except BaseException:
        pass
    return mapped(function, values)
