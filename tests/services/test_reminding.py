"""The morning's plan on a real database: each notice once, whatever restarts, processes and the clock do."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from bot.rules.acts import Act, Intent
from bot.rules.notices import Reminded
from bot.rules.plan import Item, Kind, Plan, Role, Unit
from bot.rules.reminders import Timetable
from bot.services.reminding import (
    BLOCKED,
    DIGEST,
    OWN,
    TELLERS,
    Almanac,
    Holidays,
    Reading,
    chat_closed,
    content,
    given_up,
    keep,
    plan_evening,
    plan_morning,
    plan_own,
)
from bot.services.reporting import Source, file_reports, undo
from bot.services.shelf import Shelf
from storage.database import Store, open_store
from storage.outbox import DROPPED, FAILED, SENT, WAITING, Notice, claim
from storage.people import person_by_id
from storage.plan_writes import new_plan_row, plan_before, write_plan
from storage.record import item_id
from storage.reminders import add_reminder, past_digests
from storage.tables import ChatRow, DayRow, ItemRow, OutboxRow, PersonRow, PostRow
from tests.places import Places

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
VIETNAM = Holidays("VN")
ALMANAC = Almanac(VIETNAM, Timetable(), ZONE)
JOINED = datetime(2025, 1, 2, tzinfo=UTC)
WEDNESDAY = date(2025, 6, 18)
LEADER, OTHER, OFFICE, SECOND = 1, 2, 3, 4
PEOPLE = ((LEADER, "A", Role.LEADER), (OTHER, "B", Role.LEADER), (OFFICE, "A", Role.OFFICE), (SECOND, "B", Role.OFFICE))
LATE = Item("NV01", Kind.TASK, "Nhiệm vụ quá hạn", date(2025, 1, 1), due=date(2025, 5, 30), leads=("A",), year=2025)
SOON = Item("NV02", Kind.TASK, "Nhiệm vụ sắp đến hạn", date(2025, 6, 1), due=date(2025, 6, 23), leads=("B",), year=2025)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A local moment of the deployment, in UTC."""
    return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)


def settle_in(session: Session, items: tuple[Item, ...] = (LATE, SOON)) -> None:
    """A small plan and its people."""
    plan = Plan(2025, units=(Unit("A", "Sở A"), Unit("B", "Sở B")), items=items)
    row = new_plan_row(session, 2025, JOINED)
    write_plan(session, row, plan_before(session, 2025, row), plan)
    for number, unit, role in PEOPLE:
        values = {"id": number, "user_id": 1000 + number, "name": f"P{number}", "language": "vi", "joined_at": JOINED}
        session.execute(insert(PersonRow).values(values))
        session.execute(insert(PostRow).values(person_id=number, unit=unit, role=role, since=JOINED))
        session.execute(insert(ChatRow).values(chat_id=1000 + number, person_id=number, kind="private"))


