"""Logs that a security officer may read: no message text, no name, no token, whatever an error's text quotes."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from traceback import extract_tb
from types import TracebackType

FRAMES = 12  # of an error, the innermost
TOKEN = re.compile(r"\d{6,}:[\w-]{30,}")
ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Plain(logging.Formatter):
    """One line a record, for a person; an error as its class and places, never its words."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # another handler may have cached the words
        return hidden(super().format(record))

    def formatException(self, ei: ErrorInfo) -> str:
        return f"  {places(ei[1])}"


class Lines(logging.Formatter):
    """One JSON object a record, for a machine: at, level, logger, message, error."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        told = {"at": at, "level": record.levelname, "logger": record.name, "message": record.getMessage()}
        if record.exc_info and record.exc_info[1]:
            told["error"] = places(record.exc_info[1])
        return hidden(json.dumps(told, ensure_ascii=False))


def set_up(*, machine: bool) -> None:
    """Log to stderr; `machine`: as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines() if machine else Plain())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("apscheduler", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def hidden(text: str) -> str:
    """The text without anything that looks like a bot's token."""
    return TOKEN.sub("<token>", text)


def places(problem: BaseException | None) -> str:
    """An error and its causes by class and place: their words may quote what a person wrote."""
    told: list[str] = []
    while problem is not None and len(told) < 5:
        frames = extract_tb(problem.__traceback__)[-FRAMES:]
        path = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
        told.append(f"{type(problem).__name__} at {path}" if path else type(problem).__name__)
        problem = problem.__cause__ or (None if problem.__suppress_context__ else problem.__context__)
    return ", because of ".join(told)
