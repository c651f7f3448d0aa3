"""The library is held to what exporters expose: `sloc verify` finds nothing on a server that scrapes recordings of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from slocompiler.formats.text import render
from slocompiler.library import Entry, entries
from slocompiler.source import Source
from support.exporter import Exposed
from support.library import using
from support.recorders import FOLDER, RECORDERS, WRITTEN
from support.server import Prometheus
from support.verified import verified

ENTRIES = [one for one in entries() if one.name != "http"]
SILENT = {"V710", "V713"}
"""Of a server without rules and without an Alertmanager."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """A server that scrapes all recordings, each as the job that its example names."""
    with ExitStack() as running:
        targets: dict[str, list[str]] = {}
        for entry in ENTRIES:
            text = (FOLDER / f"{entry.name}.prom").read_text("utf-8")
            job = re.search(r'job = "([^"]*)"', entry.uses[0])
            targets.setdefault(job[1] if job else entry.name, []).append(running.enter_context(Exposed(text)).address)
        started = running.enter_context(Prometheus(tmp_path_factory.mktemp("server"), scrape_targets=targets))
        number = sum(map(len, targets.values()))
        started.wait_for(lambda: len(started.query("up == 1 and count_over_time(up[1m]) > 1")) == number, 20, "scrapes")
        yield started


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda one: one.name)
def test_verify_finds_nothing(entry: Entry, server: Prometheus) -> None:
    source = Source(f"{entry.name}.slo", using(entry.name, entry.uses))
    report = verified([source], f"http://{server.address}")
    found = [render(one) for one in report.problems if one.code not in SILENT]
    assert not found, "\n".join(found)


def test_it_would_find_another_label_and_another_bound(server: Prometheus) -> None:
    """The recordings have what a finding needs."""
    use = 'use istio(namespace = "shop", name = "cart", reporter = "client", within = 300ms, because = "b")'
    report = verified([Source("istio.slo", using("istio", [use]))], f"http://{server.address}")
    assert {one.code for one in report.problems} - SILENT == {"V701"}
    use = use.replace(', reporter = "client"', "")
    report = verified([Source("istio.slo", using("istio", [use]))], f"http://{server.address}")
    assert {one.code for one in report.problems} - SILENT == {"V704"}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda one: one.name)
def test_a_recording_says_where_it_is_from(entry: Entry) -> None:
    first = (FOLDER / f"{entry.name}.prom").read_text("utf-8").partition("\n")[0]
    if entry.name in WRITTEN:
        assert re.fullmatch(r"# Written after .+\.", first)
    else:
        assert first == f"# Recorded from {RECORDERS[entry.name][0]}."