@pytest.fixture(scope="module")
def settled(places: Places, migrated: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the small plan and its people, to be copied."""
    url = places.copy(migrated, tmp_path_factory.mktemp("settled"))
    store = open_store(url)
    store.write_now(settle_in)
    store.close()
    return url


@pytest.fixture
def url(places: Places, settled: str, tmp_path: Path) -> str:
    return places.copy(settled, tmp_path)


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = open_store(url)
    yield opened
    opened.close()


def morning(store: Store, now: datetime) -> int | None:
    """One process's look at the morning; how many notices are new, None where it is not the time."""
    notices = store.read_now(plan_morning, Shelf(), ALMANAC, now)
    return None if notices is None else store.write_now(keep, notices, now)


def rows(store: Store, kind: str, *columns: object) -> list[tuple[object, ...]]:
    def read(session: Session) -> list[tuple[object, ...]]:
        query = select(*columns).where(OutboxRow.kind == kind).order_by(OutboxRow.id)  # type: ignore[call-overload]
        return [tuple(row) for row in session.execute(query)]

    return store.read_now(read)


def send(store: Store, now: datetime, state: str = SENT) -> list[int]:
    """Send everything that is due, as the sender would; whom it went to."""

    def one(session: Session) -> int | None:
        notice = claim(session, "me", now, now + timedelta(minutes=1))
        if notice is None:
            return None
        session.execute(update(OutboxRow).where(OutboxRow.id == notice.id).values(state=state))
        return notice.person_id

    found = []
    while (person := store.write_now(one)) is not None:
        found.append(person)
    return found


def says(store: Store, number: int, day: date, hour: int, person: int = LEADER, **slots: object) -> None:
    """A report on NV01 (unless another item is named) of that moment."""

    def report(session: Session) -> None:
        who = person_by_id(session, person)
        assert who
        source = Source(f"u{number}", who.chat_id, number, "…", at(day, hour), day)
        file_reports(session, Shelf(), who, [Act(Intent.UPDATE, {"item": "NV01"} | slots)], source)

    store.write_now(report)


def told(store: Store, now: datetime, kind: str, person: int = LEADER) -> object:
    """What the notice of that kind says to the person at that moment."""

    def read(session: Session) -> object:
        query = select(OutboxRow).where(OutboxRow.kind == kind, OutboxRow.person_id == person)
        row = session.scalars(query.order_by(OutboxRow.id.desc())).one()
        fields = (row.id, row.person_id, row.chat_id, row.day, row.kind, row.subject, row.facts, row.due_at)
        notice = Notice(*fields, bulk=row.bulk, attempts=1, perhaps=False)
        return content(session, Reading(Shelf(), ALMANAC, now), notice, TELLERS)

    return store.read_now(read)


# ---------------------------------------------------------------- the morning


def test_each_leader_gets_one_digest_due_at_eight(store: Store) -> None:
    assert morning(store, at(WEDNESDAY, 8)) == 2
    found = rows(store, DIGEST, OutboxRow.person_id, OutboxRow.due_at, OutboxRow.facts)
    assert [(p, due) for p, due, _ in found] == [(LEADER, at(WEDNESDAY, 8)), (OTHER, at(WEDNESDAY, 8))]
    assert found[0][2]["items"] == ["NV01"]


@pytest.mark.parametrize(
    "now",
    [
        at(WEDNESDAY, 7, 59),
        at(WEDNESDAY, 21, 1),
        at(date(2025, 6, 21), 8),  # Saturday
        at(date(2025, 9, 2), 8),  # National Day
    ],
)
def test_nothing_before_eight_at_night_on_a_weekend_or_a_holiday(store: Store, now: datetime) -> None:
    assert morning(store, now) is None


def test_the_offices_own_calendar_wins(store: Store) -> None:
    saturday = date(2025, 6, 21)
    days = [{"day": saturday, "working": True, "note": ""}, {"day": WEDNESDAY, "working": False, "note": ""}]
    store.write_now(lambda session: session.execute(insert(DayRow), days) and None)
    assert morning(store, at(WEDNESDAY, 8)) is None
    assert morning(store, at(saturday, 8)) == 2


def test_a_restart_and_a_second_look_write_nothing_new(store: Store) -> None:
    morning(store, at(WEDNESDAY, 8))
    assert send(store, at(WEDNESDAY, 8)) == [LEADER, OTHER]
    assert morning(store, at(WEDNESDAY, 11)) == 0
    assert send(store, at(WEDNESDAY, 11)) == []


def test_two_processes_at_once_write_and_send_each_notice_once(store: Store, url: str) -> None:
    second = open_store(url)
    try:
        with ThreadPoolExecutor(8) as threads:
            new = list(threads.map(lambda n: morning((store, second)[n % 2], at(WEDNESDAY, 8)), range(8)))
            sent = list(threads.map(lambda each: send(each, at(WEDNESDAY, 8)), (store, second)))
    finally:
        second.close()
    assert sum(n or 0 for n in new) == 2
    assert sorted(person for people in sent for person in people) == [LEADER, OTHER]


def test_a_late_start_sends_todays_digest_at_once(store: Store) -> None:
    assert morning(store, at(WEDNESDAY, 10)) == 2
    assert send(store, at(WEDNESDAY, 10)) == [LEADER, OTHER]


def test_a_day_of_silence_is_caught_up_by_one_message(store: Store) -> None:
    """Wednesday's digests never left; on Thursday each person gets one, with what Wednesday's would have said."""
    thursday = WEDNESDAY + timedelta(1)
    morning(store, at(WEDNESDAY - timedelta(1), 8))
    send(store, at(WEDNESDAY - timedelta(1), 8))
    morning(store, at(WEDNESDAY, 8))
    assert morning(store, at(thursday, 8)) == 2
    assert rows(store, DIGEST, OutboxRow.day, OutboxRow.state)[1:] == [
        (WEDNESDAY, DROPPED),
        (WEDNESDAY, DROPPED),
        (thursday, WAITING),
        (thursday, WAITING),
    ]
    assert send(store, at(thursday, 8)) == [LEADER, OTHER]
    caught_up = rows(store, DIGEST, OutboxRow.person_id, OutboxRow.facts)[-1]
    assert caught_up[1]["items"] == ["NV02"]  # due in two working days; the warning of three was missed


def test_what_failed_for_one_person_is_told_to_that_person_only(store: Store) -> None:
    monday, tuesday = WEDNESDAY - timedelta(2), WEDNESDAY - timedelta(1)
    for day in (monday, tuesday, WEDNESDAY):
        morning(store, at(day, 8))
        send(store, at(day, 8), FAILED if day == WEDNESDAY else SENT)
    past = store.read_now(past_digests, DIGEST, [LEADER, OTHER], monday, WEDNESDAY + timedelta(1))
    assert {p.person_id for p in past if not p.told} == {LEADER, OTHER}
    assert morning(store, at(WEDNESDAY + timedelta(1), 8)) == 2


def test_a_person_whose_chat_is_closed_is_left_alone(store: Store) -> None:
    store.write_now(chat_closed, 1000 + LEADER, LEADER, WEDNESDAY, at(WEDNESDAY, 7))
    assert morning(store, at(WEDNESDAY, 8)) == 1


def test_before_a_plan_is_loaded_nothing_is_planned_and_later_it_is(
    places: Places, migrated: str, tmp_path: Path
) -> None:
    store = open_store(places.copy(migrated, tmp_path))
    try:
        assert morning(store, at(WEDNESDAY, 8)) is None
        store.write_now(settle_in)
        assert morning(store, at(WEDNESDAY, 9)) == 2
    finally:
        store.close()


# ---------------------------------------------------------------- true when it is sent


def test_a_digest_says_what_is_still_true(store: Store) -> None:
    morning(store, at(WEDNESDAY, 8))
    before = told(store, at(WEDNESDAY, 8), DIGEST)
    assert isinstance(before, Reminded)
    assert [d.code for d in before.decisions] == ["NV01"]
    says(store, 1, WEDNESDAY, 8, percent=60)
    assert told(store, at(WEDNESDAY, 8, 5), DIGEST) is None


def test_a_digest_never_leaves_at_night_or_on_another_day(store: Store) -> None:
    morning(store, at(WEDNESDAY, 8))
    assert told(store, at(WEDNESDAY, 21, 5), DIGEST) == at(WEDNESDAY + timedelta(1), 6, 30)
    assert told(store, at(WEDNESDAY + timedelta(1), 6, 30), DIGEST) is None


def test_an_item_that_changed_hands_is_not_told_to_the_old_unit(store: Store) -> None:
    morning(store, at(WEDNESDAY, 8))
    ended = update(PostRow).where(PostRow.person_id == LEADER).values(unit="B")
    store.write_now(lambda session: session.execute(ended) and None)
    assert told(store, at(WEDNESDAY, 8), DIGEST) is None


# ---------------------------------------------------------------- the office


def evening(store: Store, now: datetime) -> int | None:
    notices = store.read_now(plan_evening, Shelf(), ALMANAC, now)
    return None if notices is None else store.write_now(keep, notices, now)


def test_the_office_hears_of_the_day_only_where_there_was_something(store: Store) -> None:
    assert evening(store, at(WEDNESDAY, 16, 59)) is None
    assert evening(store, at(WEDNESDAY, 17)) == 0
    thursday = WEDNESDAY + timedelta(1)
    says(store, 1, thursday, 9, percent=60)
    assert evening(store, at(thursday, 17)) == 2


def test_what_came_after_hours_is_in_the_next_working_days_digest(store: Store) -> None:
    friday, monday = date(2025, 6, 20), date(2025, 6, 23)
    says(store, 1, friday, 20, percent=60)
    assert evening(store, at(friday, 17)) == 0
    assert evening(store, at(friday + timedelta(1), 17)) is None
    assert evening(store, at(monday, 17)) == 2


def test_a_report_that_says_blocked_is_told_at_once_and_not_to_its_author(store: Store) -> None:
    says(store, 1, WEDNESDAY, 9, state="blocked", difficulty="chờ mặt bằng")
    assert rows(store, BLOCKED, OutboxRow.person_id, OutboxRow.due_at) == [
        (OFFICE, at(WEDNESDAY, 9)),
        (SECOND, at(WEDNESDAY, 9)),
    ]
    says(store, 2, WEDNESDAY, 10, person=OFFICE, state="blocked")
    assert [p for (p,) in rows(store, BLOCKED, OutboxRow.person_id)][2:] == [SECOND]


def test_a_blocked_report_that_was_taken_back_is_not_told(store: Store) -> None:
    says(store, 1, WEDNESDAY, 9, state="blocked")

    def back(session: Session) -> None:
        who = person_by_id(session, LEADER)
        assert who
        undo(session, Shelf(), who, Source("u2", who.chat_id, 2, "", at(WEDNESDAY, 9, 1), WEDNESDAY))

    assert told(store, at(WEDNESDAY, 9), BLOCKED, OFFICE) is not None
    store.write_now(back)
    assert told(store, at(WEDNESDAY, 9, 1), BLOCKED, OFFICE) is None


def test_what_is_blocked_at_night_or_on_a_sunday_waits_for_the_working_morning(store: Store) -> None:
    sunday = date(2025, 6, 22)
    says(store, 1, sunday, 23, state="blocked")
    assert told(store, at(sunday, 23), BLOCKED, OFFICE) == at(date(2025, 6, 23), 6, 30)


def test_the_office_is_told_once_of_a_closed_chat(store: Store) -> None:
    for n in range(2):
        store.write_now(chat_closed, 1000 + LEADER, LEADER, WEDNESDAY + timedelta(n), at(WEDNESDAY, 8))
    assert [p for (p,) in rows(store, "closed", OutboxRow.person_id)] == [OFFICE, SECOND]


def test_the_office_is_told_once_a_day_of_what_did_not_arrive(store: Store) -> None:
    for number in range(2):
        lost = Notice(number, LEADER, 1001, WEDNESDAY, DIGEST, "", {}, at(WEDNESDAY, 8), True, 8, True)
        store.write_now(given_up, lost, WEDNESDAY, at(WEDNESDAY, 9))
    assert [p for (p,) in rows(store, "undelivered", OutboxRow.person_id)] == [OFFICE, SECOND]


# ---------------------------------------------------------------- personal reminders


def remind(store: Store, moment: datetime, code: str = "NV01") -> None:
    def write(session: Session) -> None:
        plan_id = session.scalars(select(ItemRow.plan_id)).first()
        assert plan_id
        add_reminder(session, LEADER, item_id(session, plan_id, code), moment, JOINED)

    store.write_now(write)


def test_personal_reminders_come_at_their_minute_once(store: Store) -> None:
    remind(store, at(WEDNESDAY, 9, 30))
    assert store.write_now(plan_own, ALMANAC, at(WEDNESDAY, 9, 29)) == 0
    assert store.write_now(plan_own, ALMANAC, at(WEDNESDAY, 9, 30)) == 1
    assert store.write_now(plan_own, ALMANAC, at(WEDNESDAY, 9, 31)) == 0


def test_several_that_were_missed_come_in_one_message(store: Store) -> None:
    remind(store, at(WEDNESDAY, 9))
    remind(store, at(WEDNESDAY, 10), "NV02")
    assert store.write_now(plan_own, ALMANAC, at(WEDNESDAY, 15)) == 1
    assert rows(store, OWN, OutboxRow.facts)[0][0]["items"] == ["NV01", "NV02"]


def test_a_personal_reminder_keeps_its_saturday_but_not_its_night(store: Store) -> None:
    saturday = date(2025, 6, 21)
    remind(store, at(saturday, 23))
    store.write_now(plan_own, ALMANAC, at(saturday, 23))
    assert told(store, at(saturday, 23), OWN) == at(saturday + timedelta(1), 6, 30)
    assert isinstance(told(store, at(saturday + timedelta(1), 6, 30), OWN), Reminded)


def test_nobody_is_reminded_of_what_is_done(store: Store) -> None:
    remind(store, at(WEDNESDAY, 9))
    store.write_now(plan_own, ALMANAC, at(WEDNESDAY, 9))
    says(store, 1, WEDNESDAY, 9, state="done")
    assert told(store, at(WEDNESDAY, 9, 1), OWN) is None


# ---------------------------------------------------------------- any day, any restart

MOMENTS = st.lists(st.integers(0, 60 * 24 * 45), min_size=1, max_size=25).map(sorted)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=MOMENTS)
def test_whenever_we_look_nobody_is_told_twice_a_day_nor_off_hours(
    tmp_path_factory: pytest.TempPathFactory, places: Places, settled: str, minutes: list[int]
) -> None:
    """Looks at any moments of 45 days, each by a process that remembers nothing."""
    store = open_store(places.copy(settled, tmp_path_factory.mktemp("any")))
    try:
        told_on: list[tuple[int, date]] = []
        for minute in minutes:
            now = at(date(2025, 8, 18), 0) + timedelta(minutes=minute)
            if morning(store, now):
                assert time(8) <= now.astimezone(ZONE).time() < time(21, 1)
                assert now.astimezone(ZONE).weekday() < 5
                assert not VIETNAM(now.astimezone(ZONE).date())
            told_on += [(person, now.astimezone(ZONE).date()) for person in send(store, now)]
        assert len(told_on) == len(set(told_on))
    finally:
        store.close()


