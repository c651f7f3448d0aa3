"""No rule of the examples fails while a server starts, is killed, and starts again, on Prometheus 2 and 3."""

import re
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from slocompiler.targets import render
from slocompiler.targets.shared import Options
from support.compile import EXAMPLES, compile_files
from support.even_traffic import AHEAD, STEP, openmetrics
from support.server import Prometheus

pytestmark = pytest.mark.usefixtures("every_prometheus")
WAIT = 60
INTERVAL = 1


def test_no_rule_fails(tmp_path: Path) -> None:
    """Shortened intervals look like a gap to catch-up, so that it is evaluated too."""
    program = compile_files(*EXAMPLES)
    texts = render(program, "prometheus", Options()).values()
    rules = [re.sub(r"(^  interval:|rate5m\S+ offset) \w+", rf"\1 {INTERVAL}s", text, flags=re.M) for text in texts]
    server = Prometheus(tmp_path, rules=rules)
    server.backfill(openmetrics(int(time.time()) - AHEAD - STEP, 0.5))
    counted = f'count({{__name__="slo:events:increase5m"}} > 0) > {len(program.slos)}'
    for _ in range(2):
        with server:
            for _ in range(2):  # the second evaluation reads what the first one recorded
                found = evaluated(server)
                assert {rule["name"]: rule.get("lastError") for rule in found if rule["health"] != "ok"} == {}
            server.wait_for(lambda: server.query(counted), WAIT, "data of the examples")
            server.kill()
        time.sleep(
            INTERVAL
        )  # a server evaluates at fixed moments, and at the same one twice if it is back before the next
    assert len(found) > 15 * len(program.slos)


def evaluated(server: Prometheus) -> list[dict[str, Any]]:
    """All rules, after each of them was evaluated once more."""
    now = time.time()

    def late() -> list[dict[str, Any]]:
        found = server.rules()
        return found if all(datetime.fromisoformat(r["lastEvaluation"]).timestamp() > now for r in found) else []

    return server.wait_for(late, WAIT, "evaluation of every rule")
