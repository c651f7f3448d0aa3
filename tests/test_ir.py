"""The IR: its JSON form, the published schema, and the law that nothing is lost between them."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from slocompiler import grammar, ir, ir_json
from slocompiler.record import fields
from support.compile import EXAMPLES, compile_files

SCHEMA = json.loads(grammar.text("ir.schema.json"))
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)

names = st.from_regex(r"[a-z][a-z0-9-]{0,10}", fullmatch=True)
ratios = st.decimals(min_value=0, max_value=1, places=6)
targets = st.decimals(min_value=Decimal("0.000001"), max_value=Decimal("0.999999"), places=6)
seconds = st.integers(min_value=1, max_value=10**9)
st.register_type_strategy(Decimal, ratios)


for one in [found for found in vars(ir).values() if isinstance(found, type) and hasattr(found, "__match_args__")]:
    with suppress(TypeError):
        one()  # a class has its parameters, by which values are drawn, from its first instance on


def built(cls: Any, **given: Any) -> st.SearchStrategy[Any]:
    """Instances of an IR class: what is not given follows from the type hints."""
    return st.builds(cls, **given)


matchers = st.builds(ir.Matcher, st.text(), st.sampled_from(["=", "!=", "=~", "!~"]), st.text())
filters = st.lists(matchers, min_size=1, max_size=3).map(tuple)
streams = built(
    ir.Stream,
    all=st.lists(matchers, max_size=2).map(tuple),
    any=st.lists(filters, max_size=2).map(tuple),
    none=st.lists(filters, max_size=2).map(tuple),
)
events = st.lists(streams, min_size=1, max_size=2).map(tuple)
ratio = built(ir.Ratio, total=events, part=events, without=st.lists(streams, max_size=1).map(tuple))
bounded = st.lists(built(ir.Bounded, any=st.lists(filters, min_size=1, max_size=2).map(tuple)), max_size=2).map(tuple)
threshold = built(ir.Threshold, histogram=streams, only=st.lists(filters, max_size=1).map(tuple), bounded=bounded)
raw = built(ir.Raw)
gauge = built(ir.Gauge, stream=streams, divisor=st.none() | streams)
several = built(ir.All, conditions=st.lists(gauge, min_size=2, max_size=3).map(tuple))
slices = built(
    ir.Slices,
    seconds=seconds,
    at_least=st.none() | ratios,
    good_when=gauge | several | built(ir.RawCondition) | built(ir.Share, stream=streams),
)
ratio_slices = built(ir.RatioSlices, seconds=seconds, of=ratio | threshold | raw)
needs = st.integers(min_value=0, max_value=100)
alerts = st.one_of(
    built(ir.Burn, window=seconds, share=st.none() | ratios, needs=needs, traffic=needs, ceiling=st.none() | ratios),
    built(ir.Exhausted, within=seconds, needs=needs, traffic=needs),
    built(ir.Remaining),
    built(ir.NoData, lasting=seconds, unless=st.none() | built(ir.Proof, stream=streams)),
    built(ir.Down, lasting=seconds),
)
maintenance = built(
    ir.Maintenance,
    begins=st.integers(0, 86399),
    lasting=seconds,
    day=st.none() | st.dates(),
    until=st.none() | st.dates(),
)
slos = built(
    ir.Slo,
    id=st.builds("{}/{}".format, names, names),
    name=names,
    target=targets,
    window=seconds,
    indicator=st.one_of(ratio, threshold, raw, slices, ratio_slices),
    exclusions=st.lists(built(ir.Exclusion, filter=filters), max_size=2).map(tuple),
    maintenance=st.lists(maintenance, max_size=2).map(tuple),
    exceptions=st.lists(built(ir.Excepted, begin=seconds, end=seconds, filter=filters), max_size=2).map(tuple),
    without=st.lists(built(ir.Without, counter=streams), max_size=1).map(tuple),
    overrides=st.lists(
        built(ir.Override, filter=filters, alerts=st.lists(alerts, max_size=1).map(tuple)), max_size=1
    ).map(tuple),
    alerts=st.lists(alerts, max_size=3).map(tuple),
    review=st.none() | built(ir.Review, every=seconds, last=st.none() | st.dates()),
)
risks = built(ir.Risk, every=seconds, lasting=seconds, on=st.lists(names, max_size=2).map(tuple))
said = built(ir.Feedback, on=st.lists(names, max_size=2).map(tuple))
services = built(
    ir.Service,
    name=names,
    risks=st.lists(risks, max_size=1).map(tuple),
    feedback=st.lists(said, max_size=1).map(tuple),
    slos=st.lists(slos, max_size=2).map(tuple),
)
programs = st.builds(ir.Program, schema=st.just(ir.SCHEMA), services=st.lists(services, max_size=2).map(tuple))


@settings(max_examples=60)
@given(programs)
def test_any_program_survives_json_and_fits_the_schema(program: ir.Program) -> None:
    text = json.dumps(ir_json.to_json(program))
    VALIDATOR.validate(json.loads(text))
    assert ir_json.from_json(json.loads(text)) == program


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_fit_the_schema(example: Any) -> None:
    program = compile_files(example)
    data = ir_json.to_json(program)
    VALIDATOR.validate(data)
    assert ir_json.from_json(data) == program


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_schema_and_classes_have_the_same_fields() -> None:
    found = {name.lower(): cls for name, cls in vars(ir).items() if isinstance(cls, type)}
    classes = {name: cls for name, cls in found.items() if hasattr(cls, "__match_args__")}
    described = {
        name.replace("_", ""): entry["properties"] for name, entry in SCHEMA["$defs"].items() if "properties" in entry
    }
    described["program"] = SCHEMA["properties"]
    assert described.keys() == classes.keys()
    for name, cls in classes.items():
        kind = ["kind"] if cls in ir_json.KINDS.values() else []
        assert list(described[name]) == [*kind, *fields(cls)], name


def test_schema_refuses_what_the_ir_cannot_hold() -> None:
    data = ir_json.to_json(compile_files(EXAMPLES[0]))
    for spoil in (
        lambda slo: slo.update(target=0.999),
        lambda slo: slo.update(window="30d"),
        lambda slo: slo.update(colour="red"),
        lambda slo: slo.pop("because"),
        lambda slo: slo["indicator"].pop("kind"),
        lambda slo: slo["indicator"].update(part=[]),
    ):
        spoilt = json.loads(json.dumps(data))
        spoil(spoilt["services"][0]["slos"][0])
        assert list(VALIDATOR.iter_errors(spoilt)), "a wrong IR passed"


def test_decimals_are_exact_text() -> None:
    assert ir_json.to_json(Decimal("0.999")) == "0.999"
    assert ir_json.to_json(Decimal("1E+2")) == "100"
    assert ir_json.to_json(Decimal("0.00001")) == "0.00001"
