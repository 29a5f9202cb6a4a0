"""Groups: linked by the office, answered when addressed, nothing personal; a digest a week; moved, and removed."""

from __future__ import annotations

import asyncio

from bot.demo.people import Group, Message, Person
from storage.groups import group_in
from storage.outbox import backlog
from tests.scenarios.conftest import Town

PRIVATE = "Tôi trả lời trong cuộc trò chuyện riêng"


async def settled(town: Town) -> None:
    """Until nothing in the outbox is due any more."""
    async with asyncio.timeout(10):
        while town.store.read_now(backlog, town.clock.now()).due:  # noqa: ASYNC110 - a row tells nobody
            await asyncio.sleep(0.01)


async def told(town: Town, person: Person, words: str) -> list[str]:
    await settled(town)
    return [m.text for m in person.messages if m.from_bot and words in m.text]


async def says(group: Group, person: Person, text: str, thread: int | None = None) -> Message:
    group.look()
    group.send(person, text, thread=thread)
    return await group.next_message()


async def linked(town: Town, said: str, *, forum: bool = False, thread: int | None = None) -> Group:
    """A group that the office has linked."""
    group = town.server.group("Tổ công tác", [town.office, town.leader, town.leader_bn], forum=forum)
    group.add_bot(town.office)
    await town.office.next_message()
    assert "liên kết với" in (await says(group, town.office, f"/link {said}", thread)).text
    return group


async def test_the_office_hears_of_a_group_and_links_it(town: Town) -> None:
    group = town.server.group("Tổ công tác Sở Y tế", [town.leader_bn, town.office])
    group.add_bot(town.leader_bn)
    notice = await town.office.next_message()
    assert "Đặng Thị Lan Phương đã thêm trợ lý vào nhóm “Tổ công tác Sở Y tế”" in notice.text
    assert "/link" in (await town.office_bn.next_message()).text
    before = await says(group, town.leader_bn, "@tien_do_bot কোন কোন কাজ পিছিয়ে আছে?")
    assert "NV" not in before.text
    assert (await says(group, town.leader_bn, "/link SYT")).text == before.text  # only the office links
    assert "STTTT" in (await says(group, town.office, "/link XYZ")).text
    after = await says(group, town.office, "/link syt")
    assert "liên kết với Sở Y tế" in after.text


async def test_a_question_is_answered_for_everybody_without_names_and_buttons(town: Town) -> None:
    group = await linked(town, "STTTT")
    answer = await says(group, town.leader, "@tien_do_bot chỉ tiêu nào đang chậm?")
    assert "CT" in answer.text
    assert not answer.labels
    detail = await says(group, town.leader_bn, "NV13 tới đâu rồi @tien_do_bot?")
    assert "NV13" in detail.text
    assert "70%" in detail.text
    for name in ("Phạm Đăng Khoa", "Đặng Thị Lan Phương"):
        assert name not in answer.text + detail.text
    assert "CT" in (await says(group, town.leader, "/behind")).text


async def test_nothing_is_done_in_a_group_and_who_does_not_address_the_bot_is_left_alone(town: Town) -> None:
    group = await linked(town, "*")
    group.privacy = False
    group.look()
    group.send(town.leader, "NV27 xong")
    group.send(town.leader, "chỉ tiêu nào đang chậm?")
    for text in ("@tien_do_bot NV27 xong", "@tien_do_bot nhắc tôi NV27 9h mai", "@tien_do_bot ai phụ trách CT07?"):
        assert PRIVATE in (await says(group, town.leader, text)).text
    stranger = await says(group, town.stranger, "@tien_do_bot chỉ tiêu nào đang chậm?")
    assert "CT" not in stranger.text
    assert len([m for m in group.messages if m.from_bot]) == 5  # the link, three and the stranger


async def test_the_weeks_digest_comes_to_the_topic_that_was_linked(town: Town) -> None:
    forum = await linked(town, "STTTT", forum=True, thread=42)
    await town.until("2025-06-23T08:00")
    await settled(town)
    weeks = [m for m in forum.messages if m.from_bot and "🗓" in m.text]
    assert len(weeks) == 1
    assert weeks[0].raw["message_thread_id"] == 42
    assert "Sở Y tế" not in weeks[0].text
    assert not weeks[0].labels
    await town.passes(hours=1)
    await settled(town)
    assert len([m for m in forum.messages if m.from_bot and "🗓" in m.text]) == 1


async def test_a_group_that_becomes_a_supergroup_keeps_working(town: Town) -> None:
    group = await linked(town, "*")
    group.migrate()
    answer = await says(group, town.leader, "@tien_do_bot chỉ tiêu nào đang chậm?")
    assert "CT" in answer.text
    await town.until("2025-06-23T08:00")
    await settled(town)
    assert [m for m in group.messages if m.from_bot and "🗓" in m.text]
    known = town.store.read_now(group_in, group.id)
    assert known is not None
    assert known.linked


async def test_being_removed_is_told_to_the_office_once_and_ends_the_digests(town: Town) -> None:
    group = await linked(town, "STTTT")
    group.remove_bot(town.leader)
    await asyncio.wait_for(_removed(town, group), 10)
    assert len(await told(town, town.office, "đã bị đưa ra khỏi nhóm “Tổ công tác”")) == 1
    assert len(await told(town, town.office_bn, "গ্রুপ থেকে আমাকে সরানো হয়েছে")) == 1
    await town.until("2025-06-23T08:00")
    await settled(town)
    assert len(await told(town, town.office, "đã bị đưa ra khỏi nhóm")) == 1
    assert await told(town, town.office, "không nhận được tin") == []
    group.add_bot(town.office)
    assert PRIVATE in (await says(group, town.leader, "@tien_do_bot chỉ tiêu nào đang chậm?")).text


async def _removed(town: Town, group: Group) -> None:
    while town.store.read_now(group_in, group.id) is not None:  # noqa: ASYNC110 - a row tells nobody
        await asyncio.sleep(0.01)
