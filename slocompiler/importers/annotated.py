"""OpenSLO documents that sloc has exported: their annotations say exactly what they are made of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar

from slocompiler import grammar
from slocompiler.importers.document import Field
from slocompiler.importers.exact import Exact, feedback, formerly, risk
from slocompiler.importers.lost import NO_COUNTERPART
from slocompiler.importers.openslo_alerts import Known
from slocompiler.importers.promise import Promise
from slocompiler.ir import Service, Slo, Through
from slocompiler.ir_json import part_from_json
from slocompiler.openslo import DIGEST, IR, digest

T = TypeVar("T", Service, Slo)
_BOOLEANS = ("true", "false")


def annotated(document: Field, cls: type[T]) -> T | None:
    """The SLO or the service that an intact document was made from, whose values then count as used; None for any other.

    None for a journey, too: it needs the services that it passes, which other files may have.
    Annotations that someone has added are never used.
    """
    annotations = document.get("metadata", "annotations")
    exact = annotations.get(IR)
    if not exact:
        return None
    ours = set(map(id, annotations.leaves()))
    texts = [one.text for one in document.leaves() if id(one) not in ours and not _is_boolean(one)]
    found = _read(exact.text, cls) if annotations.get(DIGEST).text == digest(texts) else None
    if found:
        document.use()
    for name, one in annotations.items.items():
        if name not in (IR, DIGEST):
            one.lose(NO_COUNTERPART)
        elif not found:
            one.lose("W665")
    return found


def services(objects: Known) -> dict[str, Service]:
    """The services among the documents that sloc has exported, by name."""
    found = {name: annotated(one, Service) for (kind, name), one in objects.items() if kind == "Service"}
    return {name: one for name, one in found.items() if one}


def promise(document: Field, slo: Slo, service: Service | None) -> Promise:
    """An SLO as a promise with its exact statements."""
    exact = Exact(slo)
    return Promise(
        document,
        slo.service,
        slo.name,
        slo.target,
        slo.window,
        (exact.shape,),
        title=slo.title,
        service_title=service.title if service else "",
        owner=service.owner if service else document.get("metadata", "labels", "owner").text,
        alerts=(),
        is_draft=slo.draft,
        exact=tuple(exact.statements()),
        around=(*formerly(slo), *exact.streams, *(_stated(service) if service else ())),
    )


def _stated(service: Service) -> Iterator[str]:
    """The risks and the feedback of a service."""
    yield from map(risk, service.risks)
    yield from map(feedback, service.feedback)


def _is_boolean(leaf: Field) -> bool:
    return leaf.is_plain and leaf.text in _BOOLEANS


def _read(text: str, cls: type[T]) -> T | None:
    """The SLO or the service with this JSON; None if it has none."""
    try:
        data: Any = json.loads(text)
        found = part_from_json(cls, data) if _validator(cls.__name__.lower()).is_valid(data) else None
    except (ValueError, ArithmeticError, AssertionError, RecursionError):  # no JSON, no day, no share
        return None
    is_journey = isinstance(found, Slo) and isinstance(found.indicator, Through)
    return None if is_journey else found


@cache
def _validator(part: str) -> Any:
    """What validates the JSON of a part of the IR."""
    from jsonschema import Draft202012Validator  # takes 0.1 s

    schema = json.loads(grammar.text("ir.schema.json"))
    return Draft202012Validator({"$defs": schema["$defs"], "$ref": f"#/$defs/{part}"})
