"""Checks a request against the Bot API's own specification (`spec.json`, see `derive_spec.py`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from bot.demo import html
from bot.demo.forms import Call, Upload
from bot.demo.refusals import Refusal

Rule = dict[str, Any]

_WHOLE = re.compile(r"-?\d+")
_TRUTHS = frozenset({"true", "false", "1", "0"})
_ABSENT = object()


class Spec:
    """The specification, ready for checking."""

    def __init__(self, data: Rule) -> None:
        self.version: str = data["version"]
        self._methods: dict[str, dict[str, Rule]] = {name.lower(): rule for name, rule in data["methods"].items()}
        self._types: dict[str, Rule] = data["types"]

    @property
    def emoji(self) -> frozenset[str]:
        """The emoji that can be reactions."""
        return frozenset(self._types["ReactionTypeEmoji"]["fields"]["emoji"]["values"])

    def violations(self, call: Call) -> list[str]:
        """Everything in a request that the specification does not allow, in words; empty when it is right."""
        rules = self._methods.get(call.method.lower())
        if rules is None:
            return [f"{call.method}: no such method"]
        files = {name for name in call.files if name in rules}
        attached = {name for name in call.files if name not in rules}
        found = [f"{call.method}: unknown parameter {name}" for name in call.given if name not in rules]
        for name, rule in rules.items():
            value = call.files[name] if name in files else call.given.get(name, _ABSENT)
            if value is _ABSENT:
                if rule.get("required"):
                    found.append(f"{call.method}: parameter {name} is missing")
                continue
            found += (f"{call.method}: {problem}" for problem in self._parameter(call, name, value, rule))
        found += (f"{call.method}: file {name} is not spoken of" for name in attached if not _attached(call, name))
        return found

    def _parameter(self, call: Call, name: str, value: Any, rule: Rule) -> Iterator[str]:
        """Problems of one parameter, which may be written as text."""
        types: list[str] = rule["types"]
        if isinstance(value, Upload):
            if "InputFile" not in types:
                yield f"{name} cannot be a file"
        elif all(kind in _PLAIN for kind in types):
            if not any(_written(value, kind) for kind in types):
                yield f"{name} is not {' or '.join(types)}: {value!r}"
            elif isinstance(value, str):
                yield from _length(name, value, rule)
        else:
            yield from self._structure(call, name, rule)

    def _structure(self, call: Call, name: str, rule: Rule) -> Iterator[str]:
        try:
            value = call.json(name)
        except Refusal as refusal:
            yield refusal.description
            return
        if value is None:
            yield f"{name} is empty"
        else:
            yield from self._value(name, value, rule)

    def _value(self, path: str, value: Any, rule: Rule) -> Iterator[str]:
        """Problems of a JSON value: those of the type that it fits best."""
        best: list[str] | None = None
        for kind in rule["types"]:
            found = list(self._of_type(path, value, kind))
            if not found:
                yield from _length(path, value, rule)
                return
            if best is None or len(found) < len(best):
                best = found
        yield from best or ()

    def _of_type(self, path: str, value: Any, kind: str) -> Iterator[str]:
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                yield f"{path} is not an array"
                return
            inner = {"types": [kind.removeprefix("Array of ")]}
            for number, item in enumerate(value):
                yield from self._value(f"{path}[{number}]", item, inner)
        elif kind in _PLAIN:
            if not isinstance(value, _PLAIN[kind]) or (kind != "Boolean" and isinstance(value, bool)):
                yield f"{path} is not {kind}: {value!r}"
        elif not (kind == "KeyboardButton" and isinstance(value, str)):
            yield from self._object(path, value, kind)

    def _object(self, path: str, value: Any, kind: str) -> Iterator[str]:
        rule = self._types[kind]
        if not isinstance(value, dict):
            yield f"{path} is not {kind}: {value!r}"
        elif "one_of" in rule:
            yield from self._value(path, value, {"types": self._candidates(rule["one_of"], value)})
        elif "fields" in rule:
            yield from self._fields(path, value, kind, rule["fields"])

    def _candidates(self, kinds: list[str], value: Rule) -> list[str]:
        """The subtypes whose fixed `type` is that of the value, or all of them."""
        fits = [k for k in kinds if self._types[k].get("fields", {}).get("type", {}).get("value") == value.get("type")]
        return fits or kinds

    def _fields(self, path: str, value: Rule, kind: str, fields: dict[str, Rule]) -> Iterator[str]:
        for name in value:
            if name not in fields:
                yield f"{path} ({kind}): unknown field {name}"
        for name, rule in fields.items():
            if name in value:
                yield from self._value(f"{path}.{name}", value[name], rule)
            elif rule.get("required"):
                yield f"{path} ({kind}): field {name} is missing"


_PLAIN: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (int, float),
    "String": (str,),
    "Boolean": (bool,),
    "InputFile": (str,),
}


def _written(value: Any, kind: str) -> bool:
    """Whether a parameter, given as a JSON value or as text, can be of a plain type."""
    if kind == "Boolean":
        return isinstance(value, bool) or str(value).lower() in _TRUTHS
    if kind == "Integer":
        return (isinstance(value, int) and not isinstance(value, bool)) or (
            isinstance(value, str) and _WHOLE.fullmatch(value) is not None
        )
    if kind == "Float":
        return _is_number(value)
    return kind == "String" and isinstance(value, str)


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _length(path: str, value: Any, rule: Rule) -> Iterator[str]:
    """Lengths that can be told without parsing entities; the others are refused where they are parsed."""
    if "characters" in rule and isinstance(value, str):
        yield from _range(path, html.units(value), rule["characters"], "characters")
    if "bytes" in rule and isinstance(value, str):
        yield from _range(path, len(value.encode()), rule["bytes"], "bytes")
    if "items" in rule and isinstance(value, list):
        yield from _range(path, len(value), rule["items"], "items")
    if "value" in rule and value != rule["value"]:
        yield f"{path} is not {rule['value']}: {value!r}"
    if "values" in rule and value not in rule["values"]:
        yield f"{path} is none of the known values: {value!r}"


def _range(path: str, count: int, limits: list[int], unit: str) -> Iterator[str]:
    low, high = limits
    if not low <= count <= high:
        yield f"{path} has {count} {unit}, allowed are {low}-{high}"


def _attached(call: Call, name: str) -> bool:
    """Whether some parameter speaks of the file as attach://name."""
    return any(f"attach://{name}" in str(value) for value in call.given.values())


@cache
def load() -> Spec:
    """The specification that comes with the stand-in."""
    return Spec(json.loads(Path(__file__).with_name("spec.json").read_text(encoding="utf-8")))