def test_a_thousand_people_are_planned_in_one_go(places: Places, migrated: str, tmp_path: Path) -> None:
    """A tenth of a province; the benchmarks measure the whole."""
    store = open_store(places.copy(migrated, tmp_path))
    try:
        store.write_now(_crowd, 1000)
        assert morning(store, at(WEDNESDAY, 8)) == 1000
        assert store.read_now(lambda session: session.scalar(select(func.count(OutboxRow.id)))) == 1000
    finally:
        store.close()


def _crowd(session: Session, size: int) -> None:
    units = tuple(Unit(f"U{n}", f"Đơn vị {n}") for n in range(size // 10))
    items = tuple(
        Item(
            f"NV{n}",
            Kind.TASK,
            f"Việc {n}",
            date(2025, 1, 1),
            due=date(2025, 6, 17),
            leads=(units[n % len(units)].code,),
        )
        for n in range(size)
    )
    row = new_plan_row(session, 2025, JOINED)
    write_plan(session, row, plan_before(session, 2025, row), Plan(2025, units=units, items=items))
    people = [
        {"id": n, "user_id": n, "name": f"P{n}", "language": "vi", "joined_at": JOINED} for n in range(1, size + 1)
    ]
    posts = [
        {"person_id": n, "unit": units[n % len(units)].code, "role": "leader", "since": JOINED}
        for n in range(1, size + 1)
    ]
    session.execute(insert(PersonRow), people)
    session.execute(insert(PostRow), posts)
