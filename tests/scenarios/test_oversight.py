"""The whole cycle of inspection: what is put off, who is away, what is silent, who is urged, how a week goes."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.demo.people import Message, Person
from storage.outbox import backlog
from storage.tables import AuditRow, ItemRow
from tests.scenarios.conftest import Town

WEDNESDAY = date(2025, 6, 18)


async def told(town: Town, person: Person) -> list[Message]:
    """Everything the bot has written to a person, once nothing in the outbox is due any more."""
    async with asyncio.timeout(10):
        while town.store.read_now(backlog, town.clock.now()).due:  # noqa: ASYNC110 - a row tells nobody
            await asyncio.sleep(0.01)
    return [m for m in person.messages if m.from_bot]


async def mornings(town: Town, first: date, last: date) -> None:
    """Let the days pass, each seen at eight."""
    for n in range((last - first).days + 1):
        await town.until(f"{first + timedelta(n)}T08:00")
        await told(town, town.office)


def later(message: Message, code: str) -> str:
    """The data of the button that puts an item off."""
    row = next(row for row in message.buttons if row[0].label.startswith(code + " "))
    return row[-1].data or ""


async def turned(town: Town, person: Person, message: Message) -> list[Message]:
    """All pages of a message."""
    person.look()
    pages = [message]
    while "Sau ▶" in pages[-1].labels:
        pages.append(await town.presses(person, pages[-1], "Sau ▶"))
    return pages


def with_text(messages: list[Message], *words: str) -> list[Message]:
    return [m for m in messages if all(w in m.text for w in words)]


def audited(town: Town, action: str) -> list[str]:
    def read(session: Session) -> list[str]:
        return list(session.scalars(select(AuditRow.subject).where(AuditRow.action == action)))

    return town.store.read_now(read)


# ---------------------------------------------------------------- put off


async def test_an_item_put_off_by_a_press_comes_at_its_time_and_not_in_the_list(town: Town) -> None:
    await town.until("2025-06-18T08:00")
    digest = await town.leader.next_message()
    assert "NV27" in digest.text
    choice = await town.presses(town.leader, digest, later(digest, "NV27"))
    assert choice.labels[:3] == ("Ngày làm việc tới, 19/6", "Sau 3 ngày làm việc, 23/6", "Xin gia hạn")
    promise = await town.presses(town.leader, choice, "Sau 3 ngày làm việc, 23/6")
    assert "08:00, Thứ Hai 23/6" in promise.text
    assert "không có trong danh sách" in promise.text
    await mornings(town, WEDNESDAY + timedelta(1), date(2025, 6, 23))
    after = (await told(town, town.leader))[2:]
    assert len(with_text(after, "NV62")) >= 3  # what was not put off
    (own,) = with_text(after, "NV27")
    assert own.text.startswith("⏰ Nhắc việc theo hẹn")


async def test_putting_off_beyond_the_due_day_warns(town: Town) -> None:
    await town.until("2025-06-18T08:00")
    promise = await town.says(town.leader_bn, "১ জুলাই সকাল ৯টায় NV54 এর কথা মনে করিয়ে দিও")
    assert "৩০/৬/২০২৫" in promise.text
    assert "খেয়াল রাখবেন" in promise.text


async def test_in_words_without_a_code_the_items_of_the_list_are_offered(town: Town) -> None:
    await town.until("2025-06-19T08:00")
    digest, bengali = await town.leader.next_message(), await town.leader_bn.next_message()
    which = await town.says(town.leader, "nhắc lại 8h sáng mai", reply_to=digest)
    promise = await town.presses(town.leader, which, next(la for la in which.labels if la.startswith("NV27")))
    assert "08:00, Thứ Sáu 20/6" in promise.text
    which = await town.says(town.leader_bn, "২ ঘণ্টা পর মনে করিয়ে দিও")
    assert any(label.startswith("NV54") for label in which.labels)
    promise = await town.presses(town.leader_bn, which, next(la for la in which.labels if la.startswith("NV54")))
    assert "আজ ১০:00".replace("00", "০০") in promise.text
    assert "NV54" in bengali.text


async def test_what_was_reported_after_it_was_put_off_is_not_nagged_about(town: Town) -> None:
    await town.says(town.leader, "9h sáng mai nhắc em NV27")
    await town.passes(minutes=1)
    await town.says(town.leader, "NV27 85%")
    await mornings(town, WEDNESDAY + timedelta(1), WEDNESDAY + timedelta(1))
    await town.until("2025-06-19T09:00")
    assert with_text(await told(town, town.leader), "theo hẹn") == []


# ---------------------------------------------------------------- away


async def test_on_leave_the_deputy_is_reminded_meanwhile(town: Town) -> None:
    said = await town.says(town.leader_bn, "২০/৬ পর্যন্ত ছুটিতে আছি")
    assert "২০/৬/২০২৫ পর্যন্ত" in said.text
    assert "Ngô Thanh Tùng" in said.text
    assert "nghỉ đến hết 20/6/2025" in (await town.deputy.next_message()).text
    await mornings(town, WEDNESDAY + timedelta(1), WEDNESDAY + timedelta(1))
    assert with_text(await told(town, town.deputy), "NV54")
    assert len(await told(town, town.leader_bn)) == 1
    back = await town.presses(town.leader_bn, said, "আমি কাজে ফিরেছি")
    assert "স্বাগতম" in back.text


async def test_leave_by_command_and_in_words_and_nobody_stands_in(town: Town) -> None:
    asked = await town.says(town.leader, "/mute")
    assert "/mute 25/6" in asked.text
    said = await town.says(town.leader, "/mute 24/6")
    assert "hết 24/6/2025" in said.text
    assert "không có ai được nhắc" in said.text
    assert "trở lại" in (await town.says(town.leader, "/unmute")).text
    said = await town.says(town.leader, "dạ em nghỉ phép đến hết 20/6 ạ")
    assert "hết 20/6/2025" in said.text
    await mornings(town, WEDNESDAY, date(2025, 6, 23))
    after = with_text(await told(town, town.leader), "☀️")
    assert len(after) == 1
    assert "Thứ Hai, 23/6" in after[0].text


@pytest.mark.parametrize(("who", "said", "answer"), [
    ("leader", "từ mai đến 25/6 em nghỉ phép", "Từ 19/6/2025 đến hết 25/6/2025"),
    ("leader", "mai em nghỉ phép", "Ngày 19/6/2025, tôi tạm dừng"),
    ("leader", "em xin nghỉ đến cuối tháng ạ", "Đến hết 30/6/2025"),
    ("leader", "/mute 30.6", "Đến hết 30/6/2025"),
    ("leader", "nghỉ phép 3 ngày", "nghỉ đến ngày nào"),
    ("leader_bn", "কাল থেকে ২৫ জুন পর্যন্ত ছুটিতে থাকব", "১৯/৬/২০২৫ থেকে ২৫/৬/২০২৫"),
    ("leader_bn", "30/6 porjonto chutite achi", "৩০/৬/২০২৫ পর্যন্ত"),
    ("leader_bn", "ছুটিতে আছি", "কত তারিখ পর্যন্ত"),
])  # fmt: skip
async def test_a_leave_is_as_long_as_was_said(town: Town, who: str, said: str, answer: str) -> None:
    assert answer in (await town.says(town.people[who], said)).text


async def test_the_deputy_hears_of_a_leave_that_is_to_come_and_of_its_change(town: Town) -> None:
    await town.says(town.leader_bn, "কাল থেকে ২৫ জুন পর্যন্ত ছুটিতে থাকব")
    assert "nghỉ từ 19/6/2025 đến hết 25/6/2025" in (await town.deputy.next_message()).text
    await town.says(town.leader_bn, "কাল থেকে ৩০ জুন পর্যন্ত ছুটিতে থাকব")
    assert "đến hết 30/6/2025" in (await town.deputy.next_message()).text
    await mornings(town, WEDNESDAY, WEDNESDAY + timedelta(1))
    assert with_text(await told(town, town.leader_bn), "☀️") == []
    assert with_text(await told(town, town.deputy), "☀️", "NV54")


async def test_a_report_that_tells_of_somebodys_leave_is_a_report(town: Town) -> None:
    card = await town.says(town.leader, "NV27 85%, vướng vì cán bộ nghỉ phép đến 30/6")
    assert "85%" in card.text
    assert audited(town, "leave") == []


# ---------------------------------------------------------------- more time


async def test_the_office_grants_another_date(town: Town) -> None:
    await town.says(town.leader, "xin gia hạn NV13 đến 31/7 vì chờ vốn")
    card = await town.office.next_message()
    choice = await town.presses(town.office, card, "Ngày khác")
    assert "30/6/2025" in choice.labels
    decided = await town.presses(town.office, choice, "30/6/2025")
    assert "gia hạn đến 30/6/2025; đơn vị xin đến 31/7/2025 (thời hạn ban đầu 31/5/2025)" in decided.text
    assert "gia hạn đến 30/6/2025" in (await town.leader.next_message()).text


async def test_another_date_may_be_typed_and_must_be_later(town: Town) -> None:
    await town.says(town.leader, "xin gia hạn NV13 đến 31/7 vì chờ vốn")
    card = await town.office_bn.next_message()
    choice = await town.presses(town.office_bn, card, "অন্য তারিখ")
    early = await town.says(town.office_bn, "১ মে", reply_to=choice)
    assert "৩১/৫/২০২৫" in early.text
    decided = await town.says(town.office_bn, "১৫ জুলাই", reply_to=choice)
    assert "১৫/৭/২০২৫" in decided.text
    assert "15/7/2025" in (await town.leader.next_message()).text


async def test_a_request_that_waits_holds_escalation_back_but_not_the_reminders(town: Town) -> None:
    await town.until("2025-06-18T08:00")
    digest = await town.leader.next_message()
    choice = await town.presses(town.leader, digest, later(digest, "NV27"))
    question = await town.presses(town.leader, choice, "Xin gia hạn")
    assert "NV27" in question.text
    await town.presses(town.leader, question, question.labels[0])
    await mornings(town, WEDNESDAY + timedelta(1), date(2025, 6, 25))
    last = with_text(await told(town, town.leader), "☀️")[-1]
    assert "NV27" in last.text
    assert "đang xin gia hạn đến" in last.text
    (unheard,) = with_text(await told(town, town.office), "đã nhắc mà chưa có báo cáo")
    assert "NV27" not in unheard.text
    assert "NV62" in unheard.text


async def test_a_bengali_request_that_waits_is_shown_and_nobody_is_told_of_silence(town: Town) -> None:
    overdue(town, "NV54", date(2025, 6, 17))
    await mornings(town, WEDNESDAY, WEDNESDAY)
    await town.says(town.leader_bn, "NV54 এর সময় ১৫ জুলাই পর্যন্ত বাড়ান, কারণ কিউআর মেশিন আসেনি")
    await mornings(town, WEDNESDAY + timedelta(1), date(2025, 6, 25))
    last = with_text(await told(town, town.leader_bn), "☀️")[-1]
    assert "NV54" in last.text
    assert "১৫/৭/২০২৫" in last.text
    assert with_text(await told(town, town.deputy), "📭") == []
    assert with_text(await told(town, town.office_bn), "📭", "NV54") == []


# ---------------------------------------------------------------- silence


async def test_silence_goes_to_the_unit_the_office_and_the_chair_each_once(town: Town) -> None:
    overdue(town, "NV54", date(2025, 6, 17))
    await mornings(town, WEDNESDAY, date(2025, 7, 7))
    assert len(with_text(await told(town, town.deputy), "📭", "NV54", "2 ngày làm việc")) == 1
    assert len(with_text(await told(town, town.office), "📭", "NV54")) == 1
    (bengali,) = with_text(await told(town, town.office_bn), "📭", "NV54")
    assert "৫ কর্মদিবস ধরে প্রতিবেদন নেই" in bengali.text
    weeks = with_text(await told(town, town.chair), "🗓", "xin ý kiến Trưởng ban")
    assert len(weeks) == 1
    assert "NV54" in weeks[0].text
    assert "30/6 đến 6/7" in weeks[0].text


def overdue(town: Town, code: str, due: date) -> None:
    """Let an item have been due on a day."""

    def write(session: Session) -> None:
        row = session.scalars(select(ItemRow).where(ItemRow.code == code)).one()
        row.due = due

    town.store.write_now(write)


async def test_one_press_urges_the_unit_in_the_offices_name_and_is_limited(town: Town) -> None:
    await mornings(town, WEDNESDAY, date(2025, 6, 25))
    (unheard,) = with_text(await told(town, town.office), "📭", "NV27")
    town.office.press(unheard, "🔔 Đôn đốc NV27")
    assert "đã đôn đốc Phạm Đăng Khoa" in (await town.office.next_answer()).text
    (urged,) = with_text(await told(town, town.leader), "🔔")
    assert "Nguyễn Thị Hoài Thu (Cơ quan Thường trực) đôn đốc" in urged.text
    assert audited(town, "urge") == ["NV27"]
    (theirs,) = with_text(await told(town, town.office_bn), "📭", "NV27")
    town.office_bn.press(theirs, "🔔 NV27 তাগিদ")
    assert "০৮:০০" in (await town.office_bn.next_answer()).text
    town.leader.look()
    card = await town.presses(town.leader, urged, "NV27 xong")
    assert "100%" in card.text
    town.office.press(unheard, "🔔 Đôn đốc NV27")
    assert "đã hoàn thành" in (await town.office.next_answer()).text
    town.leader.forge("urge:0", urged)
    assert (await town.leader.next_answer()).text
    assert audited(town, "urge") == ["NV27"]


# ---------------------------------------------------------------- the week and the month


async def test_monday_tells_the_chair_what_has_changed_and_who_did_well(town: Town) -> None:
    await town.until("2025-06-18T08:00")
    await town.says(town.leader, "CT01 đạt")
    await town.says(town.leader, "NV13 vướng mặt bằng, đề xuất tỉnh giao đất")
    await mornings(town, WEDNESDAY + timedelta(1), date(2025, 6, 23))
    (week,) = with_text(await told(town, town.chair), "🗓 Tuần từ 16/6 đến 22/6")
    pages = await turned(town, town.chair, week)
    text = "\n".join(page.text for page in pages)
    assert "“mặt bằng" in text or "mặt bằng → " in text
    assert "27 đơn vị chưa báo cáo" in pages[0].text
    assert "• Sở Nội vụ, " in text.split("Đơn vị chưa báo cáo")[1]
    assert "Biểu dương\n👏 " in text
    assert "hoàn thành sớm CT21" in text
    assert len(pages) <= 3
    assert all(len(page.text) < 2500 for page in pages)
    (bengali,) = with_text(await told(town, town.office_bn), "🗓 ১৬/৬ থেকে ২২/৬ সপ্তাহ")
    assert "সিদ্ধান্তের অপেক্ষায়" in bengali.text
    assert with_text(await told(town, town.deputy), "🗓") == []


async def test_friday_is_one_short_line(town: Town) -> None:
    await town.until("2025-06-18T07:40")
    await town.says(town.leader, "NV27 xong")
    await town.until("2025-06-20T16:00")
    (line,) = with_text(await told(town, town.leader), "📅")
    assert "1 hoàn thành" in line.text
    assert "đề nghị cập nhật CT41, " in line.text
    assert len(line.text.splitlines()) <= 3
    (bengali,) = with_text(await told(town, town.leader_bn), "📅")
    assert "এ সপ্তাহে আপনার দপ্তর" in bengali.text
    assert with_text(await told(town, town.deputy), "📅") == []


async def test_what_was_reported_that_week_needs_nothing_on_friday(town: Town) -> None:
    """It stands behind, and is counted; but it has been reported on, or put off."""
    await town.says(town.leader_bn, "CT36 ৫০%")
    await town.says(town.leader_bn, "NV23 এর কথা ২৫ জুন মনে করিয়ে দিও")
    await town.until("2025-06-20T16:00")
    (line,) = with_text(await told(town, town.leader_bn), "📅")
    assert "পিছিয়ে" in line.text
    assert "আর কিছু করার দরকার নেই" in line.text


async def test_a_target_that_was_put_off_is_not_asked_about_at_the_months_end(town: Town) -> None:
    assert " 3/7" in (await town.says(town.leader, "nhắc em CT37 ngày 3/7")).text
    await town.until("2025-06-27T14:00")
    assert with_text(await told(town, town.leader), "📐") == []


async def test_figures_are_asked_for_and_given_by_a_press(town: Town) -> None:
    await town.until("2025-07-30T14:00")
    asked = with_text(await told(town, town.leader), "📐 Còn thiếu số liệu tháng 7/2025")
    assert len(asked) == 1
    label = asked[0].labels[0]
    prompt = await town.presses(town.leader, asked[0], label)
    assert label.split()[0] in prompt.text
    assert with_text(await told(town, town.deputy), "📐") == []
