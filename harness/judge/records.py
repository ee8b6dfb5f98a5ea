"""Dataclasses as plain JSON and back, by their type hints: what is written is read again as the same thing, or refused."""

from __future__ import annotations

import dataclasses
import enum
import functools
import math
import types
import typing
from typing import Any, TypeVar

T = TypeVar("T")


@functools.lru_cache(maxsize=None)
def hints(kind: type) -> dict[str, Any]:
    """Field → type, of a dataclass."""
    known = typing.get_type_hints(kind)
    return {field.name: known[field.name] for field in dataclasses.fields(kind)}


def build(kind: type[T], data: Any) -> T:
    """The dataclass that asdict() was made of. Raises TypeError, ValueError or KeyError for what it cannot be; an unknown key is refused,
    so that a change of the schema is noticed."""
    if not isinstance(data, dict):
        raise TypeError(f"{kind.__name__} is to be an object, not {type(data).__name__}")
    known = hints(kind)  # type: ignore[arg-type]  # mypy 1.0 takes no type[T] for hashable
    if unknown := data.keys() - known.keys():
        raise TypeError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
    return kind(**{name: _value(known[name], value) for name, value in data.items()})


def _value(kind: Any, value: Any) -> Any:
    if dataclasses.is_dataclass(kind):
        return build(kind, value)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(value)
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is list:
        return [_value(inner[0], item) for item in _checked(list, value)]
    if origin is dict:
        return {key: _value(inner[1], item) for key, item in _checked(dict, value).items()}
    if origin in (types.UnionType, typing.Union):
        choices = [choice for choice in inner if choice is not type(None)]
        return None if value is None else _value(choices[0], value) if len(choices) == 1 else value
    return value


def _checked(kind: type, value: Any) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r:.80} is no {kind.__name__}")
    return value


def plain(value: Any) -> Any:
    """The value as strict JSON knows it: no NaN or infinity, no lone surrogates, text for unknown types."""
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, dict):
        return {plain(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int)):
        return value
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")
