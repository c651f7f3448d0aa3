"""`record` and `value`: small classes with fields, like dataclasses that take a fraction of the time to define.

A start defines more than a hundred of them and creates instances of few. So an `__init__` is compiled only when the class
has several instances. Use records for trees, and values for what is compared, such as the IR. What changes is neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")
EMPTY: Mapping[str, Any] = MappingProxyType({})
"""The default of fields that are mappings."""
_FEW = 8
"""From which instance on the `__init__` of a class is compiled, which takes as long as to create 20 without it."""


@dataclass_transform(frozen_default=True, eq_default=False)
def record(cls: type[T]) -> type[T]:
    """A decorator: slots for the annotated fields, and an `__init__`. Compared by identity; frozen for type checkers."""
    made: type[T] = _slotted(cls, "self.{0} = {0}", "", {})
    return made


@dataclass_transform(frozen_default=True)
def value(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]:
    """A decorator: a record that is compared by its fields, and frozen at run time too."""

    def decorate(cls: type[T]) -> type[T]:
        of = attrgetter(*_names(cls))

        def __eq__(self: T, other: object) -> bool:
            return type(other) is type(self) and bool(of(self) == of(other))

        def __hash__(self: T) -> int:
            return hash(of(self))

        def __setattr__(self: T, name: str, _: object) -> None:
            raise AttributeError(f"{type(self).__qualname__}.{name} cannot be changed")

        def __reduce__(self: T) -> tuple[Callable[..., T], tuple[Any, ...]]:
            return _again, (type(self), *_values(self).values())

        methods = (__eq__, __hash__, __setattr__, __reduce__)
        named = {method.__name__: method for method in methods}
        made: type[T] = _slotted(cls, "_set_{0}(self, {0})", "*, " * kw_only, named)
        return made

    return decorate


def fields(cls: type) -> tuple[str, ...]:
    """The names of the fields of a record or a value, in the order of its `__init__`."""
    names: tuple[str, ...] = cls.__match_args__  # type: ignore[attr-defined]  # each of these classes has them
    return names


def replace(node: T, **values: object) -> T:
    """A copy with other values for some of the fields."""
    return type(node)(**(_values(node) | values))


def _again(cls: type[T], *values: object) -> T:
    """An instance with these values of its fields, such as one that another process sent."""
    return cls(**dict(zip(fields(cls), values, strict=True)))


def _values(node: object) -> dict[str, Any]:
    return {name: getattr(node, name) for name in fields(type(node))}


def _shown(node: object) -> str:
    return f"{type(node).__qualname__}({', '.join(f'{name}={field!r}' for name, field in _values(node).items())})"


def _names(cls: type) -> tuple[str, ...]:
    """The names of the fields: those of the class it extends first."""
    return tuple(dict.fromkeys((*getattr(cls, "__match_args__", ()), *vars(cls).get("__annotations__", ()))))


def _slotted(cls: Any, assign: str, marker: str, methods: dict[str, Any]) -> Any:
    """The class with slots, these methods, and an `__init__` that assigns each field as `assign` says."""
    own = {name: attribute for name, attribute in vars(cls).items() if name not in ("__dict__", "__weakref__")}
    inherited, names = getattr(cls, "__match_args__", ()), _names(cls)
    defaults = getattr(cls, "__field_defaults__", {}) | {name: own.pop(name) for name in names if name in own}

    left = _FEW

    def __init__(self: object, *args: object, **given: object) -> None:
        nonlocal left
        left -= 1
        values = defaults | dict(zip(names, args, strict=False)) | given
        fits = len(args) <= len(names) == len(values) and given.keys().isdisjoint(names[: len(args)])
        if left > 0 and fits and not (args and marker):
            for name in names:
                object.__setattr__(self, name, values[name])
            if hasattr(made, "__post_init__"):
                self.__post_init__()  # type: ignore[attr-defined]  # the class has it
            return
        parameters = (f"{name}=_defaults[{name!r}]" if name in defaults else name for name in names)
        lines = [assign.format(name) for name in names] + ["self.__post_init__()"] * hasattr(made, "__post_init__")
        code = f"def __init__(self, {marker}{', '.join(parameters)}):\n " + "\n ".join(lines)
        past = {f"_set_{name}": getattr(made, name).__set__ for name in names}  # what frozen classes refuse
        exec(code, scope := {"_defaults": defaults, **past})
        made.__init__ = scope["__init__"]  # for all instances after this one
        made.__init__(self, *args, **given)

    own |= {"__slots__": tuple(name for name in names if name not in inherited), "__match_args__": names}
    own |= {"__field_defaults__": defaults, "__init__": __init__, "__repr__": own.get("__repr__", _shown)}
    made: Any = type(cls)(cls.__name__, cls.__bases__, own | methods)
    return made
