"""A leader reports in one line, sees it on record, corrects it, takes it back, and proves it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.rules.record import Report
from storage.record import as_report
from storage.tables import EvidenceRow, ItemRow, ReportRow
from tests.scenarios.conftest import Town

pytestmark = pytest.mark.on_postgres

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def on_record(town: Town, code: str) -> list[Report]:
    """The reports that people wrote on an item during the scenario, oldest first."""
    query = (
        select(ReportRow).join(ItemRow).where(ItemRow.code == code, ReportRow.key.is_not(None)).order_by(ReportRow.id)
    )
    return town.store.read_now(lambda session: [as_report(row, code) for row in session.scalars(query)])


async def test_a_sure_report_goes_on_record_at_once(town: Town) -> None:
    card = await town.says(town.leader, "NV20 70% vướng kinh phí, đề xuất bổ sung")
    assert "NV20" in card.text
    assert "60% → 70%" in card.text
    assert "Khó khăn: kinh phí" in card.text
    assert "Đề xuất: bổ sung" in card.text
    assert card.labels == ("Hoàn tác", "Sửa")
    (report,) = on_record(town, "NV20")
    assert (report.percent, report.difficulty, report.proposal) == (70, "kinh phí", "bổ sung")
    assert (report.by, report.unit, str(report.on)) == ("Phạm Đăng Khoa", "STTTT", "2025-06-18")


async def test_in_bengali_with_bengali_digits(town: Town) -> None:
    card = await town.says(town.leader_bn, "কাজ ২৩ ৫০% হয়েছে")
    assert "NV23" in card.text
    assert "৩৫% → ৫০%" in card.text
    assert not set("0123456789") & set(card.text.replace("NV23", ""))
    assert [r.percent for r in on_record(town, "NV23")] == [50]


async def test_several_items_make_one_card(town: Town) -> None:
    card = await town.says(town.leader, "NV20 75%, NV16 30%")
    assert "60% → 75%" in card.text
    assert "10% → 30%" in card.text
    assert len(on_record(town, "NV20")) == len(on_record(town, "NV16")) == 1


async def test_an_unsure_report_is_asked_about_before_it_is_written(town: Town) -> None:
    question = await town.says(town.leader, "NV20 khoảng 80%")
    assert on_record(town, "NV20") == []
    card = await town.presses(town.leader, question, next(x for x in question.labels if "80%" in x))
    assert "60% → 80%" in card.text
    assert [r.percent for r in on_record(town, "NV20")] == [80]


async def test_a_question_is_answered_by_typing_too(town: Town) -> None:
    await town.says(town.leader, "NV20 khoảng 80%")
    card = await town.says(town.leader, "cái thứ nhất")
    assert "60% → 80%" in card.text


@pytest.mark.parametrize("yes", ["đúng rồi ạ", "ok", "uh ghi di"])
async def test_yes_is_an_answer(town: Town, yes: str) -> None:
    await town.says(town.leader, "NV20 khoảng 80%")
    card = await town.says(town.leader, yes)
    assert "60% → 80%" in card.text


async def test_no_drops_the_question(town: Town) -> None:
    await town.says(town.leader, "NV20 khoảng 80%")
    answer = await town.says(town.leader, "không phải")
    assert "Chưa ghi nhận" in answer.text
    await town.says(town.leader, "đúng rồi")
    assert on_record(town, "NV20") == []


async def test_a_new_report_is_not_taken_for_an_answer(town: Town) -> None:
    await town.says(town.leader, "NV20 khoảng 80%")
    await town.says(town.leader, "NV20 70%")
    assert [r.percent for r in on_record(town, "NV20")] == [70]


async def test_none_of_the_readings_writes_nothing(town: Town) -> None:
    question = await town.says(town.leader, "NV20 khoảng 80%")
    await town.presses(town.leader, question, question.labels[-1])
    assert on_record(town, "NV20") == []


async def test_going_backwards_is_asked_about(town: Town) -> None:
    question = await town.says(town.leader, "NV20 30%")
    assert "60%" in question.text
    assert on_record(town, "NV20") == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("NV20 130%", "0 đến 100"),
        ("NV99 50%", "NV99"),
        ("NV23 50%", "Sở Y tế"),
    ],
)
async def test_what_cannot_be_right_is_refused_with_its_reason(town: Town, text: str, says: str) -> None:
    answer = await town.says(town.leader, text)
    assert says in answer.text
    assert on_record(town, "NV20") == on_record(town, "NV23") == []


async def test_the_office_reports_on_behalf_of_a_unit(town: Town) -> None:
    await town.says(town.office, "NV23 50%")
    (report,) = on_record(town, "NV23")
    assert (report.by, report.unit) == ("Nguyễn Thị Hoài Thu", "SYT")


async def test_undo_leaves_a_trace(town: Town) -> None:
    card = await town.says(town.leader, "NV20 70%")
    undone = await town.presses(town.leader, card, "Hoàn tác")
    assert "70% → 60%" in undone.text
    first, second = on_record(town, "NV20")
    assert second.undoes == first.id


async def test_undo_ends_after_a_day(town: Town) -> None:
    card = await town.says(town.leader, "NV20 70%")
    await town.passes(hours=25)
    await town.leader.next_message()  # the next morning's reminders
    answer = await town.presses(town.leader, card, "Hoàn tác")
    assert "một ngày" in answer.text
    assert len(on_record(town, "NV20")) == 1


async def test_edit_corrects_and_keeps_both(town: Town) -> None:
    card = await town.says(town.leader, "NV20 70%")
    prompt = await town.presses(town.leader, card, "Sửa")
    corrected = await town.says(town.leader, "75%", reply_to=prompt)
    assert "75%" in corrected.text
    first, second = on_record(town, "NV20")
    assert (second.corrects, second.percent) == (first.id, 75)


async def test_editing_the_message_corrects_the_report(town: Town) -> None:
    said = town.leader.send("NV20 70%")
    await town.leader.next_message()
    town.leader.edit(said, "NV20 72%")
    card = await town.leader.next_message()
    assert "72%" in card.text
    first, second = on_record(town, "NV20")
    assert (second.corrects, second.percent) == (first.id, 72)


async def test_a_photo_with_a_report_is_evidence(town: Town) -> None:
    town.leader.photo(PICTURE, "NV20 70%")
    card = await town.leader.next_message()
    assert "1 tệp" in card.text
    rows = town.store.read_now(lambda s: len(s.scalars(select(EvidenceRow)).all()))
    assert rows == 1


async def test_a_photo_in_reply_to_the_card_is_evidence(town: Town) -> None:
    card = await town.says(town.leader, "NV20 70%")
    town.leader.photo(PICTURE, reply_to=card)
    answer = await town.leader.next_message()
    assert "1 tệp" in answer.text
    assert len(on_record(town, "NV20")) == 1


@pytest.mark.parametrize(("text", "percent"), [("90%", 90), ("xong cả rồi", None), ("được 90% rồi", 90)])
async def test_a_reply_to_several_items_is_asked_about(town: Town, text: str, percent: int | None) -> None:
    """What was talked about before is no answer: the reply is to the digest."""
    await town.says(town.leader, "CT07 tới đâu rồi?")
    await town.until("2025-06-18T08:00")
    digest = await town.leader.next_message()
    await town.settled()
    question = await town.says(town.leader, text, reply_to=digest)
    assert on_record(town, "CT07") == []
    named = [label for label in question.labels if label[:4] in digest.text]
    assert len(named) >= 2, question.text
    card = await town.presses(town.leader, question, named[-1])
    assert named[-1][:4] in card.text
    written = on_record(town, named[-1][:4])
    assert [r.percent for r in written if percent] == ([percent] if percent else [])


async def test_a_reply_to_a_message_about_nothing_writes_nothing(town: Town) -> None:
    """It may mean anything: the talk before does not count."""
    await town.says(town.leader, "CT07 tới đâu rồi?")
    thanks = await town.says(town.leader, "cảm ơn")
    await town.says(town.leader, "xong cả rồi", reply_to=thanks)
    assert on_record(town, "CT07") == []


async def test_a_bengali_reply_to_several_items_is_asked_about(town: Town) -> None:
    town.people["leader"].send("/language")
    await town.leader.next_message()
    await town.says(town.leader, "CT07 tới đâu rồi?")
    await town.until("2025-06-18T08:00")
    digest = await town.leader.next_message()
    await town.settled()
    question = await town.says(town.leader, "শেষ", reply_to=digest)
    assert on_record(town, "CT07") == []
    assert len([label for label in question.labels if label[:4] in digest.text]) >= 2
