"""What we ask for in words, and what people type next: answers, something else, a no, a file."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.demo.people import Message, Person
from bot.rules.reporting import ANSWER_WITHIN
from storage.tables import EvidenceRow, ItemRow
from tests.scenarios.conftest import Town
from tests.scenarios.test_reporting import PICTURE, on_record

pytestmark = pytest.mark.on_postgres


async def digest_of(town: Town, person: Person) -> Message:
    await town.until("2025-06-18T08:00")
    return await person.next_message()


async def asked_for(town: Town, person: Person, label: str) -> Message:
    """The prompt behind a button of the morning's digest."""
    return await town.presses(person, await digest_of(town, person), label)


@pytest.mark.parametrize("as_reply", [True, False])
async def test_whatever_answers_the_difficulty_prompt_is_the_difficulty(town: Town, as_reply: bool) -> None:
    prompt = await asked_for(town, town.leader, "CT41 vướng mắc")
    words = "Bệnh viện tỉnh chưa nộp hồ sơ, mong Sở Y tế đôn đốc"
    card = await town.says(town.leader, words, prompt if as_reply else None)
    assert "CT41" in card.text
    (report,) = on_record(town, "CT41")
    assert (report.difficulty, report.proposal) == ("Bệnh viện tỉnh chưa nộp hồ sơ", "Sở Y tế đôn đốc")


async def test_a_bengali_difficulty_is_kept_whole(town: Town) -> None:
    await town.until("2025-06-19T08:00")
    digest = await town.leader_bn.next_message()
    label = next(x for x in digest.labels if x.startswith("NV54") and "%" not in x and "শেষ" not in x)
    prompt = await town.presses(town.leader_bn, digest, label)
    words = "জেলা হাসপাতাল এখনো তথ্য দেয়নি"
    await town.says(town.leader_bn, words, prompt)
    assert [r.difficulty for r in on_record(town, label.split()[0])] == [words]


async def test_a_question_leaves_the_prompt_open(town: Town) -> None:
    await asked_for(town, town.leader, "CT41 %")
    answer = await town.says(town.leader, "chỉ tiêu nào đang chậm?")
    assert "chậm" in answer.text
    card = await town.says(town.leader, "97,5")
    assert "93,5% → 97,5%" in card.text


async def test_a_percent_may_be_typed_instead_of_pressed(town: Town) -> None:
    digest = await digest_of(town, town.leader)
    await town.says(town.leader, "NV20 70%")  # what was talked about last is not what is asked about
    await town.presses(town.leader, digest, "NV27 %")
    card = await town.says(town.leader, "90")
    assert "NV27" in card.text
    assert [r.percent for r in on_record(town, "NV20")] == [70]


async def test_the_newest_prompt_is_the_one_that_is_answered(town: Town) -> None:
    await town.says(town.leader, "CT08 khoảng 94 trạm")  # an older question, still open
    await asked_for(town, town.leader, "CT41 %")
    card = await town.says(town.leader, "94")
    assert "CT41" in card.text
    assert "CT08" not in card.text
    assert on_record(town, "CT08") == []


async def test_a_prompt_waits_for_some_minutes_only(town: Town) -> None:
    await asked_for(town, town.leader, "CT41 %")
    town.clock.move(ANSWER_WITHIN + timedelta(minutes=1))
    await town.says(town.leader, "97,5")
    assert on_record(town, "CT41") == []


async def test_another_item_is_reported_on_as_itself(town: Town) -> None:
    await asked_for(town, town.leader, "CT41 %")
    card = await town.says(town.leader, "NV20 75%")
    assert "60% → 75%" in card.text
    card = await town.says(town.leader, "96%")
    assert "CT41" in card.text


async def test_no_to_a_prompt_writes_nothing(town: Town) -> None:
    await asked_for(town, town.leader, "CT41 vướng mắc")
    assert "Chưa ghi nhận" in (await town.says(town.leader, "thôi")).text
    assert on_record(town, "CT41") == []


async def test_edit_is_answered_without_a_reply_too(town: Town) -> None:
    card = await town.says(town.leader, "NV20 70%")
    await town.presses(town.leader, card, "Sửa")
    await town.says(town.leader, "72%")
    first, second = on_record(town, "NV20")
    assert (second.percent, second.corrects) == (72, first.id)


async def test_a_value_asked_for_on_the_card_may_follow_bare(town: Town) -> None:
    card = await town.says(town.leader, "CT41 xong")
    assert "cần có số liệu" in card.text
    assert "97,5%" in (await town.says(town.leader, "97,5")).text


