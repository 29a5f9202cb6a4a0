"""The record as it is kept: reports appended, the facts that follow from them, evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Insert, Select, Update, bindparam, delete, insert, or_, select, update
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from bot.rules.plan import Item
from bot.rules.record import Facts, Report, State, facts_of, until
from storage.prepared import fetch, table_of
from storage.tables import EvidenceRow, FactRow, ItemRow, PlanRow, ReportRow

FACT_FIELDS = tuple(Facts.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a report came from: who wrote it, in which message. `key` is (update, act number): it writes once."""

    person_id: int | None = None
    key: str | None = None
    chat_id: int | None = None
    message_id: int | None = None


def item_ids(session: Session, plan_id: int) -> dict[str, int]:
    """The row id of every item of a plan, by code."""
    rows = session.execute(select(ItemRow.code, ItemRow.id).where(ItemRow.plan_id == plan_id))
    return dict(rows.all())


def item_id(session: Session, plan_id: int, code: str) -> int:
    """The row id of one item. Raises NoResultFound."""
    found = fetch(session, _item_id, plan=plan_id, item=code)
    if not found:
        raise NoResultFound(code)
    row_id: int = found[0][0]
    return row_id


def _item_id() -> Select[*tuple[Any, ...]]:
    return select(ItemRow.id).where(ItemRow.plan_id == bindparam("plan"), ItemRow.code == bindparam("item"))


def next_revision(session: Session, plan_id: int, *, items_changed: bool = False) -> int:
    """Bump the plan's revision (and version, where items changed) and return it. Taken first, it queues writers."""
    rows = fetch(session, _bump_both if items_changed else _bump, plan=plan_id)
    revision: int = rows[0][0]
    return revision


def _bump() -> Update:
    plans = table_of(PlanRow)
    change = update(plans).where(plans.c.id == bindparam("plan")).values(revision=plans.c.revision + 1)
    return change.returning(plans.c.revision)


def _bump_both() -> Update:
    return _bump().values(version=table_of(PlanRow).c.version + 1)


def append_report(session: Session, item_id: int, report: Report, origin: Origin = Origin()) -> None:
    """Put one report on record. Raises IntegrityError where its id or the origin's key is there already."""
    fetch(
        session,
        _new_report,
        uid=report.id,
        key=origin.key,
        item_id=item_id,
        on=report.on,
        percent=report.percent,
        value=report.value,
        state=report.state,
        difficulty=report.difficulty,
        proposal=report.proposal,
        by=report.by,
        person_id=origin.person_id,
        unit=report.unit,
        at=report.at,
        text=report.text,
        chat_id=origin.chat_id,
        message_id=origin.message_id,
        corrects=report.corrects,
        undoes=report.undoes,
    )


def _new_report() -> Insert:
    return insert(table_of(ReportRow)).inline()


def add_to_facts(session: Session, item_id: int, facts: Facts, revision: int, today: date) -> bool:
    """Keep the facts after a report that came last, under `revision`; returns whether they stand.

    They do not where the item has none yet, or where a report that was dated ahead counts by `today`: then
    `refresh_facts` has to look at all of them.
    """
    values = {name: getattr(facts, name) for name in FACT_FIELDS}
    return bool(fetch(session, _next_facts, row=item_id, today=today, revision=revision, **values))


def _next_facts() -> Update:
    rows = table_of(FactRow)
    is_right = or_(rows.c.ahead.is_(None), rows.c.ahead > bindparam("today"))
    return update(rows).where(rows.c.item_id == bindparam("row"), is_right).returning(rows.c.item_id)


def refresh_facts(session: Session, plan_id: int, item_id: int, item: Item, revision: int, today: date) -> Facts:
    """Work out an item's facts from its reports up to `today` and keep them under `revision`."""
    reports = reports_of(session, item.code, item_id)
    facts = facts_of(item, until(reports, today))
    values: dict[str, Any] = {name: getattr(facts, name) for name in FACT_FIELDS}
    values |= {"revision": revision, "ahead": min((r.on for r in reports if r.on > today), default=None)}
    if not fetch(session, _change_facts, row=item_id, **values):
        session.execute(insert(FactRow).values(item_id=item_id, plan_id=plan_id, code=item.code, **values))
    return facts


def _change_facts() -> Update:
    rows = table_of(FactRow)
    return update(rows).where(rows.c.item_id == bindparam("row")).returning(rows.c.item_id)


def overtaken(session: Session, plan_id: int, today: date) -> Mapping[str, int]:
    """The items (row ids by code) whose facts leave out a report that the calendar has reached since."""
    return dict(fetch(session, _overtaken, plan=plan_id, today=today))


def _overtaken() -> Select[*tuple[Any, ...]]:
    return select(FactRow.code, FactRow.item_id).where(
        FactRow.plan_id == bindparam("plan"), FactRow.ahead <= bindparam("today")
    )


