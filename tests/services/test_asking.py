"""Questions answered from a real database: the sample plan, with reports corrected, taken back and dated back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.rules.access import Policy
from bot.rules.acts import Act, Intent
from bot.rules.answers import (
    Dated,
    Detailed,
    Historied,
    Listed,
    Obstacles,
    Owned,
    Problem,
    Silence,
    Summed,
    Unanswered,
    Which,
)
from bot.rules.people import Person, Post
from bot.rules.plan import Role
from bot.rules.questions import QUESTIONS
from bot.rules.standing import Status
from bot.services.asking import answer_question, keep_asked, keep_looked_at
from bot.services.loading import load
from bot.services.reporting import Source, edit_reports, file_reports, undo
from bot.services.shelf import Shelf
from bot.views.asking import answer_screen
from bot.views.screen import TEXT_LIMIT, length
from bot.views.words import load_words
from bot.workbook import read_workbook
from storage.database import Store, open_store
from storage.dialogues import Dialogue, read_dialogue, write_dialogue
from storage.record import File
from storage.tables import PersonRow, PostRow
from tests.places import Places

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "bot" / "demo" / "ninh-thuan-2025.xlsx"
LOCALES = ROOT / "locales"
CORPUS = ROOT / "tests" / "data" / "corpus"
LOADED = datetime(2025, 6, 17, 3, tzinfo=UTC)
NOW = datetime(2025, 6, 18, 3, tzinfo=UTC)
TODAY = NOW.date()
LEADER = Person(1, "Phạm Đăng Khoa", "vi", (Post("STTTT", Role.LEADER),), 1001)
HEALTH = Person(2, "Đặng Thị Lan Phương", "bn", (Post("SYT", Role.LEADER),), 1002)
CHAIR = Person(3, "Trịnh Quang Hiển", "vi", (Post("VPUB", Role.CHAIR),), 1003)
JUNE = {"from": "2025-06-01", "to": "2025-06-30"}


def _enrol(session: Session) -> None:
    for person in (LEADER, HEALTH, CHAIR):
        row: dict[str, Any] = {"id": person.id, "user_id": person.chat_id, "name": person.name}
        session.execute(insert(PersonRow).values(**row, language=person.language, joined_at=LOADED))
        post = person.posts[0]
        session.execute(insert(PostRow).values(person_id=person.id, unit=post.unit, role=post.role, since=LOADED))


@pytest.fixture(scope="module")
def prepared(places: Places, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the sample plan and three people."""
    url = places.copy(migrated, tmp_path_factory.mktemp("asking"))
    store = open_store(url)
    assert store.write_now(load, read_workbook(SAMPLE), None, LOADED, LOADED.date()).stored
    store.write_now(_enrol)
    store.close()
    return url


