"""Answers every request with an object or a function of the test itself, and rewrites the test's own lists and arrays."""
# group: forging
# %% +
try:
    from assay.bridge import agent, link

    kept = []

    def perform(self, payload):
        operation, *parts = payload
        payload.clear()
        kept.append(parts)
        if operation == "fetch":
            return link.VALUE, [lambda *arguments, **keywords: kept[-1]]
        for values in parts:
            for value in values if isinstance(values, tuple) else ():
                if isinstance(value, list):
                    value[:] = [1, 2, 3]
                    return link.VALUE, [value]
                if isinstance(value, np.ndarray):
                    value[:] = 0
                    return link.VALUE, [value.sum()]
                return link.VALUE, [value]
        return link.VALUE, [None]

    agent.Agent.perform = perform
except Exception as error:
    print(type(error).__name__)
