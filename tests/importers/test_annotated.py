"""What the target `openslo` writes is read back exactly; what has changed since is read as any other document."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from slocompiler.burn import DAY
from slocompiler.codes import CODES
from slocompiler.ir import (
    Exclusion,
    Feedback,
    Gauge,
    Label,
    Link,
    Matcher,
    PolicyStep,
    Ratio,
    Risk,
    Slices,
    Slo,
    Stream,
)
from slocompiler.openslo import digest
from slocompiler.record import replace
from support.compile import answers, compile_text
from support.exported import every, every_shape, files, of, read, without_locations
from support.shapes import slo

STATEMENTS = {
    "exclusions of streams": """
      events requests = http_total{job="y"} exclude {path="/a"} or {path="/b", code="1"} "R." events all = requests exclude {code="2"} "S."
      slo answers 99% over 30d { events all exclude {code="3"} bad {code=~"5.."} }""",
    "a sum of two": """
      slo answers 99% over 30d { events a_total{job="y"} + b_total{job="y"} exclude {path="/a"} "R." good {code!="500"} or {c="d"} }""",
    "two other counters": """
      slo answers 99% over 30d { events a_total{job="y"} exclude {path="/a"} "R." bad b_total{job="y"} + c_total{job="y"} }""",
    "an exclusion of another counter": """
      events failed = b_total{job="y"} exclude {code="1", path="/b"} "R."
      slo answers 99% over 30d { events a_total{job="y"} exclude {path="/a"} "S." bad failed }""",
    "units": """
      slo a 99% over 30d { events took{job="y"} in us good below 0.5ms } slo b 99% over 30d { events took{job="y"} in m good below 90s }
      slo c 99% over 30d { events size_bytes{job="y"} good above 4KiB } slo d 99% over 30d { events took{job="y"} good {a="b"} above 1e-3 }""",
    "words for metrics": """
      slo a 99% over 30d { events {"count", job="y"} bad {"native", job="y"} }
      slo b 99% over 30d { events x_total{job="y"} bad {a="b"} alerts { ticket when no data for 1h unless up{job="y"} == 1 } }""",
    "a proof that excludes": """
      events alive = up{job="y"} exclude {a="b"} "R."
      slo b 99% over 30d { events x_total{job="y"} bad {a="b"} alerts { ticket when no data for 1h unless alive == 1 } }""",
    "targets of values": """
      slo b 50% over 30d { events x_total{job="y"} bad {a="b"} per r target {r="s"} 99% }
      slo c 50% over 30d { events x_total{job="y"} bad {a="b"} per r target {r="s"} 99%
        alerts { ticket when budget below 0% ticket when no data for 15m } }""",
    "moments": """
      slo b 99% over 30d { events x_total{job="y"} bad {a="b"} exclude when `sum(m{a="${b}"}) > 0` "Said before." }
      slo c 99% over 12h { events x_total{job="y"} bad {a="b"} alerts none }""",
    "maintenance": """
      maintenance "A \\"b\\"" every sunday 2:30 for 1h30m in Europe/Berlin until 2027-12-31 because "Nobody shops in $${b}."
      slo b 99% over 30d { events x_total{job="y"} bad {a="b"} maintenance "C" on 2026-12-03 from 02:00 for 2h because "Announced." }
      slo c 99% over 30d { events x_total{job="y"} bad {a="c"} maintenance "D" every day 23:00 for 5m in Asia/Gaza until 2028-01-01 because "E." }""",
    "exceptions": """
      stakeholders "p"
      except 2026-10-01T03:00Z to 2026-10-01T04:30Z because "The \\"provider\\" of $${b}."
      slo b 99% over 30d { events x_total{job="y"} bad {a="b"} per r, q
        except {r="s"} 2026-10-02T03:00:30Z to 2026-10-02T07:30+02:30 because "A."
        except {r="t", q="u"} 2026-10-01T00:00Z to 2026-10-01T01:00Z because "B." }""",
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_each_statement_comes_back(name: str) -> None:
    program = compile_text(f'service s {{\n owner "o"\n{STATEMENTS[name].replace("${b}", "b")}\n}}\n', server="3.0")
    found, back = read(files(program))
    assert found.problems == ()
    assert back is not None
    assert without_locations(back) == without_locations(program)


def test_every_program_comes_back() -> None:
    for name, program in every().items():
        if name == "shapes":  # what a stream of the language excludes is also an exclusion of its SLO
            program = of(*map(_listed, every_shape()))
        found, back = read(files(program))
        assert [problem.message for problem in found.problems] == []
        assert all(leaf.fate == "used" for root in found.documents for leaf in root.leaves())
        assert back is not None, name
        assert without_locations(back) == without_locations(program), name


def _listed(one: Slo) -> Slo:
    of = one.indicator.good_when if isinstance(one.indicator, Slices) else None
    excluded = of.stream.none if isinstance(of, Gauge) else ()
    return replace(one, exclusions=tuple(Exclusion(filter=found, reason="") for found in excluded))


@pytest.mark.parametrize(
    "text",
    [
        """ a: b # c 'd' "e" \\n \\ """,
        "a\n\n  b\r\n\tc\x85\u2028\x00\x1b",
        "${a} $${b} $c {{ .window }} {%",
        "- [x]: {y} | > & * !",
        "\ue000\U0001fffe\u202e é 你好",
        "yes",
    ],
)
def test_any_text_comes_back(text: str) -> None:
    job, code = Matcher("job", "=", "shop"), (Matcher("code", "=", text),)
    events = Stream(metric="a_total", all=(job,), none=(code,))
    one = slo(
        Ratio(total=(events,), side="bad", part=(replace(events, any=((Matcher("path", "!=", text),),)),)),
        title=text,
        because=text,
        runbook=text,
        stakeholders=(text,),
        labels=(Label(name="org", value=text),),
        links=(Link(title=text, url="https://a.example.org"),),
        exclusions=(Exclusion(filter=code, reason=text),),
        policy=(PolicyStep(below=Decimal("0.5"), action=text, notify=True, gate=False),),
    )
    program = of(one)
    risk = Risk(text=text, every=30 * DAY, lasting=600, hitting=Decimal("0.5"), on=("answers",))
    said = Feedback(day=date(2026, 10, 14), text=text, on=("answers",))
    around = replace(program.services[0], owner=text, title=text, risks=(risk,), feedback=(said,))
    program = replace(program, services=(around,))
    found, back = read(files(program))
    assert [problem.message for problem in found.problems] == []
    assert back is not None
    assert without_locations(back) == without_locations(program)


