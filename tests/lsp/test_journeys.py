"""Journeys in editors: their steps are names of SLOs and services in other files."""

from __future__ import annotations

import pytest

from slocompiler.lsp.completion import complete
from slocompiler.lsp.hover import hover
from slocompiler.lsp.references import definition
from slocompiler.lsp.rename import rename
from slocompiler.lsp.snapshot import Snapshot
from slocompiler.lsp.structure import folds, symbols
from slocompiler.source import Source
from support.keystrokes import opened, situation, workspace

SHOP = """service shop {
  owner "o"
  slo own 99% over 30d { events x{} bad {c="1"} }
}
"""
ORG = """template endpoint(path) {
  slo answers 99% over 30d { events x{path=$path} bad {c="1"} }
}
"""
PAY = """import "org.slo"
service pay {
  owner "o"
  use endpoint(path = "/x") as front
}
"""
PASSES = """journey buying 90% over 30d {
  owner "o"
  through shop/own, pay/front-answers
}
"""


def passing(path: str, at: str, after: int = 0) -> tuple[Snapshot, int, tuple[Snapshot, ...]]:
    """One of the files of a journey, the offset of a part of its text, and the others."""
    here, texts = workspace(), {"org.slo": ORG, "shop.slo": SHOP, "pay.slo": PAY, "buying.slo": PASSES}
    for name, content in texts.items():
        here.put(Source(name, content))
    others = tuple(here.snapshot(name) for name in texts if name != path)
    return here.snapshot(path), texts[path].index(at) + after, others


def test_a_step_leads_to_its_slo_and_its_service() -> None:
    snapshot, offset, _ = passing("buying.slo", "own,")
    found = definition(snapshot, offset)
    assert found is not None
    assert (found.source.path, found.start) == ("shop.slo", SHOP.index("own 99%"))
    service = definition(snapshot, PASSES.index("shop/"))
    assert service is not None
    assert service.start == SHOP.index("shop {")


def test_an_slo_is_renamed_in_the_journeys_that_pass_it() -> None:
    snapshot, offset, others = passing("shop.slo", "own 99%")
    edits = rename(snapshot, offset, "mine", others)
    assert not isinstance(edits, str)
    assert {edit.span.source.path for edit in edits} == {"shop.slo", "buying.slo"}
    (edit,) = [edit for edit in edits if edit.span.source.path == "buying.slo"]
    assert (edit.span.text, edit.text, edit.span.start) == ("own", "mine", PASSES.index("own,"))
    assert any("formerly own" in edit.text for edit in edits)


def test_a_service_is_renamed_in_the_journeys_that_pass_it() -> None:
    snapshot, offset, others = passing("pay.slo", "pay {")
    edits = rename(snapshot, offset, "paying", others)
    assert not isinstance(edits, str)
    assert [edit.text for edit in edits if edit.span.source.path == "buying.slo"] == ["paying"]


def test_a_journey_is_renamed_with_its_history() -> None:
    snapshot, offset, others = passing("buying.slo", "buying")
    edits = rename(snapshot, offset, "shopping", others)
    assert not isinstance(edits, str)
    assert [(edit.span.text, edit.text) for edit in edits] == [("buying", "shopping"), ("", "  formerly buying\n")]


CART = Source(
    "cart.slo", 'service cart {\n  owner "o"\n  slo added 99% over 30d {\n    events x{}\n    bad {c="1"}\n  }\n}\n'
)
JOURNEY = 'draft journey buying "Buying" 90% over 30d {\n  through cart/added\n  owner "o"\n}\n'


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (JOURNEY.replace("90%", "9¦0%"), "Promise: 9 of 10 journeys succeed, over any 30 days."),
        (JOURNEY.replace("buying", "buy¦ing"), "The weakest step is cart/added, where 1% may fail."),
        (JOURNEY.replace("through", "thr¦ough"), "The steps of a journey"),
    ],
)
def test_a_journey_has_a_meaning(text: str, meaning: str) -> None:
    found = hover(*opened(text, CART))
    assert found is not None
    assert meaning in found.markdown


def test_a_step_means_its_slo() -> None:
    here = workspace()
    for source in (CART, Source("a.slo", JOURNEY)):
        here.put(source)
    found = hover(here.snapshot("a.slo"), JOURNEY.index("added"), [here.snapshot("cart.slo")])
    assert found is not None
    assert "Promise: 99 of 100 events" in found.markdown


def test_a_journey_has_a_structure() -> None:
    snapshot, _ = opened(f"¦{JOURNEY}", CART)
    assert [(one.name, one.detail, one.inside) for one in symbols(snapshot.file)] == [("buying", "Buying", ())]
    assert [span.text[:13] for span in folds(snapshot.file)] == ["draft journey"]


def test_steps_are_completed() -> None:
    found = complete(*situation("journey buying 90% over 30d {\n  through cart/a¦", CART))
    assert [item.label for item in found.items if item.kind == "slo"] == ["cart/added"]
    assert found.start == len("journey buying 90% over 30d {\n  through ")
    words = [item.label for item in complete(*situation("journey buying 90% over 30d {\n  ¦", CART)).items]
    assert {"through", "counted", "owner"} <= set(words)
