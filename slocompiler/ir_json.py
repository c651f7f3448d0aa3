"""The JSON of the IR, which `grammar/ir.schema.json` describes."""

from __future__ import annotations

import types
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from slocompiler.ir import (
    All,
    Burn,
    Down,
    Exhausted,
    Gauge,
    NoData,
    Program,
    Ratio,
    RatioSlices,
    Raw,
    RawCondition,
    Remaining,
    Share,
    Slices,
    Threshold,
    Through,
)
from slocompiler.record import fields

T = TypeVar("T")

KINDS: dict[str, type] = {
    "ratio": Ratio,
    "threshold": Threshold,
    "raw": Raw,
    "share": Share,
    "slices": Slices,
    "ratio_slices": RatioSlices,
    "through": Through,
    "gauge": Gauge,
    "all": All,
    "raw_condition": RawCondition,
    "burn": Burn,
    "exhausted": Exhausted,
    "remaining": Remaining,
    "no_data": NoData,
    "down": Down,
}
"""The value of `kind` in the JSON of each class that is a member of a union."""
_KIND_OF = {cls: kind for kind, cls in KINDS.items()}


def to_json(value: Any) -> Any:
    """A program, or any part of one, as JSON data."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date):
        return value.isoformat()
    if type(value) is tuple:
        return [to_json(item) for item in value]
    if hasattr(value, "__match_args__"):
        kind = _KIND_OF.get(type(value))
        data = {"kind": kind} if kind else {}
        return data | {name: to_json(getattr(value, name)) for name in fields(type(value))}
    return value


def from_json(data: Any) -> Program:
    """The program with this JSON; the inverse of `to_json`."""
    return part_from_json(Program, data)


def part_from_json(cls: type[T], data: Any) -> T:
    """The part of a program of this class with this JSON."""
    part: T = _read(cls, data)
    return part


def _read(hint: Any, data: Any) -> Any:
    origin = get_origin(hint)
    if origin is tuple:
        return tuple(_read(get_args(hint)[0], item) for item in data)
    if origin in (Union, types.UnionType):
        if data is None:
            return None
        if isinstance(data, dict):
            return _read(KINDS[data["kind"]] if "kind" in data else _only_class(hint), data)
        return _read(next(arg for arg in get_args(hint) if arg is not type(None)), data)
    if hint is Decimal:
        return Decimal(data)
    if hint is date:
        return date.fromisoformat(data)
    if isinstance(data, dict):
        return hint(**{name: _read(part, data[name]) for name, part in _hints(hint).items()})
    return data


@cache
def _hints(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _only_class(hint: Any) -> Any:
    return next(arg for arg in get_args(hint) if hasattr(arg, "__match_args__"))
