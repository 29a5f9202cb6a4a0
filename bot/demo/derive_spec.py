"""Derives `spec.json` from a full description of the Bot API: only what the stand-in's methods need.

Run as `python -m bot.demo.derive_spec PATH/TO/api.json`. The input has `version`, `methods` and `types`; each of these
has `fields` (name, types, required, description) and a type may have `subtypes`.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from bot.demo.methods import table

Json = dict[str, Any]

WAITING = ("getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo")
PLAIN = frozenset({"Integer", "Float", "String", "Boolean", "InputFile"})
# Types of features that this bot has no use for: any value of theirs is accepted as an object.
OPAQUE = frozenset({"SuggestedPostParameters", "InputRichMessage", "User"})

_LENGTH = re.compile(r"(\d+)-(\d+) (characters|bytes)( after entit)?")
_ITEMS = re.compile(r"must include (\d+)-(\d+) items")
_AT_MOST = re.compile(r"At most (\d+) commands")
_FIXED = re.compile(r"(?:must be|always) [“\"]?([a-z_]+)[”\"]?$")
_QUOTED = re.compile(r'"([^"]+)"')


def field_rule(field: Json) -> Json:
    """What is kept of one field: types, required, and limits that its description tells."""
    rule: Json = {"types": field["types"]}
    text = field["description"]
    if field["required"]:
        rule["required"] = True
    if length := _LENGTH.search(text):
        low, high, unit, parsed = length.groups()
        rule["parsed" if parsed else unit] = [int(low), int(high)]
    if items := _ITEMS.search(text) or _AT_MOST.search(text):
        numbers = [int(number) for number in items.groups()]
        rule["items"] = numbers if len(numbers) == 2 else [0, *numbers]
    if field["name"] == "type" and (fixed := _FIXED.search(text)):
        rule["value"] = fixed[1]
    if field["name"] == "emoji" and "can be one of" in text:
        rule["values"] = _QUOTED.findall(text)
    return rule


def names_in(types: list[str]) -> set[str]:
    """The types behind `Array of …`, without the plain ones."""
    return {kind.split("Array of ")[-1] for kind in types} - PLAIN


def type_rule(kind: Json) -> Json:
    if kind.get("subtypes"):
        return {"one_of": kind["subtypes"]}
    if kind["name"] in OPAQUE:
        return {"any": True}
    return {"fields": {field["name"]: field_rule(field) for field in kind.get("fields", [])}}


def needed(rule: Json) -> set[str]:
    """The types that a type's rule speaks of."""
    found = set(rule.get("one_of", ()))
    for field in rule.get("fields", {}).values():
        found |= names_in(field["types"])
    return found


def derive(api: Json) -> Json:
    """The compact specification: version, methods (parameters) and types (fields, or one_of)."""
    wanted = [*table(frozenset()), *(name.lower() for name in WAITING)]
    methods = {name: method for name, method in api["methods"].items() if name.lower() in wanted}
    rules = {name: {f["name"]: field_rule(f) for f in method.get("fields", [])} for name, method in methods.items()}
    types: Json = {}
    left = {kind for fields in rules.values() for rule in fields.values() for kind in names_in(rule["types"])}
    while left:
        name = left.pop()
        types[name] = type_rule(api["types"][name])
        left |= needed(types[name]) - types.keys()
    return {"version": api["version"], "methods": rules, "types": dict(sorted(types.items()))}


def main() -> None:
    api = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    text = json.dumps(derive(api), ensure_ascii=False, separators=(",", ":"))
    Path(__file__).with_name("spec.json").write_text(text.replace('},"', '},\n"') + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