@pytest.mark.parametrize("text", ["xong hết rồi", "chưa làm gì cả"])
async def test_bare_words_after_a_card_are_asked_about(town: Town, text: str) -> None:
    await town.says(town.leader, "NV20 70%")
    await town.says(town.leader, text)
    assert [r.percent for r in on_record(town, "NV20")] == [70]


async def test_not_begun_goes_back_and_is_asked_about(town: Town) -> None:
    question = await town.says(town.leader, "NV20 chưa triển khai")
    assert on_record(town, "NV20") == []
    await town.presses(town.leader, question, question.labels[0])
    assert [r.percent for r in on_record(town, "NV20")] == [0]


async def test_taking_back_drops_the_open_question_first(town: Town) -> None:
    await town.says(town.leader, "NV16 30%")
    await town.says(town.leader, "NV20 khoảng 80%")
    assert "Chưa ghi nhận" in (await town.says(town.leader, "hoàn tác")).text
    assert len(on_record(town, "NV16")) == 1


@pytest.mark.parametrize(("who", "report", "no", "undo"), [
    ("leader", "NV20 70%", "không", "Hoàn tác"), ("leader_bn", "কাজ ২৩ ৫০% হয়েছে", "না", "ফিরিয়ে নিন"),
])  # fmt: skip
async def test_no_after_a_card_offers_to_take_it_back(town: Town, who: str, report: str, no: str, undo: str) -> None:
    person = town.people[who]
    await town.says(person, report)
    offer = await town.says(person, no)
    assert undo in offer.labels
    await town.presses(person, offer, undo)
    assert len(on_record(town, "NV20" if who == "leader" else "NV23")) == 2  # the report, and what undoes it


async def test_a_report_edited_into_a_question_is_answered_and_stands(town: Town) -> None:
    sent = town.leader.send("NV20 70%")
    await town.leader.next_message()
    town.leader.edit(sent, "chỉ tiêu nào đang chậm?")
    assert "chậm" in (await town.leader.next_message()).text
    assert "NV20" in (stands := await town.leader.next_message()).text
    assert "Hoàn tác" in stands.labels
    assert [r.percent for r in on_record(town, "NV20")] == [70]


@pytest.mark.parametrize("caption", ["nv16", "minh chứng cho nv16"])
async def test_a_photo_whose_caption_names_an_item_is_evidence(town: Town, caption: str) -> None:
    town.leader.photo(PICTURE, caption)
    assert "NV16" in (await town.leader.next_message()).text
    assert len(on_record(town, "NV16")) == 1
    assert town.store.read_now(lambda s: len(s.scalars(select(EvidenceRow)).all())) == 1


async def test_leave_is_no_difficulty(town: Town) -> None:
    await asked_for(town, town.leader, "CT41 vướng mắc")
    assert "30/6" in (await town.says(town.leader, "nghỉ phép đến 30/6")).text
    assert on_record(town, "CT41") == []


async def test_a_photo_after_a_prompt_belongs_to_its_item(town: Town) -> None:
    await asked_for(town, town.leader, "CT41 %")
    town.leader.photo(PICTURE)
    assert "CT41" in (await town.leader.next_message()).text
    assert len(on_record(town, "CT41")) == 1


async def test_done_under_a_measured_target_asks_for_its_value(town: Town) -> None:
    prompt = await asked_for(town, town.leader, "CT41 xong")
    assert "93,5%" in prompt.text
    assert "93,5% → 100%" in (await town.says(town.leader, "100%")).text


async def test_a_withdrawn_item_is_known_as_such(town: Town) -> None:
    town.store.write_now(
        lambda s: s.execute(update(ItemRow).where(ItemRow.code == "NV20").values(withdrawn=True)).rowcount
    )
    for text in ("NV20 75%", "nv20 tới đâu rồi?"):
        assert "rút khỏi kế hoạch" in (await town.says(town.leader, text)).text


async def test_more_than_the_whole_is_asked_about_with_its_reason(town: Town) -> None:
    question = await town.says(town.leader, "CT41 khoảng 150%")
    assert "100%" in question.text
    assert on_record(town, "CT41") == []


async def test_a_moment_to_be_reminded_may_be_typed_without_a_reply(town: Town) -> None:
    digest = await digest_of(town, town.leader)
    await town.presses(town.leader, digest, "later:0")
    answer = await town.says(town.leader, "8h sáng mai")
    assert "CT41" in answer.text
    assert "19/6" in answer.text