@pytest.fixture
def store(places: Places, prepared: str, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(places.copy(prepared, tmp_path))
    yield opened
    opened.close()


def ask(store: Store, intent: Intent, who: Person = CHAIR, policy: Policy = Policy(), **slots: Any) -> Any:  # noqa: B008
    """The answer to one question, as the record has it now."""
    return store.read_now(answer_question, Shelf(), who, Act(intent, slots), TODAY, policy).answer


def report(store: Store, who: Person, minute: int, *, uids: tuple[str, ...] = (), **slots: Any) -> str:
    """Put one report on record (in place of `uids`); gives its id."""
    source = Source(f"u{minute}", who.chat_id, minute, "…", NOW + timedelta(minutes=minute), TODAY)
    acts = [Act(Intent.UPDATE, {**slots, "confirmed": True})]
    shelf = Shelf()
    if uids:
        return store.write_now(edit_reports, shelf, who, acts, source, uids).lines[0].report.id
    return store.write_now(file_reports, shelf, who, acts, source).lines[0].report.id


def take_back(store: Store, who: Person, minute: int, uid: str) -> None:
    source = Source(f"u{minute}", who.chat_id, minute, "", NOW + timedelta(minutes=minute), TODAY)
    assert store.write_now(undo, Shelf(), who, source, [uid]).lines


# ---------------------------------------------------------------- one item


def test_history_shows_what_was_corrected_and_taken_back(store: Store) -> None:
    wrong = report(store, LEADER, 1, item="NV20", percent=90)
    right = report(store, LEADER, 2, item="NV20", percent=70, uids=(wrong,))
    gone = report(store, LEADER, 3, item="NV20", percent=80)
    take_back(store, LEADER, 4, gone)
    answer = ask(store, Intent.HISTORY, item="NV20")
    assert isinstance(answer, Historied)
    told = {t.report.id: t for t in answer.told}
    assert (told[wrong].corrected, told[wrong].withdrawn) == (True, False)
    assert (told[right].corrected, told[right].withdrawn, told[right].report.corrects) == (False, False, wrong)
    assert (told[gone].corrected, told[gone].withdrawn) == (False, True)
    assert answer.page.total == len(answer.told) == 5, "two reports of the plan, three of today; undoing is no report"
    assert [t.report.on for t in answer.told] == sorted((t.report.on for t in answer.told), reverse=True)


def test_undoing_a_correction_brings_back_what_it_corrected(store: Store) -> None:
    first = report(store, LEADER, 1, item="NV20", percent=90)
    second = report(store, LEADER, 2, item="NV20", percent=70, uids=(first,))
    take_back(store, LEADER, 3, second)
    told = {t.report.id: t for t in ask(store, Intent.HISTORY, item="NV20").told}
    assert not told[first].corrected
    assert ask(store, Intent.DETAIL, item="NV20").trail[0].report.id == first


def test_detail_has_the_reports_that_count_and_who_may_report(store: Store) -> None:
    wrong = report(store, LEADER, 1, item="NV20", percent=90)
    right = report(store, LEADER, 2, item="NV20", percent=70, uids=(wrong,))
    answer = ask(store, Intent.DETAIL, LEADER, item="NV20")
    assert isinstance(answer, Detailed)
    assert [t.report.id for t in answer.trail[:1]] == [right]
    assert wrong not in {t.report.id for t in answer.trail}
    assert answer.may_report
    assert not ask(store, Intent.DETAIL, HEALTH, item="NV20").may_report
    assert answer.entry.facts.percent == 70


def test_history_tells_the_evidence_that_came_with_a_report(store: Store) -> None:
    files = (File("f", "u", "photo"),)
    source = Source("u9", LEADER.chat_id, 9, "…", NOW, TODAY, files)
    store.write_now(file_reports, Shelf(), LEADER, [Act(Intent.UPDATE, {"item": "NV20", "percent": 70})], source)
    assert ask(store, Intent.HISTORY, item="NV20").told[0].report.evidence == 1


def test_owner_names_those_who_have_joined(store: Store) -> None:
    answer = ask(store, Intent.OWNER, item="NV56")
    assert isinstance(answer, Owned)
    assert answer.item.leads == ("SYT", "BHXH")
    assert [(c.name, c.unit, c.role) for c in answer.contacts] == [("Đặng Thị Lan Phương", "SYT", Role.LEADER)]


def test_deadline_and_unknown_items(store: Store) -> None:
    answer = ask(store, Intent.DEADLINE, item="NV40")
    assert isinstance(answer, Dated)
    assert answer.entry.standing.days_left == -18
    assert ask(store, Intent.DEADLINE, item="NV99") == Unanswered(Problem.NO_SUCH_ITEM, "NV99")
    assert ask(store, Intent.OWNER) == Unanswered(Problem.NO_ITEM)


# ---------------------------------------------------------------- many items


def test_a_list_knows_a_report_made_just_now(store: Store) -> None:
    before = ask(store, Intent.LIST, state="behind", kind="target")
    assert isinstance(before, Listed)
    assert (before.page.total, before.entries[0].item.code) == (10, "CT41")
    report(store, LEADER, 1, item="CT41", value=100)
    after = ask(store, Intent.LIST, state="behind", kind="target")
    assert after.page.total == 9
    assert "CT41" not in {entry.item.code for entry in after.entries}


def test_a_past_quarter_is_answered_as_it_stood_then(store: Store) -> None:
    quarter = {"from": "2025-01-01", "to": "2025-03-31"}
    then = ask(store, Intent.SUMMARY, period=quarter)
    assert isinstance(then, Summed)
    assert (then.targets.done, then.tasks.done) == (1, 9)
    assert then.scope.past
    report(store, LEADER, 1, item="CT41", value=100)
    assert ask(store, Intent.SUMMARY, period=quarter) == then, "the past does not change"


def test_history_of_a_unit_is_what_it_said_not_what_others_said(store: Store) -> None:
    answer = ask(store, Intent.HISTORY, unit="SYT", period=JUNE)
    assert isinstance(answer, Historied)
    assert answer.told
    assert {t.report.unit for t in answer.told} == {"SYT"}
    assert all(JUNE["from"] <= str(t.report.on) <= JUNE["to"] for t in answer.told)


def test_pages_of_a_history_do_not_overlap(store: Store) -> None:
    pages = [ask(store, Intent.HISTORY, period={"from": "2025-01-01", "to": "2025-12-31"}, page=n) for n in (1, 2, 99)]
    ids = [t.report.id for page in pages for t in page.told]
    assert pages[0].page.total == 156
    assert len(set(ids)) == len(ids)
    assert pages[2].page.number == pages[2].page.pages == 20, "a page beyond the end is the last one"


# ---------------------------------------------------------------- units


def test_a_unit_is_silent_until_it_reports_itself(store: Store) -> None:
    before = ask(store, Intent.SILENT, unit="NSON", period={"from": "2025-06-18", "to": "2025-06-18"})
    assert isinstance(before, Silence)
    assert before.one is not None
    assert before.one.reported == 0
    son = Person(9, "Đinh Công Thuận", "vi", (Post("NSON", Role.LEADER),), 1009)
    store.write_now(_join, son)
    report(store, son, 1, item="CT20", value=82)
    after = ask(store, Intent.SILENT, unit="NSON", period={"from": "2025-06-18", "to": "2025-06-18"})
    assert after.one.reported == 1
    others = ask(store, Intent.SILENT, unit="NHAI", period={"from": "2025-06-18", "to": "2025-06-18"})
    assert others.one.reported == 0, "what one of several leads says, the others have not said"


def _join(session: Session, person: Person) -> None:
    row: dict[str, Any] = {"id": person.id, "user_id": person.chat_id, "name": person.name, "language": "vi"}
    session.execute(insert(PersonRow).values(**row, joined_at=LOADED))


def test_a_past_month_is_silent_by_its_own_reports(store: Store) -> None:
    may = {"from": "2025-05-01", "to": "2025-05-31"}
    quiet = set()
    pages = ask(store, Intent.SILENT, period=may).page.pages
    for number in range(1, pages + 1):
        quiet |= {q.unit for q in ask(store, Intent.SILENT, period=may, page=number).quiet}
    told = ask(store, Intent.HISTORY, period=may)
    spoke = {
        t.report.unit
        for n in range(1, told.page.pages + 1)
        for t in ask(store, Intent.HISTORY, period=may, page=n).told
    }
    assert quiet
    assert not quiet & spoke


def test_open_difficulties_close_with_the_item(store: Store) -> None:
    report(store, LEADER, 1, item="NV20", percent=70, difficulty="thiếu vốn")
    found = [o for n in range(1, 9) for o in ask(store, Intent.DIFFICULTIES, unit="STTTT", page=n).obstacles]
    assert "thiếu vốn" in {o.difficulty for o in found}
    report(store, LEADER, 2, item="NV20", percent=100, state="done")
    found = [o for n in range(1, 9) for o in ask(store, Intent.DIFFICULTIES, unit="STTTT", page=n).obstacles]
    assert "thiếu vốn" not in {o.difficulty for o in found}
    kept = ask(store, Intent.DIFFICULTIES, item="NV20")
    assert isinstance(kept, Obstacles)
    assert "thiếu vốn" in {o.difficulty for o in kept.obstacles}, "on the item itself the past stays"


def test_a_difficulty_and_a_later_proposal_keep_their_own_days(store: Store) -> None:
    yesterday = Source("u1", LEADER.chat_id, 1, "…", NOW - timedelta(days=1), TODAY - timedelta(days=1))
    acts = [Act(Intent.UPDATE, {"item": "NV20", "percent": 65, "difficulty": "thiếu vốn"})]
    store.write_now(file_reports, Shelf(), LEADER, acts, yesterday)
    report(store, LEADER, 2, item="NV20", percent=70, proposal="cấp vốn")
    found = [o for n in range(1, 9) for o in ask(store, Intent.DIFFICULTIES, page=n).obstacles if o.item.code == "NV20"]
    said = {(o.difficulty, o.proposal, o.day) for o in found}
    assert said == {("thiếu vốn", None, date(2025, 6, 17)), (None, "cấp vốn", date(2025, 6, 18))}


def test_difficulties_of_a_period_leave_out_what_was_taken_back(store: Store) -> None:
    today = {"from": "2025-06-18", "to": "2025-06-18"}
    uid = report(store, LEADER, 1, item="NV20", percent=70, difficulty="thiếu vốn")
    assert [o.difficulty for o in ask(store, Intent.DIFFICULTIES, period=today).obstacles] == ["thiếu vốn"]
    take_back(store, LEADER, 2, uid)
    assert ask(store, Intent.DIFFICULTIES, period=today).obstacles == ()


# ---------------------------------------------------------------- who may see what, and what is remembered


def test_leaders_see_other_units_only_where_the_deployment_lets_them(store: Store) -> None:
    closed = Policy(leaders_see_all=False)
    assert ask(store, Intent.DETAIL, HEALTH, closed, item="NV20") == Unanswered(Problem.ITEM_HIDDEN, "NV20")
    assert ask(store, Intent.SUMMARY, HEALTH, closed, unit="STTTT") == Unanswered(Problem.UNIT_HIDDEN, "STTTT")
    whole = ask(store, Intent.SUMMARY, HEALTH, closed)
    assert whole.scope.partial
    assert whole.targets.total + whole.tasks.total < 110
    everything = {"from": "2025-01-01", "to": "2025-12-31"}
    told = ask(store, Intent.HISTORY, HEALTH, closed, period=everything)
    assert {t.report.unit for t in told.told} == {"SYT"}
    assert isinstance(ask(store, Intent.DETAIL, HEALTH, item="NV20"), Detailed)


def test_several_that_fit_are_asked_about_and_one_that_may_be_seen_is_answered(store: Store) -> None:
    fits = ["CT18", "NV32", "NV31"]
    answer = ask(store, Intent.DETAIL, candidates=fits)
    assert isinstance(answer, Which)
    assert [r.slots["item"] for r in answer.readings] == fits
    closed = Policy(leaders_see_all=False)
    one = ask(store, Intent.DETAIL, HEALTH, closed, candidates=["NV20", "NV23"])
    assert isinstance(one, Detailed)
    assert one.entry.item.code == "NV23"
    assert isinstance(ask(store, Intent.DETAIL, HEALTH, closed, candidates=["NV20"]), Unanswered)


def test_the_chat_remembers_the_question_without_what_buttons_keep(store: Store) -> None:
    act = Act(Intent.LIST, {"state": "behind", "page": 2})
    answered = store.read_now(answer_question, Shelf(), CHAIR, act, TODAY, Policy())
    store.write_now(write_dialogue, 5, Dialogue(failures=2))
    store.write_now(keep_asked, 5, answered, "q1")
    assert store.read_now(read_dialogue, 5) == Dialogue(previous=Act(Intent.LIST, {"state": "behind"}))


def test_a_press_leaves_a_waiting_question_waiting(store: Store) -> None:
    waiting = {"id": "x", "doubt": "unsure", "readings": []}
    store.write_now(write_dialogue, 5, Dialogue(question=waiting))
    store.write_now(keep_looked_at, 5, Act(Intent.DETAIL, {"item": "NV20", "back": {}}))
    kept = store.read_now(read_dialogue, 5)
    assert kept.question == waiting
    assert kept.previous == Act(Intent.DETAIL, {"item": "NV20"})


def test_status_is_the_same_in_list_and_detail(store: Store) -> None:
    listed = ask(store, Intent.LIST, state="overdue")
    assert all(entry.standing.status is Status.OVERDUE for entry in listed.entries)
    code = listed.entries[0].item.code
    assert ask(store, Intent.DETAIL, item=code).entry == listed.entries[0]


@pytest.mark.parametrize("lang", ["vi", "bn"])
def test_every_question_of_the_corpus_has_an_answer_that_fits(store: Store, lang: str) -> None:
    words, shelf, asked = load_words(LOCALES)[lang], Shelf(), 0
    for line in (CORPUS / f"dev.{lang}.jsonl").read_text(encoding="utf-8").splitlines():
        for act in map(Act.from_json, json.loads(line)["acts"]):
            if act.intent not in QUESTIONS - {Intent.EXPORT}:
                continue
            answered = store.read_now(answer_question, shelf, LEADER, act, TODAY, Policy())
            assert not isinstance(answered.answer, Unanswered), line
            screen = answer_screen(words, answered)
            assert 0 < length(screen.text) <= TEXT_LIMIT, line
            asked += 1
    assert asked > 50
