"""People come in by a link, see what they may, choose their language, go and are removed; strangers see nothing."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.__main__ import main
from bot.demo.people import Message, Person
from bot.demo.store import Answer
from bot.rules.people import Post
from bot.rules.plan import Role
from bot.services.people import invite, plan_in_force
from storage.tables import AuditRow, ChatRow, InviteRow, PersonRow
from tests.scenarios.conftest import CAST, Town

Command = Callable[..., Awaitable[tuple[int, list[str], str]]]

VIETNAMESE = "Trợ lý này phục vụ thành viên Ban Chỉ đạo; anh/chị vui lòng xin lời mời từ Cơ quan Thường trực."
BENGALI = "এই সহায়ক পরিচালনা কমিটির সদস্যদের জন্য; অনুগ্রহ করে স্থায়ী দপ্তরের কাছে আমন্ত্রণ চান।"
POLITE = f"{VIETNAMESE}\n{BENGALI}"
DENIED = "Vai trò của anh/chị không có quyền này."
LATIN = re.compile(r"[A-Za-z]{3,}")


def token(town: Town, unit: str, role: Role, name: str | None = None, days: int = 14) -> str:
    """A link's token as the command line makes it."""
    plan = town.store.read_now(plan_in_force, town.clock.today())
    assert plan is not None
    return town.store.write_now(invite, None, plan, Post(unit, role), name, town.clock.now(), days).token


def traces(town: Town, action: str) -> list[AuditRow]:
    """The audit's entries of one kind."""

    def read(session: Session) -> list[AuditRow]:
        return list(session.scalars(select(AuditRow).where(AuditRow.action == action)))

    return town.store.read_now(read)


def only_row(town: Town, query: Any) -> Any:
    """One value of the database."""
    return town.store.read_now(lambda session: session.scalars(query).one())


async def opens(town: Town, person: Person, link: str) -> Message:
    person.start(link)
    return await person.next_message()


# ---------------------------------------------------------------- joining


async def test_a_link_enrols_greets_and_shows_the_units_items_and_what_to_say(town: Town) -> None:
    minh = town.server.person("Katơr", "Minh", user_id=2001)
    welcome = await opens(town, minh, token(town, "TBAC", Role.LEADER))
    await town.server.wait_until(lambda: dict(minh.commands).get("leave"))

    assert "Kính chào anh/chị Katơr Minh!" in welcome.text
    assert "UBND huyện Thuận Bắc – Thủ trưởng đơn vị" in welcome.text
    assert re.search(r"UBND huyện Thuận Bắc chủ trì \d+ chỉ tiêu, nhiệm vụ", welcome.text)
    assert "Chỉ tiêu nào đang chậm tiến độ?" in welcome.text
    own = re.search(r"• (\w+) 60%", welcome.text)
    assert own and own[1] in welcome.text.split("Anh/chị cứ nhắn")[0], "the example names an item of their own"
    assert dict(minh.commands)["behind"] == "những việc đang chậm tiến độ"
    assert "invite" not in dict(minh.commands)
    assert only_row(town, select(ChatRow).where(ChatRow.chat_id == 2001)).closed is None
    assert [t.detail for t in traces(town, "join")] == [{"unit": "TBAC", "role": "leader"}]


async def test_somebody_of_the_people_sheet_is_greeted_by_name_in_their_language(town: Town) -> None:
    account = town.server.person("Chị Lan", user_id=2002, language_code="en")
    welcome = await opens(town, account, token(town, "SYT", Role.LEADER, "  đặng thị lan phương "))

    assert "স্বাগতম, Đặng Thị Lan Phương!" in welcome.text
    assert "স্বাস্থ্য বিভাগ – দপ্তর প্রধান" in welcome.text
    assert "কোন লক্ষ্যমাত্রাগুলো পিছিয়ে আছে?" in welcome.text
    assert not re.search(r"\d", re.sub(r"(CT|NV)\d+", "", welcome.text).translate(_without_bengali_digits()))


def _without_bengali_digits() -> dict[int, None]:
    return dict.fromkeys(map(ord, "০১২৩৪৫৬৭৮৯"))


@pytest.mark.parametrize(("telegram", "greeting"), [("bn", "স্বাগতম"), ("en", "Kính chào"), ("", "Kính chào")])
async def test_without_a_name_the_account_decides_the_language(town: Town, telegram: str, greeting: str) -> None:
    account = town.server.person("Anh", user_id=2003, language_code=telegram)
    assert (await opens(town, account, token(town, "SNV", Role.DEPUTY))).text.startswith(greeting)


