"""One transaction of the gradebook for everything that nbgrader writes of a submission."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import nbgrader.api
from sqlalchemy import create_engine


@contextmanager
def one_transaction(db_url: str) -> Iterator[None]:
    """Everything that this thread's ``Gradebook`` objects of ``db_url`` write stands in the gradebook at the end, or nothing of it.

    nbgrader opens a gradebook for each of its steps and commits dozens of times a submission: a process that ended
    between would leave marks of one version of a submission beside those of another. Here all of them work on one
    connection, whose transaction is committed when the block ends and rolled back when it raises or the process ends.
    """
    engine = create_engine(db_url, future=True)
    usual = nbgrader.api.create_engine
    try:
        with engine.connect() as connection, connection.begin():
            # A session that is bound to a connection in a transaction leaves its end to whoever began it.
            # A gradebook disposes of what it was given as of its own engine.
            connection.dispose = lambda: None  # type: ignore[attr-defined]

            def connected(url: str, **options: Any) -> Any:
                return connection if str(url) == db_url else usual(url, **options)

            nbgrader.api.create_engine = connected
            yield
    finally:
        nbgrader.api.create_engine = usual
        engine.dispose()
