"""A shop whose SLOs are steps of journeys, and what they count in an hour."""

from __future__ import annotations

SCRAPE = 60
"""Seconds between two scrapes."""
OFF = 0.005
"""The relative error of a ratio that is allowed."""
SHOP = """
service shop {
  owner "shop"
  slo search 99% over 1d { events requests_total{job="search"} bad {code="500"} alerts none per region }
  slo cart 99% over 1d { events requests_total{job="cart"} bad {code="500"} alerts none }
  slo card 90% over 1d { events requests_total{job="card"} bad {code="500"} alerts none }
  slo invoice 90% over 1d { events requests_total{job="invoice"} bad {code="500"} alerts none }
  slo queue 90% over 1d { slices 1m good when max(queue{job="shop"}) < 5 alerts none }
}
"""


def counters(job: str, good: int, bad: int, more: str = "") -> dict[str, str]:
    """Requests a minute, for an hour."""
    counts = {"200": good, "500": bad}
    return {f'requests_total{{job="{job}",code="{code}"{more}}}': f"0+{count}x60" for code, count in counts.items()}


SERIES = {
    **counters("search", 900, 100, ',region="eu"'),  # 10% of 2,000 in all regions
    **counters("search", 900, 100, ',region="us"'),
    **counters("cart", 1710, 90),  # 5%, twice
    **counters("card", 600, 400),  # 40%, and a quarter of those fail with an invoice, too
    **counters("invoice", 300, 100),
    'queue{job="shop"}': " ".join(["9", *["1"] * 4] * 12),  # one minute of five
}
