"""Reminders leave by themselves, say what is true, and are answered by a press or a reply."""

from __future__ import annotations

import asyncio

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.demo.people import Message, Person
from bot.rules.people import Post
from bot.rules.plan import Role
from bot.services.people import invite, plan_in_force
from bot.services.reminding import DIGEST
from storage.outbox import backlog
from storage.tables import OutboxRow
from tests.scenarios.conftest import Town, town_of

WEDNESDAY, THURSDAY = "2025-06-18T08:00", "2025-06-19T08:00"


async def all_told(town: Town, person: Person) -> list[str]:
    """Everything the bot has written to a person, once nothing in the outbox is due any more."""
    async with asyncio.timeout(10):
        while town.store.read_now(backlog, town.clock.now()).due:  # noqa: ASYNC110 - a row tells nobody
            await asyncio.sleep(0.01)
    return [m.text for m in person.messages if m.from_bot]


def in_row(message: Message, code: str) -> tuple[str, ...]:
    """What is written on the buttons of an item."""
    return next(tuple(b.label for b in row) for row in message.buttons if row[0].label.startswith(code + " "))


async def test_at_eight_each_leader_gets_one_digest_in_their_language(town: Town) -> None:
    await town.until(THURSDAY)
    vietnamese, bengali = await town.leader.next_message(), await town.leader_bn.next_message()
    assert "Thứ Năm, 19/6: 4 việc quá hạn, 4 việc sắp đến hạn." in vietnamese.text
    assert "ví dụ “NV27 90%”" in vietnamese.text  # 80% is on record: an example goes on, never back
    assert vietnamese.text.index("NV27") < vietnamese.text.index("CT07")  # the overdue before what is due soon
    assert "বৃহস্পতিবার, ১৯/৬: ২টি কাজের মেয়াদ ঘনিয়ে আসছে।" in bengali.text
    assert "শেষ দিন ৩০/৬, আর ৭ কর্মদিবস বাকি" in bengali.text
    await town.passes(seconds=30)
    await town.passes(hours=2)
    assert len(await all_told(town, town.leader)) == 1
    assert await all_told(town, town.deputy) == []  # the unit has a leader


async def test_the_second_page_is_shown_in_the_same_message(town: Town) -> None:
    await town.until(THURSDAY)
    digest = await town.leader.next_message()
    second = await town.presses(town.leader, digest, "Sau ▶")
    assert second.message_id == digest.message_id
    assert "Trang 2/2" in second.text
    first = await town.presses(town.leader, second, "◀ Trước")
    assert first.text == digest.text


async def test_done_under_a_reminder_is_a_report_like_any_other(town: Town) -> None:
    await town.until(WEDNESDAY)
    digest = await town.leader.next_message()
    card = await town.presses(town.leader, digest, "NV27 xong")
    assert "100%" in card.text
    assert "quá hạn" in card.text
    assert card.labels
    again = await town.presses(town.leader, digest, "NV27 xong")
    assert "đã" in again.text
    assert not again.labels  # nothing was recorded, so there is nothing to undo


async def test_a_percent_is_chosen_or_typed(town: Town) -> None:
    await town.until(WEDNESDAY)
    digest = await town.leader.next_message()
    choice = await town.presses(town.leader, digest, "NV13 %")
    assert choice.labels[:4] == ("25%", "50%", "75%", "90%")
    card = await town.presses(town.leader, choice, "90%")
    assert "70% → 90%" in card.text
    prompt = await town.presses(town.leader, choice, choice.labels[-1])
    corrected = await town.says(town.leader, "95", reply_to=prompt)
    assert "90% → 95%" in corrected.text


async def test_a_measured_target_is_asked_for_its_value(town: Town) -> None:
    await town.until(WEDNESDAY)
    digest = await town.leader.next_message()
    prompt = await town.presses(town.leader, digest, "CT41 %")
    card = await town.says(town.leader, "95,5", reply_to=prompt)
    assert "93,5% → 95,5%" in card.text


