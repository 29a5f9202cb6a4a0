"""Commands for the plan: load it from its workbook, write it out again, and print where its items stand."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from bot.cli import Desk, Exit
from bot.rules.loading import LoadPreview
from bot.rules.plan import Plan
from bot.rules.record import Report, facts_of, until
from bot.rules.standing import Standing, standing_of
from bot.services import loading
from bot.services.loading import as_workbook
from bot.services.shelf import NoPlan, Shelf
from bot.views.loading import load_text, plain, refusal
from bot.views.operating import file_reason
from bot.workbook import Loaded, Refused, read_workbook
from storage.database import Store, open_store, upgrade


def load(args: Namespace, desk: Desk) -> int:
    """Load or update the plan, or (dry run) tell what that would do. Exit 1 where the file has errors."""
    upgrade(desk.settings.database_url)
    store = open_store(desk.settings.database_url)
    try:
        told = _load(args, desk, store)
    except (Refused, OSError) as problem:
        return _not_readable(desk, args.plan, problem)
    finally:
        store.close()
    sys.stdout.write(load_text(desk.words, told))
    return Exit.RIGHT if told.right else Exit.INPUT


def _load(args: Namespace, desk: Desk, store: Store) -> LoadPreview:
    now, today = desk.clock.now(), desk.clock.today()

    def stored(year: int | None) -> Plan | None:
        return store.read_now(loading.stored_plan, today, year)

    loaded = loading.read_for(stored, args.plan, year=args.year, add_units=args.add_units)
    if args.dry_run:
        return store.read_now(loading.preview, loaded, today)
    return store.write_now(loading.load, loaded, None, now, today, sweep=True)


def export(args: Namespace, desk: Desk) -> int:
    """Write the plan in force, with every report, as a workbook that loads back unchanged."""
    upgrade(desk.settings.database_url)
    store = open_store(desk.settings.database_url)
    target: Path = args.target
    try:
        found = store.read_now(loading.export, Shelf(), desk.clock.today())
        target.write_bytes(as_workbook(found))
    except NoPlan:
        return _complain(desk.words.say("No plan is loaded.").unescape())
    except OSError as problem:
        reason = file_reason(desk.words, problem)
        said = desk.words.say("{path} could not be written: {reason}", path=target, reason=reason)
        return _complain(said.unescape())
    finally:
        store.close()
    print(target)
    return Exit.RIGHT


def standing(args: Namespace, desk: Desk) -> int:
    """Print where every item of a workbook stands on a day, one JSON object a line. Needs no database."""
    try:
        loaded = read_workbook(args.plan, add_units=True)
    except (Refused, OSError) as problem:
        return _not_readable(desk, args.plan, problem)
    told = loading.checked(loaded)
    if not told.right:
        return _complain(load_text(desk.words, told))
    for line in standing_lines(loaded, args.today or desk.clock.today()):
        print(line)
    return Exit.RIGHT


def standing_lines(loaded: Loaded, day: date) -> Iterator[str]:
    """The contract's JSON lines, in plan order; shares in percent, rounded to one decimal."""
    reports: dict[str, list[Report]] = {}
    for report in until(loaded.reports, day):
        reports.setdefault(report.item, []).append(report)
    for item in loaded.plan.live:
        yield _as_json(standing_of(item, facts_of(item, reports.get(item.code, ())), day))


def _as_json(found: Standing) -> str:
    row = {
        "code": found.code,
        "standing": found.status,
        "achieved": _rounded(found.achieved),
        "expected": _rounded(found.expected),
        "stale": found.stale,
        "days_left": found.days_left,
    }
    return json.dumps(row, ensure_ascii=False)


def _rounded(share: Decimal | None) -> float | None:
    """One decimal, a half to the even digit as in the chat's figures, and never a minus before zero."""
    return None if share is None else float(f"{share:.1f}") + 0.0


def _not_readable(desk: Desk, path: Path, problem: Refused | OSError) -> int:
    if isinstance(problem, Refused):
        said = refusal(desk.words, problem)
    else:
        said = desk.words.say("{path} could not be read: {reason}", path=path, reason=file_reason(desk.words, problem))
    return _complain(plain(said))


def _complain(text: str) -> int:
    print(text.rstrip("\n"), file=sys.stderr)
    return Exit.INPUT
