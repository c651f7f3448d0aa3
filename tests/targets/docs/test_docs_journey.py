"""The page of a journey: its steps as boxes with their targets, the weakest of them, and queries for each."""

from __future__ import annotations

import re

from support.compile import compile_text
from support.documents import documents, section

TEXT = """
service cart { owner "a" slo added "Adding & more" 99.5% over 30d { events x_total{job="cart"} bad {c="1"} } }
service shop {
  owner "a"
  slo pay 99.9% over 30d { events x_total{job="pay"} bad {c="1"} }
  slo card 99% over 30d { events x_total{job="card"} bad {c="1"} }
  slo invoice 98% over 30d { slices 1m good when max(q{}) < 5 }
}
journey buying "Buying" 99% over 30d { owner "a" through cart/added, shop/pay 2 times, shop/card or shop/invoice }
"""
MADE = documents(compile_text(TEXT))


def test_its_steps_are_boxes_with_targets() -> None:
    page = MADE["site/buying/journey.html"]
    wide, narrow = re.findall(r"<svg.*?</svg>", section_of(page), re.DOTALL)[:2]
    for chart in (wide, narrow):
        texts = re.findall(r"<text[^>]*>(.*?)</text>", chart)
        assert texts == [
            "Adding &amp; more",
            "99.5%",
            "shop/pay",
            "99.9%",
            "2 times",
            "shop/card",
            "or",
            "shop/invoice",
            "99% or 98%",
        ]
        assert chart.count('class="box"') == 3
        assert chart.count('class="rung"') == 4, "two arrows"


def section_of(page: str) -> str:
    found = re.search(r'<section id="counts".*?</section>', page, re.DOTALL)
    assert found
    return found[0]


def test_its_steps_are_links_to_pages_that_exist() -> None:
    for page, suffix in (("site/buying/journey.html", ".html"), ("markdown/buying/journey.md", ".md")):
        for service, name in (("cart", "added"), ("shop", "pay"), ("shop", "card"), ("shop", "invoice")):
            assert f"../{service}/{name}{suffix}" in MADE[page]
            assert f"{page.partition('/')[0]}/{service}/{name}{suffix}" in MADE


def test_what_its_steps_promise() -> None:
    text = section(MADE["markdown/buying/journey.md"], "What counts")
    assert "99.28% of journeys succeed" in text
    assert "](../cart/added.md), where 0.5% may fail." in text
    assert "Attempts are the events of `cart/added`." in text


def test_a_query_for_each_step() -> None:
    text = section(MADE["markdown/buying/journey.md"], "If you were paged")
    asked = re.findall(r"The share of journeys that fail at `(.*?)`", text)
    assert asked == ["cart/added", "shop/pay 2 times", "shop/card or shop/invoice"]
