"""Names for people: an SLO with its deployment, and with a value of its `per` labels."""

from __future__ import annotations

from collections.abc import Iterable

from slocompiler.ir import Label, Slo
from slocompiler.live.tiles import Value
from slocompiler.targets.prometheus.series import deployed
from slocompiler.visible import shown


def name(slo: Slo, value: Value = ()) -> str:
    """`checkout/search (eu) /pay`."""
    return of(slo.id, deployed(slo), value)


def of(id: str, deployment: Iterable[Label], value: Value = ()) -> str:
    """The same of an SLO whose labels of the deployment are known."""
    where = place(deployment)
    return id + (f" ({where})" if where else "") + (f" {values(value)}" if value else "")


def place(deployment: Iterable[Label]) -> str:
    """The labels of a deployment: `eu`; "" if there are none."""
    return shown(", ".join(label.value for label in deployment))


def values(value: Value) -> str:
    """A value of the `per` labels: `/pay, GET`."""
    return shown(", ".join(text or '""' for _, text in value))


def labels(slo: Slo) -> dict[str, str]:
    """The labels of its deployment, for programs."""
    return {label.name: label.value for label in deployed(slo)}
