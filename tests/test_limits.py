"""Limits let usual sources pass."""

from __future__ import annotations

import pytest

from slocompiler.compiler import analyse
from slocompiler.resolve.limits import MOST, Quota
from slocompiler.source import Source
from slocompiler.syntax.limits import too_many_words

SLO = """slo availability-{n} "Shoppers get an answer" 99.9% over 30d {{
  events  requests{{path=~"/api/{n}/.*"}}
  exclude {{code="499"}} "The shopper left."
  bad     {{code=~"5.."}}
  because "Above 0.1% the support queue doubles."
}}
"""


def service(slos: int) -> Source:
    items = "".join(SLO.format(n=n) for n in range(slos))
    head = 'owner "payments" stakeholders "product" events requests = http_requests_total{job="shop"}'
    return Source("a.slo", f"service shop {{ {head}\n{items}}}\n")


def test_ten_thousand_usual_slos_fit_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """By their words, and by what a hundred of them cost of the quota."""
    assert list(too_many_words(service(10_000))) == []
    charged: list[int] = []
    monkeypatch.setattr(Quota, "charge", lambda *call: charged.append(call[2]))
    assert analyse([service(100)])[0]
    assert 0 < 100 * sum(charged) <= MOST
