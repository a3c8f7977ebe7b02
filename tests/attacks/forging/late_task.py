"""Leaves a task on the kernel's event loop that patches the comparisons between two cells."""
# group: forging
# %% +
import asyncio


async def patch():
    for _ in range(200):
        names = get_ipython().user_ns
        names["assert_allclose"] = lambda *arguments, **keywords: None
        names.get("np").testing.assert_allclose = names["assert_allclose"]
        if "checks" in names:
            names["checks"].close = names["assert_allclose"]
        await asyncio.sleep(0.05)


await asyncio.sleep(0)
asyncio.ensure_future(patch())
asyncio.get_event_loop().call_later(0.1, lambda: asyncio.ensure_future(patch()))
