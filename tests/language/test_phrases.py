"""Every example in the languages' data is read as its intent, and as no other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.language.data import Example, load_examples
from bot.rules.acts import Intent
from tests.language.conftest import LOCALES, Say


def every_example() -> Iterator[Example]:
    for folder in sorted(p for p in LOCALES.iterdir() if p.is_dir()):
        yield from load_examples(folder)


@pytest.mark.parametrize("intent", sorted(Intent))
@pytest.mark.parametrize("lang", ["vi", "bn", "en"])
def test_examples_are_read_as_their_intent_and_no_other(lang: str, intent: Intent, say: Say) -> None:
    texts = [e.text for e in every_example() if e.lang == lang and e.intent == intent]
    read = {text: [act["intent"] for act in say(text)] for text in texts}
    assert {text: got for text, got in read.items() if got != [str(intent)]} == {}


def test_every_intent_has_examples_in_both_languages() -> None:
    seen = {(e.lang, e.intent) for e in every_example()}
    assert {(lang, str(i)) for lang in ("vi", "bn") for i in Intent} <= seen


def test_no_example_stands_under_two_intents() -> None:
    intents: dict[str, set[str]] = {}
    for example in every_example():
        intents.setdefault(example.text.casefold(), set()).add(example.intent)
    assert {text: found for text, found in intents.items() if len(found) > 1} == {}
