"""Says that it is serving the tests and never answers; or says that it has served before it was asked."""
# group: breaking
# seconds: 40
# %% +
try:
    import time

    from assay.bridge import agent
    from assay.kernels import student

    turns = []

    def serve(self):
        turns.append(1)
        if len(turns) % 2:
            time.sleep(30)

    agent.Agent.serve = serve
except Exception as error:
    print(type(error).__name__)
