"""What must not change a reading, and what must never break it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language import Reader
from bot.language.data import load_examples
from bot.language.text import LONGEST, marks_key, tokens_of
from bot.rules.acts import Act, Intent, Situation
from tests.language.conftest import LOCALES, NOW, Say

MEANING = [
    "chỉ tiêu nào đang chậm?",
    "nhiệm vụ nào quá hạn của Sở Y tế",
    "NV05 hoàn thành 80%",
    "CT22 đạt 64,2%",
    "NV20 xin gia hạn đến 30/7/2025 vì thiếu người",
    "mai 8h nhắc em NV33",
    "đơn vị nào chưa báo cáo tuần này",
    "NV41 ai phụ trách",
    "xuất file excel tháng 5",
    "hủy báo cáo vừa rồi",
    "hôm nay trời có mưa không",
]
UNMARKED = [
    "chỉ tiêu nào đang chậm?",
    "nhiệm vụ nào quá hạn",
    "NV05 hoàn thành 80%",
    "đơn vị nào chưa báo cáo tuần này",
]
BENGALI = ["NV05 ৬০% হয়েছে", "CT22 ৬৪.২%", "NV20 এর সময় ৩০/৭/২০২৫ পর্যন্ত বাড়ান", "কোন লক্ষ্যমাত্রা পিছিয়ে আছে"]
WRAPPERS = ["Dạ em chào anh, {}", "{} ạ", "cho em hỏi {}", "{} nhé", "anh ơi {}", "{} giúp em với ạ"]


def meaning(acts: list[dict[str, object]]) -> list[dict[str, object]]:
    """Acts without their free text, which keeps the speaker's own writing."""
    return [{k: v for k, v in act.items() if k not in ("reason", "difficulty", "proposal")} for act in acts]


@pytest.mark.parametrize("text", MEANING)
def test_case_does_not_matter(say: Say, text: str) -> None:
    assert meaning(say(text.upper())) == meaning(say(text)) == meaning(say(text.lower()))


@pytest.mark.parametrize("text", MEANING + BENGALI)
def test_composed_and_decomposed_writing_are_one(say: Say, text: str) -> None:
    assert meaning(say(unicodedata.normalize("NFD", text))) == meaning(say(unicodedata.normalize("NFC", text)))


@pytest.mark.parametrize("text", UNMARKED)
def test_missing_marks_do_not_matter_where_they_cannot(say: Say, text: str) -> None:
    assert say(marks_key(text)) == say(text)


@pytest.mark.parametrize("text", MEANING + BENGALI)
def test_spaces_around_and_within_do_not_matter(say: Say, text: str) -> None:
    assert meaning(say("  " + text.replace(" ", "   ") + " \n")) == meaning(say(text))


@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("text", ["NV05 hạn khi nào", "NV05 được 80%", "nhiệm vụ nào quá hạn"])
def test_politeness_does_not_matter(say: Say, text: str, wrapper: str) -> None:
    assert say(wrapper.format(text)) == say(text)


@pytest.mark.parametrize("text", BENGALI)
def test_the_script_of_digits_does_not_matter(say: Say, text: str) -> None:
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    assert say(plain) == say(text)


@pytest.mark.parametrize(
    "code",
    [
        "NV05",
        "nv5",
        "NV-05",
        "nv 5",
        "Nv.05",
        "nhiệm vụ 5",
        "nhiệm vụ số 5",
        "nhiem vu 5",
        "kaj 5",
        "এনভি ৫",
        "NV\u201105",
    ],
)
def test_a_code_in_any_writing(say: Say, code: str) -> None:
    assert say(f"{code} 70%") == [{"intent": "update", "sure": True, "item": "NV05", "percent": 70}]


def test_joiners_and_tone_placement_do_not_matter(say: Say) -> None:
    assert say("NV05 হয়ে\u200c গেছে\ufeff") == say("NV05 হয়ে গেছে")
    assert say("huyện Quảng Hoà NV05 70%") == say("huyện Quảng Hòa NV05 70%")


def test_free_text_is_the_speakers_own(say: Say) -> None:
    decomposed = unicodedata.normalize("NFD", "NV40 khó khăn: ngân hàng CHƯA mở cổng 😀 thử nghiệm")
    assert say(decomposed)[0]["difficulty"] == unicodedata.normalize("NFD", "ngân hàng CHƯA mở cổng 😀 thử nghiệm")


def test_offsets_lead_back_to_the_text() -> None:
    text = unicodedata.normalize("NFD", "Đạt ৬০% ở xã Hòa\u200b Bình")
    first = next(iter(tokens_of(text)))
    assert text[first.start : first.end] == unicodedata.normalize("NFD", "Đạt")
    assert all(unicodedata.normalize("NFC", text[t.start : t.end]).strip() for t in tokens_of(text))


words = st.sampled_from([w for folder in ("vi", "bn") for e in load_examples(LOCALES / folder) for w in e.text.split()])


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(words, max_size=30).map(" ".join)))
def test_any_text_is_read_and_raises_nothing(reader: Reader, text: str) -> None:
    understood = reader.read(text, Situation(NOW, "SYT", "NV05", Act(Intent.LIST, {"kind": "task"})))
    assert understood.acts
    assert understood.lang in ("vi", "bn", "en")
    assert all(act.as_json()["intent"] for act in understood.acts)


@settings(max_examples=40, deadline=None)
@given(st.lists(words, max_size=20).map(" ".join))
def test_the_same_message_is_always_read_alike(reader: Reader, text: str) -> None:
    situation = Situation(NOW, "SYT")
    assert reader.read(text, situation) == reader.read(text, situation)


@pytest.mark.parametrize(
    "piece",
    [
        "NV05 80%, khó khăn: thiếu người. ",
        "nhiệm vụ nào chậm, ",
        "কোন কাজ পিছিয়ে আছে? ",
        "a",
        "12/20 ",
        "từ 1/6 đến 15/6 ",
    ],
)
def test_the_longest_message_is_read(reader: Reader, piece: str) -> None:
    assert reader.read((piece * LONGEST)[:LONGEST], Situation(NOW, "SYT")).acts


@given(st.lists(words, max_size=20).map(" ".join))
def test_unseen_characters_change_no_token(text: str) -> None:
    seen = [(t.kind, t.text, t.start, t.spaced) for t in tokens_of(text)]
    assert [(t.kind, t.text, t.start, t.spaced) for t in tokens_of(text + "\u200d")] == seen


@given(st.sampled_from(MEANING + BENGALI), st.sampled_from(["NV05", "CT22"]))
def test_what_was_asked_before_by_another_does_not_matter(say: Say, reader: Reader, text: str, item: str) -> None:
    before = say(text)
    reader.read(text, Situation(NOW, "SYT", item, Act(Intent.DETAIL, {"item": item})))
    assert say(text) == before


@pytest.mark.parametrize(
    "text",
    [
        "NV20 xin thêm 99999999 tháng",
        "nhắc em NV20 sau 999999999999 phút",
        "NV20 আরও ৯৯৯৯৯৯৯৯৯ মাস সময় দিন",
        "9" * 300 + " ngày nữa",
    ],
)
def test_a_span_that_nobody_can_mean_is_no_time(say: Say, text: str) -> None:
    assert not {"date", "in_minutes"} & {slot for act in say(text) for slot in act}
