"""People, the menu and the help as they are shown: in the reader's words, within Telegram's limits, with own codes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot.language import Languages, Reader
from bot.rules.access import Policy
from bot.rules.acts import Act, Intent, Situation
from bot.rules.book import Book
from bot.rules.invitations import Circle, Invitation, Joined, LinkProblem
from bot.rules.people import Person, Post
from bot.rules.plan import Plan, Role
from bot.rules.record import facts_of
from bot.views import door, menu, people
from bot.views.screen import TEXT_LIMIT, Screen, length
from bot.views.words import Words, load_words
from bot.workbook import read_workbook

ROOT = Path(__file__).parents[2]
TODAY = date(2025, 6, 18)
NOON = datetime(2025, 6, 18, 5, tzinfo=UTC)
BENGALI_DIGIT, LATIN_DIGIT = re.compile("[০-৯]"), re.compile("[0-9]")
CODE = re.compile(r"(CT|NV)\d+")


@pytest.fixture(scope="module")
def languages() -> dict[str, Words]:
    return load_words(ROOT / "locales")


@pytest.fixture(scope="module")
def book() -> Book:
    loaded = read_workbook(ROOT / "bot" / "demo" / "ninh-thuan-2025.xlsx")
    reports = {i.code: [r for r in loaded.reports if r.item == i.code and r.on <= TODAY] for i in loaded.plan.items}
    return Book(loaded.plan, {i.code: facts_of(i, reports[i.code]) for i in loaded.plan.items})


def person(role: Role = Role.LEADER, unit: str = "SYT", lang: str = "vi", name: str = "An") -> Person:
    return Person(1, name, lang, (Post(unit, role),), 1)


def joined(who: Person) -> Joined:
    post = who.posts[0]
    return Joined(who, Invitation(1, post.unit, post.role, None, "", None, NOON, NOON + timedelta(days=14)))


def everything(words: Words, book: Book, who: Person) -> Iterator[Screen]:
    """Every screen of these views, for one person."""
    plan, new = book.plan, joined(who)
    full = Circle(tuple(replace(who, id=n) for n in range(40)), plan.people, (new.invitation,) * 30)
    yield people.welcome(words, book, new, TODAY)
    yield people.welcome(words, None, new, TODAY)
    yield people.offer_to_retire(words, plan, new, who)
    yield people.retired(words, who)
    yield people.both_stay(words)
    yield people.followed(words, plan, who.posts[0], who)
    yield people.has_joined(words, plan, new)
    yield people.me(words, plan, who, Policy())
    yield people.choose_language(words)
    yield people.language_set(words)
    yield people.ask_to_leave(words)
    yield people.gone(words)
    yield from (people.invite_units(words, plan, page) for page in (-1, 0, 1, 3, 99))
    yield people.invite_roles(words, plan, 1, plan.people)
    yield people.invitation_link(words, plan, new.invitation, "https://t.me/bot?start=" + "x" * 43, TODAY)
    yield people.open_invitations(words, plan, full, 1)
    yield people.invitation_card(words, plan, new.invitation, TODAY)
    yield from (people.people(words, plan, full, page) for page in (0, 2, 4))
    yield people.person_card(words, plan, who)
    yield people.ask_to_remove(words, who)
    yield people.removed(words, who)
    yield menu.menu_screen(words, who)
    yield menu.smalltalk(words, who)
    yield menu.help_screen(words, who, book, TODAY)
    yield from (menu.not_understood(words, who, book, TODAY, n) for n in (1, 2))
    yield menu.unknown_command(words, who)


@pytest.mark.parametrize("lang", ["vi", "bn", "en"])
@pytest.mark.parametrize("role", Role)
def test_every_screen_keeps_telegrams_limits_and_escapes_names(
    languages: dict[str, Words], book: Book, lang: str, role: Role
) -> None:
    for screen in everything(languages[lang], book, person(role, lang=lang, name="<b>An</b> & Bình")):
        assert 0 < length(screen.text) <= TEXT_LIMIT
        assert "<b>An</b>" not in screen.text.replace("<b>&lt;b&gt;An&lt;/b&gt;", "")
        assert len(screen.rows) <= 20
        for button in (b for row in screen.rows for b in row):
            assert 0 < len(button.label) <= 64
            assert button.data is not None
            assert 0 < len(button.data.encode()) <= 64


@pytest.mark.parametrize("role", Role)
def test_bengali_screens_have_bengali_digits_and_no_english(
    languages: dict[str, Words], book: Book, role: Role
) -> None:
    plan = replace(book.plan, people=())
    for screen in everything(languages["bn"], Book(plan, book.facts), person(role, lang="bn", name="আন")):
        shown = re.sub(r"https://\S+|/\w+|<[^>]*>", "", screen.text)
        assert not LATIN_DIGIT.search(CODE.sub("", shown)), shown
        assert not re.search(r"\b(the|you|and|of)\b", shown)


def test_links_that_do_not_open_are_explained_in_both_languages(languages: dict[str, Words]) -> None:
    both = [languages["vi"], languages["bn"]]
    texts = {people.link_problem(both, problem) for problem in LinkProblem}
    assert len(texts) == len(LinkProblem)
    assert all(len(text.split("\n")) == 2 for text in texts)


def test_the_strangers_sentences_fit_an_alert(languages: dict[str, Words]) -> None:
    assert len(door.stranger([languages["vi"], languages["bn"]]).unescape()) <= 200
    for lang in ("vi", "bn"):
        assert len(door.trouble(languages[lang])) <= 200
        assert len(door.denied(languages[lang])) <= 200


def test_the_welcome_counts_all_items_shows_the_worst_first_and_says_how_many_are_left(
    languages: dict[str, Words], book: Book
) -> None:
    text = people.welcome(languages["vi"], book, joined(person(unit="STTTT")), TODAY).text
    led = list(book.led_by("STTTT"))
    assert f"chủ trì {len(led)} chỉ tiêu, nhiệm vụ" in text
    assert f"và {len(led) - people.ITEMS_SHOWN} mục khác" in text
    marks = re.findall("[🔴🟠🟡⚪🟢✅]", text)
    assert marks == sorted(marks, key="🔴🟠🟡⚪🟢✅".index)
    assert len(marks) == people.ITEMS_SHOWN


def test_a_unit_without_items_is_welcomed_without_a_list(languages: dict[str, Words], book: Book) -> None:
    nobody = replace(person(Role.MEMBER), posts=(Post("UNKNOWN", Role.MEMBER),))
    text = people.welcome(languages["vi"], book, joined(nobody), TODAY).text
    assert "UNKNOWN – Ủy viên Ban Chỉ đạo" in text
    assert "chủ trì" not in text


def test_units_are_offered_once_each_page_after_page(languages: dict[str, Words], book: Book) -> None:
    pages = [people.invite_units(languages["vi"], book.plan, n) for n in range(4)]
    offered = [b.label for page in pages for row in page.rows for b in row if str(b.data).startswith("invite_unit")]
    assert offered == [u.name_vi for u in book.plan.units if not u.is_group]
    assert [b.data for b in pages[0].rows[-1]] == ["invite:1"]
    assert [b.data for b in pages[1].rows[-1]] == ["invite:0", "invite:2"]


def test_people_of_the_sheet_come_before_plain_roles(languages: dict[str, Words], book: Book) -> None:
    number = next(n for n, u in enumerate(book.plan.units) if u.code == "SYT")
    rows = people.invite_roles(languages["vi"], book.plan, number, book.plan.people).rows
    assert [row[0].label for row in rows[:3]] == [
        "Đặng Thị Lan Phương – Thủ trưởng đơn vị",
        "Ngô Thanh Tùng – Phó Thủ trưởng đơn vị",
        "Thủ trưởng đơn vị",
    ]
    assert len(people.invite_roles(languages["vi"], book.plan, number, ()).rows) == len(Role) + 1


def test_a_role_says_what_it_may(languages: dict[str, Words], book: Book) -> None:
    def lines(role: Role, policy: Policy) -> set[str]:
        text = people.me(languages["vi"], book.plan, person(role), policy).text
        return {line for line in text.split("\n") if line.startswith("• ")}

    leader, office, chair = (lines(role, Policy()) for role in (Role.LEADER, Role.OFFICE, Role.CHAIR))
    assert "• mời người tham gia và chấm dứt quyền truy cập" in office - leader - chair
    assert "• báo cáo các chỉ tiêu, nhiệm vụ do đơn vị anh/chị chủ trì" in leader - office - chair
    assert chair == {"• xem tiến độ của mọi đơn vị"}
    assert "• xem tiến độ của đơn vị anh/chị" in lines(Role.LEADER, Policy(leaders_see_all=False))


# ---------------------------------------------------------------- the menu and the help


@pytest.mark.parametrize("role", Role)
def test_the_command_menu_follows_the_role(languages: dict[str, Words], role: Role) -> None:
    named = dict(menu.commands(languages["bn"], person(role)))
    assert ({"invite", "people"} <= set(named)) is (role is Role.OFFICE)
    assert ("mute" in named) is (role in (Role.LEADER, Role.DEPUTY))
    assert ("holidays" in named) is (role is Role.OFFICE)
    assert set(named) - {"invite", "people", "mute", "holidays"} == {
        "calendar", "forget", "menu", "behind", "mine", "due", "summary", "help", "me", "language", "leave",
    }  # fmt: skip
    assert all(re.fullmatch("[a-z]{1,32}", name) and 3 <= len(about) <= 256 for name, about in named.items())
    assert dict(menu.commands(languages["vi"], None)) == {"start": "mở lời mời tham gia"}


def test_shortcuts_ask_what_they_say() -> None:
    assert menu.shortcut("behind", TODAY) == Act(Intent.LIST, {"state": "behind"})
    assert menu.shortcut("mine", TODAY) == Act(Intent.LIST, {"mine": True})
    assert menu.shortcut("summary", TODAY) == Act(Intent.SUMMARY)
    due = menu.shortcut("due", date(2024, 2, 3))
    assert due.slots == {"state": "due", "period": {"from": "2024-02-01", "to": "2024-02-29"}}
    with pytest.raises(ValueError, match="nonsense"):
        menu.shortcut("nonsense", TODAY)


def test_examples_name_unfinished_items_of_the_persons_own(languages: dict[str, Words], book: Book) -> None:
    for unit in ("SYT", "STTTT", "TBAC"):
        who, led = person(unit=unit), {i.code for i in book.led_by(unit)}
        named = set(re.findall(r"(?:CT|NV)\d+", " ".join(menu.report_examples(languages["vi"], who, book, TODAY))))
        assert named
        assert named <= led
        assert all(book.standing(code, TODAY).status != "done" for code in named)
    assert menu.report_examples(languages["vi"], person(Role.CHAIR), book, TODAY) == []
    assert menu.request_examples(languages["vi"], person(Role.MEMBER), book, TODAY) == []


def test_an_empty_plan_still_has_help(languages: dict[str, Words]) -> None:
    empty = Book(Plan(2025), {})
    text = menu.help_screen(languages["vi"], person(Role.OFFICE), empty, TODAY).text
    assert "Chỉ tiêu nào đang chậm tiến độ?" in text
    assert "/invite" in text


QUESTIONS = [Intent.LIST, Intent.LIST, Intent.DETAIL, Intent.SILENT, Intent.RANKING]
REQUESTS = [Intent.REMIND, Intent.EXTEND]


@pytest.fixture(scope="module")
def reader(book: Book) -> Reader:
    return Reader(Languages.load(ROOT / "locales"), book.plan)


@pytest.mark.parametrize("lang", ["vi", "bn"])
@pytest.mark.parametrize("unit", ["SYT", "STTTT", "SGTVT", "NSON"])
def test_what_the_help_shows_is_understood_and_sure(
    languages: dict[str, Words], book: Book, reader: Reader, lang: str, unit: str
) -> None:
    words, who = languages[lang], person(unit=unit, lang=lang)
    situation = Situation(datetime(2025, 6, 18, 9, tzinfo=UTC), unit)
    reports = menu.report_examples(words, who, book, TODAY)
    wanted = [
        *((text, Intent.UPDATE) for text in reports),
        *zip(menu.question_examples(words, who, book, TODAY), QUESTIONS, strict=True),
        *zip(menu.request_examples(words, who, book, TODAY), REQUESTS, strict=False),
    ]
    for text, intent in wanted:
        acts = reader.read(str(text.unescape()), situation).acts
        assert [(act.intent, act.sure) for act in acts] == [(intent, True)], text
        if (code := re.search(r"(?:CT|NV)\d+", text)) is not None:
            assert acts[0].slots.get("item") == code[0], text
