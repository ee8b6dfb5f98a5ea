"""The JSON Schemas of what runs leave, made from the classes that write it: ``python3 -m harness.report.schemas docs/schemas`` writes them.

Their number is the `schema` in the files. It grows when something is taken away or means something else; what is added keeps it.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import json
import pathlib
import sys
import types
import typing
from typing import Any

from harness.judge.records import hints
from harness.judge.result import SCHEMA as RESULT, Result
from harness.report import SCHEMA as RESULTS
from harness.report.run import Information

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"}, bool: {"type": "boolean"}, int: {"type": "integer"}, float: {"type": ["number", "null"]}, Any: {},
}  # fmt: skip


def schemas() -> dict[str, dict[str, Any]]:
    """File name → schema, of result.json and results.json."""
    definitions: dict[str, Any] = {}
    result = _object(Result, definitions)
    result["properties"]["schema"] = {"const": RESULT}
    row = {**result, "properties": {**result["properties"], **_BESIDE}, "required": [*result["required"], *_BESIDE]}
    information = _object(Information, definitions)
    information["additionalProperties"] = True
    definitions = dict(sorted(definitions.items()))
    whole = {
        "type": "object",
        "description": "A run: what is known of it as a whole, and the result of every question that was begun.",
        "properties": {"schema": {"const": RESULTS}, "run": information, "results": {"type": "array", "items": row}},
        "required": ["schema", "run", "results"],
        "additionalProperties": False,
        "$defs": definitions,
    }
    used = {name: part for name, part in definitions.items() if name in _mentioned({**result, "$defs": definitions}, result)}
    return {
        f"result-{RESULT}.json": _head("result", RESULT) | result | {"$defs": used},
        f"results-{RESULTS}.json": _head("results", RESULTS) | whole,
    }


_BESIDE = {
    "folder": {"type": "string", "description": "the question's evidence, within the run's folder"},
    "incomplete": {"type": "boolean", "description": "true where there was no result to read, and this one says so"},
}


def _head(name: str, version: int) -> dict[str, Any]:
    return {"$schema": _DRAFT, "$id": f"urn:wireproof:{name}:{version}", "title": f"{name}.json of wireproof, version {version}"}


def _object(kind: type, definitions: dict[str, Any]) -> dict[str, Any]:
    fields = hints(kind)
    return {
        "type": "object",
        "description": " ".join((inspect.getdoc(kind) or "").split()),
        "properties": {name: _part(inner, definitions) for name, inner in fields.items()},
        "required": list(fields),
        "additionalProperties": False,
    }


def _part(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    if kind in _PLAIN:
        return dict(_PLAIN[kind])
    if dataclasses.is_dataclass(kind):
        if kind.__name__ not in definitions:
            definitions[kind.__name__] = {}  # its place, should it hold itself
            definitions[kind.__name__] = _object(kind, definitions)
        return {"$ref": f"#/$defs/{kind.__name__}"}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return {"enum": [choice.value for choice in kind]}
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is list:
        return {"type": "array", "items": _part(inner[0], definitions)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _part(inner[1], definitions)}
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [{"type": "null"} if one is type(None) else _part(one, definitions) for one in inner]}
    raise TypeError(f"no schema is known for {kind}")


def _mentioned(whole: dict[str, Any], start: Any) -> set[str]:
    """The definitions that a part of a schema needs, and those that they need."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                waiting.append(whole["$defs"][name])
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return found


def text(schema: dict[str, Any]) -> str:
    """As it stands in its file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in schemas().items():
        (folder / name).write_text(text(schema), encoding="utf-8")
        print(folder / name)


if __name__ == "__main__":
    main()