async def test_a_link_works_once_and_welcomes_its_own_person_again(town: Town) -> None:
    link = token(town, "SNV", Role.DEPUTY)
    first = town.server.person("Người thứ nhất", user_id=2004)
    second = town.server.person("Người thứ hai", user_id=2005)
    await opens(town, first, link)

    refused = await opens(town, second, link)
    again = await opens(town, first, link)
    assert "Lời mời này đã được sử dụng" in refused.text
    assert "আমন্ত্রণটি আগেই ব্যবহার করা হয়েছে" in refused.text
    assert "Kính chào anh/chị Người thứ nhất" in again.text
    assert len(traces(town, "join")) == 1
    assert (await town.says(second, "chỉ tiêu nào đang chậm?")).text == POLITE


async def test_an_expired_and_a_withdrawn_link_say_so(town: Town) -> None:
    late, withdrawn = token(town, "SNV", Role.DEPUTY, days=1), token(town, "SNV", Role.DEPUTY)
    invitation = only_row(town, select(InviteRow).order_by(InviteRow.id.desc()).limit(1))
    card = await town.says(town.office, "/people")
    card = await town.presses(town.office, card, "invitations:0")
    card = await town.presses(town.office, card, f"invitation:{invitation.id}")
    closed = await town.presses(town.office, card, "Thu hồi")
    await town.passes(hours=25)

    assert "Đã thu hồi lời mời" in closed.text
    assert "Lời mời này đã hết hạn" in (await opens(town, town.stranger, late)).text
    assert "Lời mời này đã được thu hồi" in (await opens(town, town.stranger, withdrawn)).text
    assert [t.person_id for t in traces(town, "revoke")] == [4]


async def test_guessing_is_stopped_for_an_hour(town: Town) -> None:
    for n in range(5):
        assert "Lời mời này không có trong hệ thống" in (await opens(town, town.stranger, f"guess-{n}")).text
    good = token(town, "SNV", Role.DEPUTY)
    stopped = await opens(town, town.stranger, good)
    await town.passes(minutes=61)
    welcome = await opens(town, town.stranger, good)

    assert "thử lại sau một giờ" in stopped.text
    assert "এক ঘণ্টা পরে" in stopped.text
    assert "Kính chào" in welcome.text


async def test_the_link_itself_may_be_sent_as_a_text(town: Town) -> None:
    link = f"https://t.me/tien_do_bot?start={token(town, 'SNV', Role.DEPUTY)}"
    assert "Kính chào" in (await town.says(town.stranger, f"Mời anh: {link}")).text


async def test_a_second_link_adds_a_post(town: Town) -> None:
    welcome = await opens(town, town.deputy, token(town, "TTHCC", Role.LEADER))
    me = await town.says(town.deputy, "/me")

    assert "Ngô Thanh Tùng" in welcome.text
    assert "Sở Y tế – Phó Thủ trưởng đơn vị" in me.text
    assert "Trung tâm Phục vụ hành chính công tỉnh – Thủ trưởng đơn vị" in me.text


async def test_a_name_that_looks_like_html_is_shown_as_it_is(town: Town) -> None:
    odd = town.server.person("<b>An</b> & <i>", user_id=2006)
    assert "Kính chào anh/chị <b>An</b> & <i>!" in (await opens(town, odd, token(town, "SNV", Role.DEPUTY))).text


# ---------------------------------------------------------------- the command line