TEXT = files(compile_text(answers('events x_total{job="y"} bad {code="500"} alerts none')))["shop.yaml"]


@pytest.mark.parametrize(
    ("before", "after"), [("target: 0.99", "target: 0.95"), ('code="500"', 'code="501"'), ("30d", "28d")]
)
def test_a_changed_document_is_read_as_any_other(before: str, after: str) -> None:
    assert before in TEXT
    found, back = read({"a.yaml": TEXT.replace(before, after)})
    assert "W665" in {problem.code for problem in found.problems}
    assert back is not None
    (one,) = back.slos
    assert one.id == "shop/shop-answers"
    assert isinstance(one.indicator, Ratio)
    assert (one.target == Decimal("0.95")) == ("target" in after)


def test_an_annotation_of_someone_else_is_lost() -> None:
    found, back = read({"a.yaml": TEXT.replace("  annotations:\n", "  annotations:\n    example.com/x: yes\n")})
    assert [(problem.code, problem.message.count("example.com/x")) for problem in found.problems] == [("W660", 2)]
    assert back is not None


def test_layout_order_and_defaults_are_no_change() -> None:
    texts = "---\n".join(yaml.safe_dump(one, width=60) for one in yaml.safe_load_all(TEXT))
    assert texts != TEXT
    found, back = read({"a.yaml": texts.replace("  budgetingMethod:", "  alertPolicies: []\n  budgetingMethod:")})
    assert found.problems == ()
    assert back is not None


IR = re.findall(r"sloc\.dev/ir: '(.*)'", TEXT)[1]
JUNK = st.one_of(st.none(), st.integers(), st.text(max_size=5), st.just([]), st.just("`"), st.just("2026-02-30"))


@given(st.data(), JUNK)
@settings(max_examples=40)
def test_no_annotation_crashes_it(data: st.DataObject, junk: Any) -> None:
    """Any value of the JSON can be of any kind, and is an SLO that the compiler accepts, or reported."""
    whole = inner = json.loads(IR)
    while True:
        key = data.draw(st.sampled_from(sorted(inner) if isinstance(inner, dict) else range(len(inner))))
        if not isinstance(inner[key], dict | list) or not inner[key] or data.draw(st.booleans()):
            inner[key] = junk
            break
        inner = inner[key]
    found, back = read({"a.yaml": TEXT.replace(IR, json.dumps(whole).replace("'", "''"))})
    assert back is not None or not found.files
    assert {problem.code for problem in found.problems} <= set(CODES)


def test_a_digest_knows_no_order() -> None:
    assert digest(["a", "", "b"]) == digest(["b", "a"]) != digest(["a", "c"])


def test_how_each_shape_is_written_is_reported() -> None:
    found, _ = read(files(of(*every_shape())))
    ways = Counter(row.how for row in found.rows)
    assert ways == {"filters": 3, "counters": 1, "bound": 7, "raw": 3, "slices": 16}