def facts_since(session: Session, plan_id: int, revision: int) -> Mapping[str, Facts]:
    """The facts that changed after `revision`, by item code."""
    return {code: _facts(*values) for code, *values in fetch(session, _facts_since, plan=plan_id, known=revision)}


def _facts_since() -> Select[*tuple[Any, ...]]:
    columns = (getattr(FactRow, name) for name in FACT_FIELDS)
    return select(FactRow.code, *columns).where(
        FactRow.plan_id == bindparam("plan"), FactRow.revision > bindparam("known")
    )


def _facts(value: Any, value_on: Any, percent: Any, percent_on: Any, state: str | None, *others: Any) -> Facts:
    return Facts(value, value_on, percent, percent_on, State(state) if state else None, *others)


def reports_of(session: Session, code: str, item_id: int, *, last: int | None = None) -> list[Report]:
    """An item's reports in the order written, oldest first; only the latest `last` where that is given."""
    query = select(ReportRow).where(ReportRow.item_id == item_id).order_by(ReportRow.id.desc()).limit(last)
    return [as_report(row, code) for row in reversed(session.scalars(query).all())]


def report_by_uid(session: Session, uid: str) -> Report | None:
    """One report, or None."""
    found = session.execute(select(ReportRow, ItemRow.code).join(ItemRow).where(ReportRow.uid == uid)).first()
    return as_report(found[0], found[1]) if found else None


def reports_with_keys(session: Session, keys: Sequence[str]) -> list[Report]:
    """The reports that a message has written already (it is handled a second time after a crash)."""
    found = [key for key in keys if fetch(session, _has_key, key=key)]
    if not found:
        return []
    query = select(ReportRow, ItemRow.code).join(ItemRow).where(ReportRow.key.in_(found)).order_by(ReportRow.id)
    return [as_report(row, code) for row, code in session.execute(query)]


def _has_key() -> Select[*tuple[Any, ...]]:
    return select(ReportRow.id).where(ReportRow.key == bindparam("key"))


def latest_report_of(session: Session, person_id: int, since: datetime) -> Report | None:
    """The last report that a person wrote after `since` and that has not been corrected or undone."""
    answered = select(ReportRow.corrects).where(ReportRow.corrects.is_not(None))
    undone = select(ReportRow.undoes).where(ReportRow.undoes.is_not(None))
    query = (
        select(ReportRow, ItemRow.code)
        .join(ItemRow)
        .where(ReportRow.person_id == person_id, ReportRow.at >= since, ReportRow.undoes.is_(None))
        .where(ReportRow.uid.not_in(answered), ReportRow.uid.not_in(undone))
        .order_by(ReportRow.id.desc())
        .limit(1)
    )
    found = session.execute(query).first()
    return as_report(found[0], found[1]) if found else None


def is_answered(session: Session, uid: str) -> bool:
    """Whether a report has been corrected or taken back already."""
    query = select(ReportRow.id).where((ReportRow.corrects == uid) | (ReportRow.undoes == uid))
    return session.execute(query.limit(1)).first() is not None


def as_report(row: ReportRow, code: str, evidence: int = 0) -> Report:
    """A row as the frozen value that travels; `code` is its item's."""
    return Report(
        id=row.uid,
        item=code,
        on=row.on,
        percent=row.percent,
        value=row.value,
        state=State(row.state) if row.state else None,
        difficulty=row.difficulty,
        proposal=row.proposal,
        by=row.by,
        unit=row.unit,
        at=row.at,
        text=row.text,
        evidence=evidence,
        corrects=row.corrects,
        undoes=row.undoes,
    )


@dataclass(frozen=True, slots=True)
class File:
    """A photo or file as Telegram names it. `kind` is `photo` or `document`."""

    file_id: str
    unique_id: str
    kind: str
    name: str | None = None


def attach(session: Session, report_uid: str, files: Iterable[File], at: datetime) -> int:
    """Keep evidence with a report; a file that is there already is not kept twice. Returns how many it has now."""
    query = select(EvidenceRow.unique_id).where(EvidenceRow.report_uid == report_uid)
    known = set(session.scalars(query))
    new = [f for f in files if f.unique_id not in known]
    for file in new:
        session.add(
            EvidenceRow(
                report_uid=report_uid,
                file_id=file.file_id,
                unique_id=file.unique_id,
                kind=file.kind,
                name=file.name,
                at=at,
            )
        )
    return len(known) + len(new)


def forget_evidence(session: Session, before: datetime) -> None:
    """Drop photos and files that came before then: Telegram keeps them, we drop how to ask for them."""
    session.execute(delete(EvidenceRow).where(EvidenceRow.at < before))
