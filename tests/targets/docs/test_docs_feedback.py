"""What users said, on the page of their service."""

from __future__ import annotations

import re

from support.compile import compile_text
from support.documents import documents, section


def test_what_users_said_is_on_the_page_of_the_service() -> None:
    text = """service shop { owner "a"
      slo x 99.9% over 30d { events a_total{} bad {c="1"} }
      slo y 99% over 30d { events a_total{} bad {c="1"} }
      feedback 2026-10-14 "12 tickets: slow" on y
      feedback 2026-10-15 "Two calls"
    }"""
    made = documents(compile_text(text))
    said = section(made["markdown/shop/README.md"], "Feedback")
    rows = re.findall(r"\| (2026-\S+) \| (.*?) \| (.*?) \|", said)
    assert rows == [("2026-10-15", "Two calls", "all SLOs"), ("2026-10-14", "12 tickets: slow", "[y](y.md)")]
    assert "12 tickets: slow" in made["site/shop/index.html"]
