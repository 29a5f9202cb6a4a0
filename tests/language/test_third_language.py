"""A third language is added by data alone: a tiny made-up one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.language import LanguageDataError, Languages, Reader
from bot.rules.acts import Situation
from bot.rules.plan import Plan
from tests.language.conftest import LOCALES, NOW

WORDS = """
[settings]
key = "plain"
script = "latin"
telltale = ["zub grel nak fli morp trem"]

[numbers.unit]
"uno" = 1
"sep" = 7

"""

TIMES = """
[times]
"day:+1" = ["flanday"]
"month:+0" = ["zis lunat"]
"""

CONCEPTS = """
[concepts]
"kind.task" = ["grel", "grelo"]
"state.behind" = ["trem", "trem[ba] nak"]
"state.done" = ["morp"]
"ask.which" = ["zub"]
"percent" = ["%", "pir"]
"is.remind" = ["fli"]
"is.smalltalk" = ["sala"]
"""

EXAMPLES = """
[examples]
list = ["zub grel trem"]
"""


@pytest.fixture(scope="module")
def third(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> Reader:
    folder = tmp_path_factory.mktemp("locales")
    shutil.copytree(LOCALES, folder, dirs_exist_ok=True)
    zub = folder / "zz"
    zub.mkdir()
    for name, text in (("words", WORDS), ("times", TIMES), ("concepts", CONCEPTS), ("examples", EXAMPLES)):
        (zub / f"{name}.toml").write_text(text, encoding="utf-8")
    return Reader(Languages.load(folder), plan)


def test_its_questions_and_reports_are_read(third: Reader) -> None:
    def read(text: str) -> list[dict[str, object]]:
        understood = third.read(text, Situation(NOW))
        return [{"lang": understood.lang, "intent": str(a.intent), **a.slots} for a in understood.acts]

    assert read("zub grel trem") == [{"lang": "zz", "intent": "list", "kind": "task", "state": "behind"}]
    assert read("grel sep morp") == [{"lang": "zz", "intent": "update", "item": "NV07", "state": "done"}]
    assert read("fli NV05 flanday") == [{"lang": "zz", "intent": "remind", "item": "NV05", "date": "2025-06-19"}]
    assert read("sala") == [{"lang": "zz", "intent": "smalltalk"}]


def test_the_other_languages_are_read_as_before(third: Reader) -> None:
    assert third.read("nhiệm vụ nào đang chậm", Situation(NOW)).lang == "vi"
    assert third.read("কোন কাজ পিছিয়ে আছে", Situation(NOW)).lang == "bn"


@pytest.mark.parametrize(
    "broken",
    [
        '[settings]\nkey = "nope"\n',
        "[concepts\n",
        '[concepts]\n"kind.task" = ["(a|b"]\n',
        '[concepts]\n"kind.taks" = ["a"]\n',
        '[times]\n"fortnight:1" = ["a"]\n',
        '[numbers.dozen]\n"a" = 12\n',
    ],
)
def test_data_that_cannot_be_used_is_refused_at_load(tmp_path: Path, broken: str) -> None:
    (tmp_path / "zz").mkdir()
    (tmp_path / "zz" / "words.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(LanguageDataError, match=r"zz|words"):
        Languages.load(tmp_path)