async def test_a_difficulty_is_kept_in_the_leaders_words(town: Town) -> None:
    await town.until(THURSDAY)
    digest = await town.leader_bn.next_message()
    prompt = await town.presses(town.leader_bn, digest, in_row(digest, "NV54")[-2])
    assert "NV54" in prompt.text
    card = await town.says(town.leader_bn, "কিউআর স্ট্যান্ড এখনো আসেনি", reply_to=prompt)
    assert "কিউআর স্ট্যান্ড এখনো আসেনি" in card.text
    assert card.labels


async def test_what_was_reported_before_eight_is_not_in_the_digest(town: Town) -> None:
    await town.says(town.leader, "NV27 85%")
    await town.until(WEDNESDAY)
    digest = await town.leader.next_message()
    assert "NV27" not in digest.text
    assert "NV62" in digest.text


async def test_a_report_says_blocked_and_the_office_knows_at_once(town: Town) -> None:
    await town.says(town.leader, "NV13 tạm dừng, chờ mặt bằng")
    vietnamese, bengali = await town.office.next_message(), await town.office_bn.next_message()
    assert "chờ mặt bằng" in vietnamese.text
    assert "Sở Thông tin và Truyền thông" in vietnamese.text
    assert "একটি কাজ বন্ধ হয়ে আছে" in bengali.text


async def test_at_five_the_office_gets_the_days_reports(town: Town) -> None:
    await town.says(town.leader, "NV27 85%")
    await town.until("2025-06-18T17:00")
    digest = await town.office.next_message()
    assert "NV27" in digest.text
    assert "85% · Sở Thông tin và Truyền thông · Phạm Đăng Khoa" in digest.text
    opened = await town.presses(town.office, digest, "NV27")
    assert "NV27" in opened.text
    assert opened.message_id != digest.message_id


async def test_forged_presses_under_a_digest_show_and_write_nothing(town: Town) -> None:
    await town.until(WEDNESDAY)
    digest = await town.leader.next_message()
    for data in ("tell:done:99", "tell:x:0", "digest:yesterday:1", "day:20250601T000000:20250630T000000:0"):
        town.leader.forge(data, digest)
        assert (await town.leader.next_answer()).text
    assert len(await all_told(town, town.leader)) == 1


async def test_nothing_comes_on_a_weekend_and_monday_catches_up_in_one_message(town: Town) -> None:
    await town.until("2025-06-21T08:00")
    await town.until("2025-06-22T08:00")
    assert await all_told(town, town.leader) == []
    await town.until("2025-06-23T09:40")  # a late start
    assert "Thứ Hai, 23/6" in (await town.leader.next_message()).text
    assert len(await all_told(town, town.leader)) == 1


async def test_a_second_process_and_a_restart_send_nothing_twice(database: str) -> None:
    async with town_of(database) as first:
        await first.until(WEDNESDAY)
        assert "Thứ Tư" in (await first.leader.next_message()).text
    async with town_of(database) as second:
        await second.until("2025-06-18T09:00")
        assert await all_told(second, second.leader) == []
        rows = second.store.read_now(_states)
    assert set(rows) == {"sent"}


def _states(session: Session) -> list[str]:
    return list(session.scalars(select(OutboxRow.state).where(OutboxRow.kind == DIGEST)))


async def test_a_leader_who_is_gone_is_told_to_the_office_once(town: Town) -> None:
    town.leader.deactivate()
    await town.until(WEDNESDAY)
    notice = await town.office.next_message()
    assert "Phạm Đăng Khoa" in notice.text
    await town.until(THURSDAY)
    assert len(await all_told(town, town.office)) == 1


async def test_whoever_joins_after_the_reminders_gets_theirs(town: Town) -> None:
    """Once: the others are not reminded again."""
    await town.until("2025-06-18T08:00")
    await town.leader.next_message()
    plan = town.store.read_now(plan_in_force, town.clock.today())
    assert plan is not None
    post, now = Post("CUCTHUE", Role.LEADER), town.clock.now()
    link = town.store.write_now(invite, None, plan, post, "Tô Thị Minh Châu", now, 7)
    late = town.server.person("Tô Thị Minh Châu", user_id=7007, language_code="vi")
    late.start(link.token)
    await late.next_message()
    await town.passes(seconds=5)
    digest = await late.next_message()
    assert "CT30" in digest.text
    assert town.leader.look() == []