@pytest.fixture
def command(town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `python -m bot …` beside the bot; gives its exit code, its lines, and what it complained of."""
    settings = town.bot.desk.settings
    monkeypatch.setenv("TIENDO_TOKEN", town.server.token)
    monkeypatch.setenv("TIENDO_API_URL", settings.api_url)
    monkeypatch.setenv("TIENDO_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("TIENDO_NOW", "2025-06-18T07:30:00")

    async def run(*argv: str) -> tuple[int, list[str], str]:
        capsys.readouterr()
        code = await asyncio.to_thread(main, argv)
        said = capsys.readouterr()
        return code, said.out.splitlines(), said.err

    return run


async def test_the_command_prints_only_a_link_that_enrols(town: Town, command: Command) -> None:
    code, lines, _ = await command("invite", "--unit", "sở tư pháp", "--role", "leader")
    assert code == 0
    assert len(lines) == 1
    found = re.fullmatch(r"https://t\.me/tien_do_bot\?start=([\w-]{43})", lines[0])
    assert found
    assert "Sở Tư pháp – Thủ trưởng đơn vị" in (await opens(town, town.stranger, found[1])).text


async def test_the_command_invites_all_who_have_not_joined(town: Town, command: Command) -> None:
    code, lines, _ = await command("invite", "--all")
    rows = [line.split("\t") for line in lines]
    assert code == 0
    assert len(rows) == 37 - len(CAST)
    assert not {row[1] for row in rows} & {who.name for who in CAST.values()}
    link, name, unit, role = rows[0]
    assert (name, unit, role) == ("Huỳnh Tấn Lộc", "VPUB", "leader")
    assert name in (await opens(town, town.stranger, link.partition("start=")[2])).text


async def test_without_an_answer_of_telegram_the_command_prints_what_to_send(
    town: Town, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIENDO_API_URL", "http://127.0.0.1:9")
    code, lines, _ = await command("invite", "--unit", "STP", "--role", "leader", "--name", "Bùi Thị Thanh Nga")
    assert code == 0
    assert re.fullmatch(r"/start [\w-]{43}", lines[0])
    assert "Bùi Thị Thanh Nga" in (await town.says(town.stranger, lines[0])).text


@pytest.mark.parametrize(
    ("argv", "code", "says"),
    [
        (["--unit", "SYTT", "--role", "leader"], 1, "Có phải là: SYT"),
        (["--unit", "SYT"], 2, "--all"),
        (["--all", "--unit", "SYT", "--role", "leader"], 2, "--all"),
        ([], 2, "--all"),
    ],
)
async def test_a_wrong_command_says_what_is_wrong(command: Command, argv: list[str], code: int, says: str) -> None:
    ended, lines, complaint = await command("invite", *argv)
    assert (ended, lines) == (code, [])
    assert says in complaint


# ---------------------------------------------------------------- successors


async def successor(town: Town) -> tuple[Person, Message]:
    """Somebody who joins as the leader of a unit that has one, and the question they are asked."""
    new = town.server.person("Mai Anh", user_id=2010)
    await opens(town, new, token(town, "SYT", Role.LEADER))
    return new, await new.next_message()


async def test_a_successor_retires_the_predecessor_whose_access_ends_at_once(town: Town) -> None:
    new, question = await successor(town)
    assert "Đặng Thị Lan Phương hiện giữ vị trí: Sở Y tế – Thủ trưởng đơn vị" in question.text
    done = await town.presses(new, question, "Đúng, tôi tiếp nhận")
    farewell = await town.leader_bn.next_message()

    assert "tiếp nhận vị trí của Đặng Thị Lan Phương" in done.text
    assert "Mai Anh আপনার পদের দায়িত্ব নিয়েছেন" in farewell.text
    assert (await town.says(town.leader_bn, "কোন কাজগুলো পিছিয়ে?")).text == POLITE
    assert [t.subject for t in traces(town, "retire")] == ["person:2"]


async def test_a_predecessor_may_stay(town: Town) -> None:
    new, question = await successor(town)
    done = await town.presses(new, question, "Không, cả hai cùng giữ")

    assert "cả hai vẫn giữ vị trí" in done.text
    assert "Đặng Thị Lan Phương" in (await town.says(town.leader_bn, "/me")).text


async def test_only_the_successor_may_retire_somebody_and_only_the_predecessor(town: Town) -> None:
    new, question = await successor(town)
    newcomer = only_row(town, select(PersonRow).where(PersonRow.user_id == 2010)).id
    invitation = only_row(town, select(InviteRow.id))
    forged = [
        (town.deputy, f"retire:{invitation}:2"),  # somebody else presses
        (new, f"retire:{invitation}:1"),  # the leader of another unit
        (new, f"retire:{invitation}:{newcomer}"),  # themselves
        (town.leader_bn, f"retire:{invitation}:{newcomer}"),  # the predecessor turns the tables
        (new, f"retire:{invitation + 1}:2"),  # an invitation that there is not
        (new, "retire:x"),
    ]
    for person in (town.deputy, town.leader_bn):
        await town.says(person, "/me")
    for person, data in forged:
        person.forge(data, person.last)
        assert (await person.next_answer()).alert
    await town.passes(days=8)
    new.press(question, "Đúng, tôi tiếp nhận")
    assert (await new.next_answer()).alert, "the offer is closed after a week"
    assert traces(town, "retire") == []


# ---------------------------------------------------------------- strangers


async def test_a_stranger_gets_one_polite_sentence_whatever_they_send(town: Town) -> None:
    who = town.stranger
    first = who.send("xin chào")
    sends = [
        lambda: who.send("/start"),
        lambda: who.send("/help"),
        lambda: who.send("/people"),
        lambda: who.send("CT07 80%"),
        lambda: who.photo(b"\x89PNG\r\n\x1a\n", "NV05 60%"),
        lambda: who.document(b"PK", "kế hoạch.xlsx"),
        lambda: who.voice(),
        lambda: who.sticker(),
        lambda: who.location(),
        lambda: who.contact(),
        lambda: who.forward("NV05 xong"),
        lambda: who.edit(first, "NV05 xong"),
    ]
    assert (await who.next_message()).text == POLITE
    for send in sends:
        send()
        assert (await who.next_message()).text == POLITE
    await town.server.drained()
    assert who.look() == []
    assert who.last.buttons == ()


async def test_a_strangers_press_is_answered_with_the_same_sentence(town: Town) -> None:
    message = await town.says(town.stranger, "xin chào")
    for data in ("invite:0", "remove:1:yes", "undo", "menu:summary", "pick:x:0", "nonsense"):
        town.stranger.forge(data, message)
        said = await town.stranger.next_answer()
        assert isinstance(said, Answer)
        assert said.text == POLITE
    assert town.stranger.look() == []


async def test_a_group_hears_the_bot_only_when_it_is_addressed(town: Town) -> None:
    group = town.server.group("Tổ công tác", [town.leader, town.stranger])
    group.privacy = False
    group.add_bot(town.leader)
    group.send(town.leader, "NV05 60%")
    group.send(town.stranger, "chào cả nhà")
    group.send(town.leader, "@tien_do_bot NV05 60%")
    member = await group.next_message()
    group.send(town.stranger, "/start@tien_do_bot")
    stranger = await group.next_message()

    assert "Tôi trả lời trong cuộc trò chuyện riêng" in member.text
    assert stranger.text == POLITE
    assert [m for m in group.messages if m.from_bot] == [member, stranger]


# ---------------------------------------------------------------- oneself


async def test_language_by_buttons_changes_answers_and_the_command_menu(town: Town) -> None:
    choice = await town.says(town.leader, "/language")
    assert choice.labels == ("Tiếng Việt", "বাংলা", "English")
    said = await town.presses(town.leader, choice, "বাংলা")
    await town.server.wait_until(lambda: dict(town.leader.commands).get("help") == "কী কী লিখতে পারেন")

    assert said.text.startswith("এখন থেকে আমি বাংলায় উত্তর দেব।")
    me = await town.says(town.leader, "/me")
    assert "তথ্য ও যোগাযোগ বিভাগ – দপ্তর প্রধান" in me.text
    assert "ভাষা: বাংলা" in me.text
    assert traces(town, "language")[0].detail == {"language": "bn"}


@pytest.mark.parametrize("who", ["leader", "leader_bn"])
async def test_language_in_words(town: Town, who: str) -> None:
    person: Person = getattr(town, who)
    asks, answer = {
        "leader": ("trả lời tôi bằng tiếng Bengali", "এখন থেকে আমি বাংলায় উত্তর দেব।"),
        "leader_bn": ("ভিয়েতনামি ভাষায় উত্তর দাও", "Từ nay tôi trả lời bằng tiếng Việt."),
    }[who]
    assert (await town.says(person, asks)).text.startswith(answer)
    assert len(traces(town, "language")) == 1


async def test_me_says_who_one_is_and_what_one_may_do(town: Town) -> None:
    leader, office = await town.says(town.leader, "/me"), await town.says(town.office_bn, "/me")
    assert leader.text.startswith("Phạm Đăng Khoa\nSở Thông tin và Truyền thông – Thủ trưởng đơn vị")
    assert "báo cáo các chỉ tiêu, nhiệm vụ do đơn vị anh/chị chủ trì" in leader.text
    assert "mời người tham gia" not in leader.text
    assert "আমন্ত্রণ জানানো ও প্রবেশাধিকার বন্ধ করা" in office.text


async def test_leaving_is_asked_about_and_ends_everything(town: Town) -> None:
    question = await town.says(town.leader, "/leave")
    assert "Không có gì thay đổi" in (await town.presses(town.leader, question, "Ở lại")).text
    question = await town.says(town.leader, "/leave")
    gone = await town.presses(town.leader, question, "Có, rời khỏi")
    await town.server.wait_until(lambda: [c for c, _ in town.leader.commands] == ["start"])

    assert "Anh/chị đã rời khỏi" in gone.text
    assert (await town.says(town.leader, "NV20 xong")).text == POLITE
    assert only_row(town, select(ChatRow).where(ChatRow.chat_id == 1001)).closed == "left"
    assert len(traces(town, "leave")) == 1


async def test_whoever_left_comes_back_by_a_new_link_only(town: Town) -> None:
    link = token(town, "SNV", Role.DEPUTY)
    await opens(town, town.stranger, link)
    await town.presses(town.stranger, await town.says(town.stranger, "/leave"), "Có, rời khỏi")

    assert "đã được sử dụng" in (await opens(town, town.stranger, link)).text
    welcome = await opens(town, town.stranger, token(town, "STP", Role.LEADER))
    assert "Sở Tư pháp – Thủ trưởng đơn vị" in welcome.text
    assert "Sở Nội vụ" not in welcome.text


async def test_the_last_of_the_office_stays(town: Town) -> None:
    await town.presses(town.office_bn, await town.says(town.office_bn, "/leave"), "হ্যাঁ, ছেড়ে যাচ্ছি")
    kept = await town.presses(town.office, await town.says(town.office, "/leave"), "Có, rời khỏi")
    assert "phải còn ít nhất một người" in kept.text
    assert "Cán bộ Cơ quan Thường trực" in (await town.says(town.office, "/me")).text


# ---------------------------------------------------------------- the office


async def test_the_office_invites_by_buttons_and_is_told_who_has_joined(town: Town) -> None:
    units = await town.says(town.office, "/invite")
    units = await town.presses(town.office, units, "›")
    roles = await town.presses(town.office, units, "Sở Giáo dục và Đào tạo")
    shown = await town.presses(town.office, roles, "Lưu Thị Bích Trâm – Thủ trưởng đơn vị")
    found = re.search(r"https://t\.me/tien_do_bot\?start=([\w-]{43})", shown.text)
    assert found
    assert "đến hết ngày 2/7/2025" in shown.text

    newcomer = town.server.person("Bích Trâm", user_id=2020)
    welcome = await opens(town, newcomer, found[1])
    told = await town.office.next_message()
    assert "Lưu Thị Bích Trâm" in welcome.text
    assert told.text == "Lưu Thị Bích Trâm đã tham gia: Sở Giáo dục và Đào tạo – Thủ trưởng đơn vị."
    roles = await town.presses(town.office, await town.says(town.office, "/invite"), "›")
    roles = await town.presses(town.office, roles, "Sở Giáo dục và Đào tạo")
    assert "Lưu Thị Bích Trâm – Thủ trưởng đơn vị" not in roles.labels


async def test_a_link_is_kept_as_its_hash_only(town: Town) -> None:
    link = token(town, "SNV", Role.DEPUTY)
    row = only_row(town, select(InviteRow))
    assert len(row.token_hash) == 64
    assert link not in {str(value) for value in vars(row).values()}


async def test_the_office_removes_somebody_at_once(town: Town) -> None:
    people = await town.says(town.office, "/people")
    card = await town.presses(town.office, people, "person:2")
    assert "Đặng Thị Lan Phương" in card.text
    question = await town.presses(town.office, card, "Chấm dứt quyền truy cập")
    town.office.press(question, "Có, chấm dứt")
    farewell = await town.leader_bn.next_message()

    assert "স্থায়ী দপ্তর আপনার প্রবেশাধিকার বন্ধ করেছে" in farewell.text
    assert (await town.office.next_message()).text == "Đặng Thị Lan Phương không còn quyền truy cập."
    assert (await town.says(town.leader_bn, "CT36 90%")).text == POLITE
    town.leader_bn.forge("menu:summary", farewell)
    assert (await town.leader_bn.next_answer()).text == POLITE
    assert [(t.person_id, t.subject) for t in traces(town, "remove")] == [(4, "person:2")]
    town.office.press(question, "Có, chấm dứt")
    assert (await town.office.next_answer()).alert


@pytest.mark.parametrize("who", ["leader", "deputy", "leader_bn", "chair"])
async def test_nobody_else_invites_or_removes_not_even_by_a_forged_press(town: Town, who: str) -> None:
    person: Person = getattr(town, who)
    await town.says(person, "/me")
    refusals = ("Vai trò của anh/chị không có quyền này", "আপনার ভূমিকায় এর অনুমতি নেই")
    for command in ("/invite", "/people"):
        assert (await town.says(person, command)).text.startswith(refusals)
    version = town.store.read_now(lambda s: plan_in_force(s, town.clock.today())).version  # type: ignore[union-attr]
    forged = ["invite:0", f"invite_unit:{version}:1", f"invite_role:{version}:1:office", f"invite_person:{version}:1"]
    for data in [
        *forged,
        "revoke:1",
        "invitations:0",
        "invitation:1",
        "people:0",
        "person:1",
        "remove:4",
        "remove:4:yes",
    ]:
        person.forge(data, person.last)
        assert (await person.next_answer()).text.startswith(refusals), data
    assert traces(town, "invite") == traces(town, "remove") == []


# ---------------------------------------------------------------- the menu


async def test_help_has_examples_of_the_persons_own(town: Town) -> None:
    leader, chair = await town.says(town.leader_bn, "/help"), await town.says(town.chair, "/help")
    assert re.search(r"• (CT|NV)\d+ ৬০%", leader.text)
    assert "প্রস্তাব: দ্রুত বাজেট অনুমোদন করা হোক" in leader.text
    assert "/language – ভাষা বেছে নিন" in leader.text
    assert not LATIN.search(re.sub(r"/\w+", "", leader.text))
    assert "Để báo cáo" not in chair.text
    assert "Đơn vị nào chậm nhất?" in chair.text


async def test_two_failed_turns_in_a_row_offer_the_menu(town: Town) -> None:
    one = await town.says(town.leader, "giá vàng hôm nay bao nhiêu")
    two = await town.says(town.leader, "thời tiết thế nào")
    assert "tôi chưa hiểu ý anh/chị" in one.text
    assert one.labels == ("Hướng dẫn",)
    assert two.labels == ("Việc chậm tiến độ", "Việc của đơn vị tôi", "Đến hạn tháng này", "Tổng hợp", "Hướng dẫn")
    await town.says(town.leader, "/help")
    assert (await town.says(town.leader, "giá vàng hôm nay bao nhiêu")).labels == ("Hướng dẫn",)


async def test_the_menu_answers_at_a_press_and_as_commands(town: Town) -> None:
    menu = await town.says(town.leader, "/menu")
    summary = await town.presses(town.leader, menu, "Tổng hợp")
    assert "44" in summary.text
    mine, typed = await town.presses(town.leader, menu, "Việc của đơn vị tôi"), await town.says(town.leader, "/mine")
    assert mine.text == typed.text
    assert "Hướng dẫn" in (await town.says(town.leader, "/nonsense")).labels


async def test_thanks_get_one_warm_line(town: Town) -> None:
    said = await town.says(town.leader, "cảm ơn em nhiều nhé")
    assert said.text == (
        "Tôi luôn sẵn sàng hỗ trợ anh/chị Phạm Đăng Khoa. Anh/chị cứ nhắn số liệu hoặc câu hỏi bất cứ lúc nào."
    )


async def test_a_block_closes_the_chat_and_the_office_hears_it(town: Town) -> None:
    town.leader.block()
    told = await town.office.next_message()
    assert "Phạm Đăng Khoa" in told.text
    assert only_row(town, select(ChatRow).where(ChatRow.chat_id == 1001)).closed
    town.leader.start()
    assert "Anh/chị muốn xem gì?" in (await town.leader.next_message()).text
    assert only_row(town, select(ChatRow).where(ChatRow.chat_id == 1001)).closed is None


async def test_a_stranger_who_blocks_hears_nothing(town: Town) -> None:
    await town.says(town.stranger, "xin chào")
    town.stranger.block()
    await town.server.drained()
    town.stranger.unblock()
    await town.server.drained()
    assert town.stranger.look() == []


async def test_whoever_has_not_joined_sees_one_command(town: Town) -> None:
    assert town.stranger.commands == [("start", "mở lời mời tham gia")]
