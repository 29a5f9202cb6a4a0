"""Putting reports on record: as said, corrected, taken back, and with evidence. One function is one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from bot.rules.access import Action, Denied, may_report, speaks_for
from bot.rules.acts import Act, Intent
from bot.rules.people import Person
from bot.rules.record import Facts, Report, comes_last, facts_after, facts_of, until
from bot.rules.reporting import Asked, Draft, Filed, Line, Refused, Undone, examine
from bot.rules.standing import standing_of
from bot.services.reminding import tell_of_blocked
from bot.services.shelf import Shelf
from storage.dialogues import Dialogue, Message, read_dialogue, read_message, write_dialogue, write_message
from storage.record import (
    File,
    Origin,
    add_to_facts,
    append_report,
    attach,
    is_answered,
    latest_report_of,
    next_revision,
    refresh_facts,
    report_by_uid,
    reports_of,
    reports_with_keys,
)

UNDO_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Source:
    """The message that reports: its update's key, its place, its words, its moment (UTC) and local day, its files."""

    key: str
    chat_id: int
    message_id: int
    text: str
    at: datetime
    today: date
    files: tuple[File, ...] = ()


def file_reports(
    session: Session,
    shelf: Shelf,
    person: Person,
    acts: Sequence[Act],
    source: Source,
    corrects: Mapping[str, str] | None = None,
) -> Filed:
    """Write what is sure and right, and remember the first question that is left.

    `corrects` maps item codes to the ids of the reports that the new ones correct; reports on items that the message
    no longer names are taken back. Handled again, the same message writes nothing and gets the same answer.
    """
    desk = _Desk(session, shelf, person, source)
    known = reports_with_keys(session, [_key(source.key, n) for n in range(len(acts))])
    if known:
        return Filed(lines=tuple(desk.line(r) for r in known if not r.undoes), again=True)
    verdicts = [examine(act, desk.book, person, bare=bool(source.files)) for act in acts]
    old = dict(corrects or {})
    lines = tuple(desk.write(v, n, old.pop(v.item, None)) for n, v in enumerate(verdicts) if isinstance(v, Draft))
    waiting = [act for act, v in zip(acts, verdicts, strict=True) if isinstance(v, Asked)]
    if lines and not waiting:
        for n, uid in enumerate(old.values(), start=len(acts)):
            desk.take_back(uid, n)
    filed = Filed(
        lines=lines,
        refused=tuple(v for v in verdicts if isinstance(v, Refused)),
        asked=next((v for v in verdicts if isinstance(v, Asked)), None),
        question=_uid(source.key, -1)[:8],
    )
    tell_of_blocked(session, [line.report for line in lines], person, source.today, source.at)
    desk.remember(acts, filed, waiting[1:], old)
    return filed


def edit_reports(
    session: Session, shelf: Shelf, person: Person, acts: Sequence[Act], source: Source, uids: Sequence[str]
) -> Filed:
    """Write what an edited (or retold) message says now, in place of the reports `uids` that it made before."""
    standing = [r for uid in uids if not is_answered(session, uid) and (r := report_by_uid(session, uid)) is not None]
    return file_reports(session, shelf, person, acts, source, {r.item: r.id for r in standing})


def answer(
    session: Session, shelf: Shelf, person: Person, source: Source, question_id: str, choice: int
) -> Filed | None:
    """Carry out the reading chosen for the question that waits in this chat, and go on with what came after it.

    None where that question is no longer open (answered already, or overtaken by another message).
    """
    question = read_dialogue(session, source.chat_id).choice
    if question is None or question["id"] != question_id or choice >= len(question["readings"]):
        return None
    acts = [Act.from_json(raw) for raw in (question["readings"][choice], *question["later"])]
    files = tuple(File(*fields) for fields in question["files"])
    said = replace(source, message_id=question["message"], text=question["text"], files=files)
    return file_reports(session, shelf, person, acts, said, question.get("corrects"))


def drop_question(session: Session, chat_id: int, question_id: str) -> bool:
    """Forget the question that waits; returns whether it was that one. Nothing is written."""
    dialogue = read_dialogue(session, chat_id)
    if dialogue.question is None or dialogue.question["id"] != question_id:
        return False
    write_dialogue(session, chat_id, replace(dialogue, question=None))
    return True


def undo(session: Session, shelf: Shelf, person: Person, source: Source, uids: Sequence[str] = ()) -> Undone:
    """Take reports back: those named, or the person's last one. Possible for a day, for one's own or by the office."""
    if not uids:
        last = latest_report_of(session, person.id, source.at - UNDO_FOR)
        uids = [last.id] if last else []
    desk = _Desk(session, shelf, person, source)
    reports = [r for uid in uids if (r := report_by_uid(session, uid)) is not None]
    if any(not may_report(person, desk.book.plan.item[r.item], desk.book.plan) for r in reports):
        raise Denied(Action.REPORT)
    fresh = [r for r in reports if r.at is not None and source.at - r.at <= UNDO_FOR]
    open_ = [r for r in fresh if not is_answered(session, r.id)]
    lines = tuple(desk.take_back(r.id, n) for n, r in enumerate(open_))
    if lines:
        codes = tuple(line.report.item for line in lines)
        previous = Act(Intent.UPDATE, {"item": codes[0]})
        write_dialogue(session, source.chat_id, Dialogue(previous=previous))
    return Undone(lines, too_late=len(fresh) < len(reports), already=bool(fresh) and not open_)


