"""Deadlines in one's own calendar program, the office's working days, and clocks that differ."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import Any

import icalendar

from bot.demo.people import Message, Person
from storage.outbox import backlog
from tests.scenarios.conftest import Town
from tests.scenarios.test_loading import changed, sent


async def told(town: Town, person: Person) -> list[Message]:
    """Everything the bot has written to a person, once nothing in the outbox is due any more."""
    async with asyncio.timeout(10):
        while town.store.read_now(backlog, town.clock.now()).due:  # noqa: ASYNC110 - a row tells nobody
            await asyncio.sleep(0.01)
    return [m for m in person.messages if m.from_bot]


def events(message: Message) -> dict[str, icalendar.Event]:
    """The events of a calendar file by UID, as another program reads them. Everything in it must be right."""
    assert message.document is not None
    file = icalendar.Calendar.from_ical(message.document.content)
    assert not file.errors
    assert file["VERSION"] == "2.0"
    found = {str(event["UID"]): event for event in file.walk("VEVENT")}
    assert len(found) == len(file.walk("VEVENT"))
    for event in found.values():
        assert {"DTSTAMP", "DTSTART", "SUMMARY"} <= set(event)
        assert not event.errors
    return found


async def test_a_leader_gets_their_deadlines_with_alarms(town: Town) -> None:
    sent = await town.says(town.leader_bn, "/calendar")
    assert "সময়সীমা" in sent.text
    found = events(sent)
    event = found["NV54-2025@tiendo"]
    assert event["DTSTART"].dt == date(2025, 6, 30)
    assert event["DTEND"].dt == date(2025, 7, 1)
    assert "NV54" in event["SUMMARY"]
    moments = sorted(alarm["TRIGGER"].dt for alarm in event.walk("VALARM"))
    start = datetime(2025, 6, 30)  # noqa: DTZ001 - a day in a calendar has no zone
    assert [start + m for m in moments] == [datetime(2025, 6, 25, 8), datetime(2025, 6, 27, 8)]  # noqa: DTZ001
    assert all(
        len(line.encode()) <= 75 for line in (sent.document.content if sent.document else b"").decode().split("\r\n")
    )


async def test_when_a_date_moves_the_file_comes_again(town: Town) -> None:
    before = events(await town.says(town.leader, "/calendar"))
    await town.until("2025-06-19T08:00")
    assert [m for m in await told(town, town.leader) if m.document][1:] == []
    town.leader.look()
    await town.says(town.leader, "xin gia hạn NV13 đến 31/7 vì chờ vốn")
    card = next(m for m in await told(town, town.office) if "Đồng ý" in m.labels)
    town.office.look()
    await town.presses(town.office, card, "Đồng ý")
    await town.until("2025-06-20T08:00")
    again = [m for m in await told(town, town.leader) if m.document]
    assert len(again) == 2
    assert "Thời hạn đã thay đổi" in again[1].text
    after = events(again[1])
    assert before["NV13-2025@tiendo"]["DTSTART"].dt == date(2025, 5, 31)
    assert after["NV13-2025@tiendo"]["DTSTART"].dt == date(2025, 7, 31)
    assert "ban đầu 31/5/2025" in after["NV13-2025@tiendo"]["DESCRIPTION"]
    assert after["NV13-2025@tiendo"]["SEQUENCE"] > before["NV13-2025@tiendo"]["SEQUENCE"]
    await town.until("2025-06-23T08:00")
    assert len([m for m in await told(town, town.leader) if m.document]) == 2


# ---------------------------------------------------------------- working days


async def test_the_office_sets_days_and_reminders_keep_to_them(town: Town) -> None:
    shown = await town.says(town.office, "/holidays")
    assert "30/8–2/9/2025" in shown.text or "2/9" in shown.text
    assert "nghỉ Thứ" not in shown.text
    assert "Thứ Năm 19/6/2025: nghỉ" in (await town.says(town.office, "/holidays nghỉ 19/6 họp tỉnh")).text
    assert "২১/৬/২০২৫: কাজ" in (await town.says(town.office_bn, "/holidays কাজ ২১/৬")).text
    assert "họp tỉnh" in (await town.says(town.office, "/holidays")).text
    for day in (19, 20, 21, 22):
        await town.until(f"2025-06-{day}T08:00")
        await told(town, town.leader)
    digests = [m.text for m in await told(town, town.leader) if m.text.startswith("☀️")]
    assert [text.split(":")[0] for text in digests] == ["☀️ Thứ Sáu, 20/6", "☀️ Thứ Bảy, 21/6"]


async def test_days_come_with_the_workbook_as_well(town: Town) -> None:
    """A day off is swapped for a Saturday."""

    def swapped(book: Any) -> None:
        days = book.create_sheet("Ngày nghỉ")
        for row in (("Ngày", "Loại", "Ghi chú"), ("19/6/2025", "nghỉ", "hoán đổi"), ("21/6/2025", "làm bù", "")):
            days.append(row)

    offer = await sent(town, "office", changed(swapped))
    await town.presses(town.office, offer, "Nạp kế hoạch")
    shown = (await town.says(town.office_bn, "/holidays")).text
    assert "১৯/৬/২০২৫: ছুটি (hoán đổi)" in shown
    assert "২১/৬/২০২৫: কাজ" in shown
    for day in (19, 20, 21):
        await town.until(f"2025-06-{day}T08:00")
        await told(town, town.leader)
    digests = [m.text for m in await told(town, town.leader) if m.text.startswith("☀️")]
    assert [text.split(":")[0] for text in digests] == ["☀️ Thứ Sáu, 20/6", "☀️ Thứ Bảy, 21/6"]


async def test_only_the_office_changes_days(town: Town) -> None:
    refused = await town.says(town.leader, "/holidays nghỉ 19/6")
    assert "không" in refused.text
    assert "19/6" not in (await town.says(town.leader, "/holidays")).text
    assert "/holidays nghỉ" in (await town.says(town.office, "/holidays 19/6")).text


# ---------------------------------------------------------------- clocks


async def test_somebody_abroad_is_reminded_at_their_own_eight(town: Town) -> None:
    shown = await town.says(town.leader_bn, "/timezone Asia/Dhaka")
    assert "Asia/Dhaka" in shown.text
    assert "০৬:৩০" in shown.text
    await town.until("2025-06-19T08:00")
    assert len(await told(town, town.leader_bn)) == 1
    await town.until("2025-06-19T08:59")
    assert len(await told(town, town.leader_bn)) == 1
    await town.until("2025-06-19T09:00")
    assert "NV54" in (await told(town, town.leader_bn))[-1].text
    await town.passes(hours=1)
    assert len(await told(town, town.leader_bn)) == 2
    town.leader.look()
    assert "Mars" in (await town.says(town.leader, "/timezone Mars/Olympus")).text
    town.leader_bn.look()
    back = await town.says(town.leader_bn, "/timezone -")
    assert "Asia/Ho_Chi_Minh" in back.text
