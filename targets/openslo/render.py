"""Renders a file for each service: the document of the service, and one for each SLO, with everything that it needs."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from slocompiler import burn
from slocompiler.ir import Burn, Program, Service, Slo
from slocompiler.ir_json import to_json
from slocompiler.openslo import API, DIGEST, IR, digest
from slocompiler.record import replace
from slocompiler.targets.openslo.alerts import policies
from slocompiler.targets.openslo.indicator import decimal, duration, measured
from slocompiler.targets.openslo.text import texts, yaml
from slocompiler.targets.prometheus.yaml import comment
from slocompiler.targets.shared import Files, Options, header

_LONGEST_TITLE, _LONGEST_DESCRIPTION = 63, 1050
"""In characters, as the SDK of OpenSLO for Go has them."""
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_KEY = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?\Z")


def render_service(service: Service, options: Options) -> Files:
    """`<service>.yaml`."""
    name = f"{service.name}.yaml"
    found = [_service(service), *(_slo(slo, service, options) for slo in service.slos)]
    yield name, f"# {header(name, comment(service.source))}\n" + "---\n".join(map(yaml, found))


def unfit(program: Program, _: Options) -> Iterator[str]:
    """SLOs with durations or names that OpenSLO does not have."""
    for slo in program.slos:
        lengths = (slo.window, burn.slice_of(slo), *(line.window for line in slo.alerts if isinstance(line, Burn)))
        if any(length % burn.MINUTE for length in lengths):
            yield f"{slo.id}: OpenSLO has durations of whole minutes only"
    counts = Counter(map(_name, program.slos))
    for name in (name for name, count in counts.items() if count > 1):
        both = " and ".join(slo.id for slo in program.slos if _name(slo) == name)
        yield f"{both}: both have the name {name} in OpenSLO"


def _service(service: Service) -> dict[str, Any]:
    metadata = {"name": _legal(service.name), "displayName": service.title[:_LONGEST_TITLE]}
    return _document(
        "Service", metadata | {"labels": {"owner": service.owner}}, {}, replace(service, slos=(), source="")
    )


def _slo(slo: Slo, service: Service, options: Options) -> dict[str, Any]:
    of = measured(slo, options)
    labels = {"owner": service.owner, **{one.name: one.value for one in slo.labels if _KEY.match(one.name)}}
    spec = {
        "description": slo.because[:_LONGEST_DESCRIPTION],
        "service": _legal(service.name),
        "indicator": {"metadata": {"name": _name(slo)}, "spec": of.indicator},
        "timeWindow": [{"duration": duration(slo.window), "isRolling": True}],
        "budgetingMethod": of.method,
        "objectives": [{"target": decimal(slo.target), **of.objective}],
        "alertPolicies": policies(slo, options),
    }
    metadata = {"name": _name(slo), "displayName": slo.title[:_LONGEST_TITLE], "labels": labels}
    return _document("SLO", metadata, spec, replace(slo, source="", used_at=None, origins=(), only_in=(), variants=()))


def _document(kind: str, metadata: dict[str, Any], spec: dict[str, Any], of: Service | Slo) -> dict[str, Any]:
    """A document; its annotations have what it is made of, exactly but for locations, and a digest of the rest."""
    bare = {"apiVersion": API, "kind": kind, "metadata": metadata, "spec": spec}
    exact = json.dumps(to_json(of), separators=(",", ":"))
    return bare | {"metadata": metadata | {"annotations": {DIGEST: digest(texts(bare)), IR: exact}}}


def _name(slo: Slo) -> str:
    return _legal(f"{slo.service}-{slo.name}")


def _legal(name: str) -> str:
    """The name, or a shorter one with a hash: it has at most 63 characters, and no hyphen at its end."""
    if _NAME.match(name):
        return name
    return f"{name[:54].rstrip('-')}-{sha256(name.encode()).hexdigest()[:8]}"
