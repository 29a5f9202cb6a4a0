"""A leader asks for more time and the office decides; anybody asks to be reminded and is."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.tables import AuditRow, ExtensionRow, ItemRow, ReminderRow
from tests.scenarios.conftest import Town

ASKED = "xin gia hạn NV13 đến 31/7 vì đường vào Bác Ái chưa sửa xong"


def seen(town: Town, *columns: Any) -> list[tuple[Any, ...]]:
    """Columns of one table, in the order written."""

    def read(session: Session) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in session.execute(select(*columns))]

    return town.store.read_now(read)


def dates(town: Town, code: str) -> tuple[Any, ...]:
    """The original and the approved due date of an item."""
    return next((due, ext) for c, due, ext in seen(town, ItemRow.code, ItemRow.due, ItemRow.extended) if c == code)


async def test_an_extension_is_asked_for_and_approved(town: Town) -> None:
    sent = await town.says(town.leader, ASKED)
    assert "Thời hạn 31/5/2025, xin đến 31/7/2025" in sent.text
    card = await town.office.next_message()
    assert "đường vào Bác Ái chưa sửa xong" in card.text
    assert "Phạm Đăng Khoa, Sở Thông tin và Truyền thông" in card.text
    assert "9/6 70%" in card.text  # the last reports
    assert dates(town, "NV13") == (date(2025, 5, 31), None)  # nothing counts before the office has decided
    decided = await town.presses(town.office, card, "Đồng ý")
    assert decided.message_id == card.message_id
    assert not decided.labels
    told = await town.leader.next_message()
    assert "gia hạn đến 31/7/2025 (thời hạn ban đầu 31/5/2025)" in told.text
    assert dates(town, "NV13") == (date(2025, 5, 31), date(2025, 7, 31))
    assert [a for (a,) in seen(town, AuditRow.action)][-2:] == ["extend_ask", "extend_approved"]


async def test_an_extension_is_refused_and_the_deadline_stays(town: Town) -> None:
    await town.says(town.leader, ASKED)
    card = await town.office_bn.next_message()
    assert "মেয়াদ বাড়ানোর অনুরোধ" in card.text
    await town.presses(town.office_bn, card, "নামঞ্জুর")
    assert "không được chấp thuận; thời hạn vẫn là 31/5/2025" in (await town.leader.next_message()).text
    assert dates(town, "NV13") == (date(2025, 5, 31), None)


async def test_both_dates_stay_wherever_the_item_is_told_of(town: Town) -> None:
    await town.says(town.leader, "xin gia hạn NV13 đến 30/6 vì chờ vốn")
    await town.presses(town.office, await town.office.next_message(), "Đồng ý")
    await town.leader.next_message()
    assert "ban đầu 31/5/2025" in (await town.says(town.leader, "NV13 tới đâu rồi?")).text
    assert (
        "hạn 30/6 · hạn ban đầu 31/5/2025"
        in (await town.says(town.leader, "việc nào của tôi đến hạn trong tháng 6?")).text
    )
    await town.office_bn.next_message()
    listed = await town.says(town.office_bn, "তথ্য ও যোগাযোগ বিভাগের কোন কোন কাজ জুনে শেষ হবে?")
    assert "মূল সময়সীমা ৩১/৫/২০২৫" in listed.text
    await town.until("2025-06-25T08:00")
    digest = (await town.leader.next_message()).text
    assert "NV13" in digest
    assert "ban đầu 31/5/2025" in digest


async def test_only_the_first_decision_counts(town: Town) -> None:
    await town.says(town.leader, ASKED)
    mine, theirs = await town.office.next_message(), await town.office_bn.next_message()
    await town.presses(town.office, mine, "Không đồng ý")
    late = await town.presses(town.office_bn, theirs, "অনুমোদন")
    assert "আগেই সিদ্ধান্ত হয়েছে" in late.text
    assert dates(town, "NV13")[1] is None


async def test_a_second_request_for_the_item_replaces_the_first(town: Town) -> None:
    await town.says(town.leader, ASKED)
    first = await town.office.next_message()
    second = await town.says(town.leader, "xin gia hạn NV13 đến 31/8 vì chưa có mặt bằng")
    assert "thay cho đề nghị trước (đến 31/7/2025)" in second.text
    await town.office.next_message()
    assert [s for (s,) in seen(town, ExtensionRow.state)] == ["replaced", "pending"]
    overtaken = await town.presses(town.office, first, "Đồng ý")
    assert "đã được thay bằng đề nghị mới" in overtaken.text
    assert "không có gì thay đổi" not in overtaken.text
    assert dates(town, "NV13")[1] is None


async def test_without_a_date_the_bot_asks_and_a_button_answers(town: Town) -> None:
    question = await town.says(town.leader, "xin gia hạn NV13 vì chưa có mặt bằng")
    assert "30/6/2025" in question.labels
    sent = await town.presses(town.leader, question, "31/7/2025")
    assert "31/7/2025" in sent.text
    assert "Lý do: chưa có mặt bằng" in sent.text


async def test_the_date_may_be_typed_as_well(town: Town) -> None:
    await town.says(town.leader, "xin gia hạn NV13")
    sent = await town.says(town.leader, "30/9")
    assert "xin đến 30/9/2025" in sent.text


async def test_what_cannot_be_extended_is_said_and_nothing_is_written(town: Town) -> None:
    earlier = await town.says(town.leader, "xin gia hạn NV13 đến 30/4/2025 vì chờ vốn")
    assert "31/5/2025" in earlier.text
    other = await town.says(town.leader_bn, "NV13 এর সময় ৩১ জুলাই পর্যন্ত বাড়ান")
    assert "দায়িত্বে" in other.text
    assert seen(town, ExtensionRow.id) == []


async def test_a_leader_cannot_forge_the_offices_decision(town: Town) -> None:
    sent = await town.says(town.leader, ASKED)
    ((request_id,),) = seen(town, ExtensionRow.id)
    town.leader.forge(f"extension:yes:{request_id}", sent)
    assert (await town.leader.next_answer()).text
    assert seen(town, ExtensionRow.state) == [("pending",)]


# ---------------------------------------------------------------- personal reminders


async def test_a_reminder_is_promised_and_comes_at_its_minute(town: Town) -> None:
    promise = await town.says(town.leader, "30p nữa nhắc em NV28")
    assert "08:00 hôm nay" in promise.text
    await town.passes(minutes=29)
    await town.passes(minutes=1, seconds=5)
    told = [(await town.leader.next_message()).text for _ in range(2)]  # the morning's digest comes as well
    assert any("Nhắc việc theo hẹn" in text and "NV28" in text for text in told)


async def test_a_bengali_reminder_for_tomorrow(town: Town) -> None:
    promise = await town.says(town.leader_bn, "কাল সকাল ৯টায় NV54 এর কথা মনে করিয়ে দিও")
    assert "বৃহস্পতিবার ১৯/৬, ০৯:০০" in promise.text
    await town.until("2025-06-19T09:00")
    told = [(await town.leader_bn.next_message()).text for _ in range(2)]
    assert any("মনে করিয়ে দিতে বলেছিলেন" in text and "NV54" in text for text in told)


async def test_without_a_time_the_bot_asks(town: Town) -> None:
    question = await town.says(town.leader, "nhắc tôi NV27")
    promise = await town.presses(town.leader, question, "08:00, Thứ Năm 19/6")
    assert "08:00, Thứ Năm 19/6" in promise.text
    question = await town.says(town.leader, "nhắc tôi NV62")
    dropped = await town.presses(town.leader, question, "Thôi")
    assert not dropped.labels
    assert len(seen(town, ReminderRow.id)) == 1


async def test_a_reminder_at_night_comes_in_the_morning_and_says_so(town: Town) -> None:
    promise = await town.says(town.leader, "23h hôm nay nhắc tôi NV27")
    assert "06:30, Thứ Năm 19/6" in promise.text
    assert "ban đêm" in promise.text


async def test_a_moment_that_has_passed_is_refused(town: Town) -> None:
    refused = await town.says(town.leader, "6h sáng nay nhắc tôi NV27")
    assert "đã qua" in refused.text
    assert seen(town, ReminderRow.id) == []
