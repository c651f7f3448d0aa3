"""Planned maintenance, in the calendar of the catalogue and on the pages of SLOs."""

from __future__ import annotations

import re

from support.compile import compile_text
from support.documents import documents, rows, section

TEXT = """
service bank { owner "a"
  maintenance "Move" on 2026-12-03 from 02:00 for 2h because "Announced."
  maintenance "Backup" every day 23:30 for 10m in America/New_York until 2027-12-31 because "Nobody notices."
  slo x 99.9% over 30d { events a_total{} bad {c="1"} maintenance "Upgrade" every sunday 2:00 for 1h in Europe/Berlin because "Closed." }
  slo y 99% over 30d { events a_total{} bad {c="1"} }
}
"""


def test_the_catalogue_has_a_calendar() -> None:
    made = documents(compile_text(TEXT))
    assert rows(made["markdown/README.md"], "Maintenance calendar") == [
        (
            r"every day from 23:30 for 10 minutes, America/New\_York time, until 2027-12-31",
            "Backup",
            "[bank](bank/README.md)",
            "Nobody notices.",
        ),
        ("every Sunday from 02:00 for 1 hour, Europe/Berlin time", "Upgrade", "[bank/x](bank/x.md)", "Closed."),
        ("on 2026-12-03 from 02:00 for 2 hours, UTC", "Move", "[bank](bank/README.md)", "Announced."),
    ]
    assert "Maintenance calendar" in made["site/index.html"]


def test_without_maintenance_there_is_no_calendar() -> None:
    text = re.sub(r'maintenance .*?because ".*?"', "", TEXT)
    assert "Maintenance" not in documents(compile_text(text))["markdown/README.md"]


def test_a_long_row_gives_the_number_of_the_others() -> None:
    planned = 'maintenance "Upgrade" every sunday 2:00 for 1h because "Closed."'
    slos = [
        f'slo s{n} 99% over 30d {{ events a_total{{n="{n}"}} bad {{c="1"}} {planned if n else ""} }}' for n in range(15)
    ]
    made = documents(compile_text('service shop { owner "a"\n' + "\n".join(slos) + "\n}"))
    calendar = section(made["markdown/README.md"], "Maintenance calendar")
    assert "[shop/s12](shop/s12.md) and 2 more |" in calendar


def test_the_page_of_an_slo_says_when_and_why() -> None:
    excluded = section(documents(compile_text(TEXT))["markdown/bank/x.md"], "What is excluded")
    assert "- Maintenance “Upgrade”, **every Sunday from 02:00 for 1 hour, Europe/Berlin time**: Closed." in excluded
    assert "- Maintenance “Move”, **on 2026-12-03 from 02:00 for 2 hours, UTC**: Announced." in excluded