def add_evidence(session: Session, shelf: Shelf, person: Person, source: Source, uid: str) -> Line | None:
    """Keep the message's files with a report that is on record. None where the report is not known."""
    desk = _Desk(session, shelf, person, source)
    report = report_by_uid(session, uid)
    if report is None:
        return None
    if not may_report(person, desk.book.plan.item[report.item], desk.book.plan):
        raise Denied(Action.REPORT)
    count = attach(session, uid, source.files, source.at)
    line = desk.line(report)
    return replace(line, report=replace(report, evidence=count))


class _Desk:
    """One transaction's view of the record: the book before it, and what is written on top of it."""

    def __init__(self, session: Session, shelf: Shelf, person: Person, source: Source) -> None:
        self.session, self.person, self.source = session, person, source
        opened = shelf.opened(session, source.today)
        self.book, self.plan_id, self.item_ids = opened.book, opened.plan_id, opened.item_ids
        self._revision: int | None = None

    def write(self, draft: Draft, number: int, corrects: str | None) -> Line:
        """Put a draft on record, in the person's name and for the unit they speak for."""
        item = self.book.plan.item[draft.item]
        report = Report(
            id=_uid(self.source.key, number),
            item=draft.item,
            on=self.source.today,
            percent=draft.percent,
            value=draft.value,
            state=draft.state,
            difficulty=draft.difficulty,
            proposal=draft.proposal,
            by=self.person.name,
            unit=speaks_for(self.person, item, self.book.plan),
            at=self.source.at,
            text=self.source.text,
            corrects=corrects,
        )
        line = self._append(report, number)
        if not self.source.files:
            return line
        count = attach(self.session, report.id, self.source.files, self.source.at)
        return replace(line, report=replace(report, evidence=count))

    def take_back(self, uid: str, number: int) -> Line:
        """Append a report that undoes another one; the line shows the item before and after."""
        old = report_by_uid(self.session, uid)
        assert old is not None  # callers have read it in this transaction
        return self._append(
            Report(
                id=_uid(self.source.key, number),
                item=old.item,
                on=old.on,
                by=self.person.name,
                unit=old.unit,
                at=self.source.at,
                text=self.source.text,
                undoes=uid,
            ),
            number,
        )

    def _append(self, report: Report, number: int) -> Line:
        if self._revision is None:
            self._revision = next_revision(self.session, self.plan_id)
        item_id, item, source = self.item_ids[report.item], self.book.plan.item[report.item], self.source
        origin = Origin(self.person.id, _key(source.key, number), source.chat_id, source.message_id)
        append_report(self.session, item_id, report, origin)
        old = self.book.facts_on(report.item)
        new = self._facts_with(report, old, self._revision)
        self.book = self.book.revised({report.item: new}, self._revision)
        before = standing_of(item, old, source.today, self.book.limits)
        return Line(report, old, new, before, self.book.standing(report.item, source.today))

    def _facts_with(self, report: Report, facts: Facts, revision: int) -> Facts:
        """The item's facts with a report just appended; all its reports are read only where they may matter."""
        item_id, item, today = self.item_ids[report.item], self.book.plan.item[report.item], self.source.today
        if report.on == today and comes_last(report, facts):
            new = facts_after(item, facts, report)
            if add_to_facts(self.session, item_id, new, revision, today):
                return new
        return refresh_facts(self.session, self.plan_id, item_id, item, revision, today)

    def line(self, report: Report) -> Line:
        """A report that is on record already, as it changed its item then."""
        item = self.book.plan.item[report.item]
        reports = until(reports_of(self.session, report.item, self.item_ids[report.item]), self.source.today)
        index = next((n for n, r in enumerate(reports) if r.id == report.id), len(reports))
        old, new = facts_of(item, reports[:index]), facts_of(item, reports)
        before, after = (standing_of(item, facts, self.source.today, self.book.limits) for facts in (old, new))
        return Line(report, old, new, before, after)

    def remember(self, acts: Sequence[Act], filed: Filed, later: Sequence[Act], corrects: Mapping[str, str]) -> None:
        """Keep what the chat is about now: the last act, the question that waits, what the message reported."""
        source = self.source
        question = None
        if filed.asked:
            readings = [reading.as_json() for reading in filed.asked.readings]
            question = {
                "id": filed.question,
                "doubt": str(filed.asked.doubt),
                "readings": readings,
                "later": [act.as_json() for act in later],
                "corrects": dict(corrects),
                "message": source.message_id,
                "text": source.text,
                "files": [[f.file_id, f.unique_id, f.kind, f.name] for f in source.files],
            }
        last = acts[-1] if acts else None
        about = [str(act.slots.get("item")) for act in acts]
        question = read_dialogue(self.session, source.chat_id).asking(question, about)
        write_dialogue(self.session, source.chat_id, Dialogue(previous=last, question=question))
        if filed.lines:
            self._remember_message(filed.lines)

    def _remember_message(self, lines: Sequence[Line]) -> None:
        source = self.source
        known = read_message(self.session, source.chat_id, source.message_id)
        before = known.reports if known else ()
        items = tuple(dict.fromkeys((*(known.items if known else ()), *(line.report.item for line in lines))))
        reports = tuple(dict.fromkeys((*before, *(line.report.id for line in lines))))
        write_message(self.session, Message(source.chat_id, source.message_id, items, reports), source.at)


def _key(update: str, number: int) -> str:
    return f"{update}:{number}"


def _uid(update: str, number: int) -> str:
    """A report's id for ever: it follows from the update, so that a message handled twice has the same."""
    return hashlib.sha256(_key(update, number).encode()).hexdigest()[:16]
