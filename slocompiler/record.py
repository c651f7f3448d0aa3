"""`record` and `value`: small classes with fields, like dataclasses that take a fraction of the time to define.

A start defines more than a hundred of them and creates instances of few. So an `__init__` is compiled only when the class
has several instances, and a `__replace__` when several were copied. Use records for trees, and values for what is compared, such as the IR. What changes is neither: both
are frozen for type checkers. To refuse a change at run time would take as long as all other work on an instance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")
EMPTY: Mapping[str, Any] = MappingProxyType({})
"""The default of fields that are mappings."""
_FEW = 8
"""From which call on a method of a class is compiled, which takes as long as 20 calls without that."""


@dataclass_transform(frozen_default=True, eq_default=False)
def record(cls: type[T]) -> type[T]:
    """A decorator: slots for the annotated fields, and an `__init__`. Compared by identity."""
    made: type[T] = _slotted(cls, (), {})
    return made


@dataclass_transform(frozen_default=True)
def value(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]:
    """A decorator: a record that is compared by its fields."""

    def decorate(cls: type[T]) -> type[T]:
        of = attrgetter(*_names(cls))

        def __eq__(self: T, other: object) -> bool:
            return type(other) is type(self) and bool(of(self) == of(other))

        def __hash__(self: T) -> int:
            return hash(of(self))

        made: type[T] = _slotted(cls, ("*",) * kw_only, {"__eq__": __eq__, "__hash__": __hash__})
        return made

    return decorate


def fields(cls: type) -> tuple[str, ...]:
    """The names of the fields of a record or a value, in the order of its `__init__`."""
    names: tuple[str, ...] = cls.__match_args__  # type: ignore[attr-defined]  # each of these classes has them
    return names


def replace(node: T, **values: object) -> T:
    """A copy of a record, a value or a named tuple with other values for some of the fields."""
    own: Callable[..., T] | None = getattr(node, "__replace__", None)
    return own(**values) if own else _copy(node, **values)


def _copy(node: T, **values: object) -> T:
    return type(node)(**(_values(node) | values))


def _values(node: object) -> dict[str, Any]:
    return {name: getattr(node, name) for name in fields(type(node))}


def _shown(node: object) -> str:
    return f"{type(node).__qualname__}({', '.join(f'{name}={field!r}' for name, field in _values(node).items())})"


def _names(cls: type) -> tuple[str, ...]:
    """The names of the fields: those of the class it extends first."""
    return tuple(dict.fromkeys((*getattr(cls, "__match_args__", ()), *vars(cls).get("__annotations__", ()))))


def _slotted(cls: Any, marker: tuple[str, ...], methods: dict[str, Any]) -> Any:
    """The class with slots, these methods, and an `__init__` whose parameters follow the marker."""
    own = {name: attribute for name, attribute in vars(cls).items() if name not in ("__dict__", "__weakref__")}
    inherited, names = getattr(cls, "__match_args__", ()), _names(cls)
    defaults = getattr(cls, "__field_defaults__", {}) | {name: own.pop(name) for name in names if name in own}
    own |= {"__slots__": tuple(name for name in names if name not in inherited), "__match_args__": names}
    own |= {"__field_defaults__": defaults, "__repr__": own.get("__repr__", _shown)}
    made: Any = type(cls)(cls.__name__, cls.__bases__, own | methods)
    is_checked = hasattr(made, "__post_init__")
    made.__init__ = _initial(made, marker, defaults, is_checked)
    made.__replace__ = _copy if is_checked else _copying(made)
    return made


def _initial(cls: Any, marker: tuple[str, ...], defaults: dict[str, Any], is_checked: bool) -> Callable[..., None]:
    """The `__init__` of a class."""
    names, left = fields(cls), _FEW

    def __init__(self: object, *args: object, **given: object) -> None:
        nonlocal left
        left -= 1
        values = defaults | dict(zip(names, args, strict=False)) | given
        fits = len(args) <= len(names) == len(values) and given.keys().isdisjoint(names[: len(args)])
        if left > 0 and fits and not (args and marker):
            for name in names:
                setattr(self, name, values[name])
            if is_checked:
                self.__post_init__()  # type: ignore[attr-defined]  # the class has it
            return
        parameters = (f"{name}=_defaults[{name!r}]" if name in defaults else name for name in names)
        lines = (*(f"self.{name} = {name}" for name in names), *["self.__post_init__()"] * is_checked)
        _compiled(cls, "__init__", (*marker, *parameters), lines, _defaults=defaults)(self, *args, **given)

    return __init__


def _copying(cls: Any) -> Callable[..., Any]:
    """The `__replace__` of a class."""
    left = _FEW

    def __replace__(self: object, **values: object) -> Any:
        nonlocal left
        left -= 1
        if left > 0:
            return _copy(self, **values)
        parameters = ("*", *(f"{name}=_same" for name in fields(cls)))
        lines = (f"_copy.{name} = self.{name} if {name} is _same else {name}" for name in fields(cls))
        body = ("_copy = _new(_cls)", *lines, "return _copy")
        scope = {"_new": cls.__new__, "_cls": cls, "_same": object()}
        return _compiled(cls, "__replace__", parameters, body, **scope)(self, **values)

    return __replace__


def _compiled(cls: type, method: str, parameters: Iterable[str], lines: Iterable[str], **scope: object) -> Any:
    """A method with these lines, for all calls after this one."""
    code = f"def {method}(self, {', '.join(parameters)}):\n " + "\n ".join(lines)
    exec(code, scope)
    setattr(cls, method, scope[method])
    return scope[method]
