"""Incidents left out by agreement, in the catalogue and on the pages of SLOs."""

from __future__ import annotations

import re

from support.compile import compile_text
from support.documents import documents, rows, section

TEXT = """
service bank { owner "a"
  except 2026-10-01T05:00+02:00 to 2026-10-01T04:30Z because "The provider was down; agreed with <product>."
  slo x 99.9% over 30d { events a_total{} bad {c="1"} per route
    except {route="/pay"} 2026-10-03T23:30:30Z to 2026-10-04T00:30Z because "INC-2210." }
  slo y 99% over 30d { events a_total{} bad {c="1"} }
}
service shop { owner "a"
  slo z 99% over 30d { events a_total{} bad {c="1"}
    except 2026-10-01T03:00Z to 2026-10-01T04:30Z because "The provider was down; agreed with <product>." }
  slo w 99% over 30d { events b_total{} bad {c="1"} }
}
"""


def test_the_catalogue_lists_them_the_latest_first() -> None:
    made = documents(compile_text(TEXT))
    assert rows(made["markdown/README.md"], "Left out by agreement") == [
        (
            "2026-10-03 23:30:30Z to 2026-10-04 00:30Z where `route` is `/pay`",
            "59 minutes 30 seconds",
            "[bank/x](bank/x.md)",
            "INC-2210.",
        ),
        (
            "2026-10-01 03:00Z to 2026-10-01 04:30Z",
            "1 hour 30 minutes",
            "[bank](bank/README.md), [shop/z](shop/z.md)",
            "The provider was down; agreed with &#60;product&#62;.",
        ),
    ]
    assert "Left out by agreement" in made["site/index.html"]


def test_without_any_there_is_no_list() -> None:
    text = re.sub(r'except .*?because ".*?"', "", TEXT)
    assert "agreement" not in section(documents(compile_text(text))["markdown/README.md"], "All SLOs")


def test_the_page_of_an_slo_says_when_and_why() -> None:
    excluded = section(documents(compile_text(TEXT))["markdown/bank/x.md"], "What is excluded")
    assert (
        "- By agreement, the incident of 2026-10-01 03:00Z to 2026-10-01 04:30Z, 1 hour 30 minutes: "
        "The provider was down; agreed with &#60;product&#62;." in excluded
    )
    assert (
        "2026-10-03 23:30:30Z to 2026-10-04 00:30Z where `route` is `/pay`, 59 minutes 30 seconds: INC-2210."
        in excluded
    )
