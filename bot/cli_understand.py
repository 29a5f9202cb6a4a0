"""The command that tells how messages are read. It needs no database, no token and no network."""

from __future__ import annotations

import sys
import time
from argparse import Namespace
from pathlib import Path

from bot.cli import Desk, Exit
from bot.language import Languages, Reader
from bot.language.building import keep_built
from bot.language.jsonl import understand_lines
from bot.views.loading import plain, refusal
from bot.workbook import Refused, read_workbook

LOCALES = Path(__file__).parent.parent / "locales"


def understand(args: Namespace, desk: Desk) -> int:
    """Read messages (JSON lines) from stdin and print what was understood, with the reasons where they are wanted."""
    try:
        plan = read_workbook(args.plan).plan
    except Refused as refused:
        print(plain(refusal(desk.words, refused)), file=sys.stderr)
        return Exit.INPUT
    reader = Reader(Languages.load(LOCALES), plan)
    keep_built()
    day = args.today or desk.clock.today()
    for line in understand_lines(reader, sys.stdin, day, time.perf_counter, why=args.why):
        print(line)
    return Exit.RIGHT
