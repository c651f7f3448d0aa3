"""The states of SLOs on the server that an option or the environment names: no file of a project has another one asked."""

from __future__ import annotations

import asyncio
import threading
import time

from slocompiler.cli.connection import Connection
from slocompiler.ir import SCHEMA, Program
from slocompiler.live.questions import answered
from slocompiler.live.status import recorded
from slocompiler.live.status_formats import brief
from slocompiler.lsp.snapshot import Snapshot
from slocompiler.project.live import Live
from slocompiler.record import replace

KEPT = 60
"""Seconds until the server is asked again about a file."""
PATIENCE = 10
"""Seconds until a question counts as unanswered."""

Texts = dict[str, str] | str
"""A text for each SLO by its id; or the reason why there is none."""


class States:
    """What the server says about the SLOs of each file. It is asked in threads, for which nothing waits."""

    def __init__(self, connection: Connection) -> None:
        self._connection = replace(connection, limits={"timeout": PATIENCE})
        self._asked: dict[str, tuple[float, asyncio.Future[Texts]]] = {}

    async def text(self, uri: str, snapshot: Snapshot, slo: str) -> str:
        """The state of an SLO of a file in a few words, or why it is unknown."""
        now = time.monotonic()
        if uri not in self._asked or self._asked[uri][0] < now - KEPT:
            self._asked[uri] = now, self._begin(snapshot)
        found = await asyncio.shield(self._asked[uri][1])
        return found if isinstance(found, str) else found.get(slo, "new since the server was asked")

    def _begin(self, snapshot: Snapshot) -> asyncio.Future[Texts]:
        """Ask in a thread. It ends with the process: an editor that ends the session does not wait for a server."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Texts] = loop.create_future()

        def run() -> None:
            found: Texts = "the server cannot be asked"  # standard error has the reason
            try:
                found = self._texts(snapshot)
            finally:
                loop.call_soon_threadsafe(future.set_result, found)

        threading.Thread(target=run, daemon=True).start()
        return future

    def _texts(self, snapshot: Snapshot) -> Texts:
        from slocompiler.cli.unanswered import Unanswered  # only sessions with a server wait for urllib3

        now, program = int(time.time()), Program(schema=SCHEMA, services=snapshot.services)
        project = replace(snapshot.project, live=Live())  # its file may be that of a pull request
        found: dict[str, list[str]] = {slo.id: [] for slo in program.slos}
        try:
            for one in replace(self._connection, now=now).servers(program, project):
                for row in answered(recorded(one.program, project.options(), now), one.answer):
                    found[row.id].append(brief(row))
        except Unanswered as failure:
            return failure.message
        return {slo: "; ".join(texts) for slo, texts in found.items()}
