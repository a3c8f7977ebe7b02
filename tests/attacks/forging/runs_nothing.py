"""Replaces the methods by which the kernel runs cells, so that none of those that follow runs."""
# group: forging
# %% +
import types

shell = get_ipython()
kernel = shell.kernel


async def answer_well(self, code, *arguments, **keywords):
    return {"status": "ok", "execution_count": 1, "payload": [], "user_expressions": {}}


kernel.do_execute = types.MethodType(answer_well, kernel)
kernel.__class__.do_execute = answer_well
