"""The settings: read once from the environment or a `.env` file, wrong ones refused in plain words."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values

from bot.rules.reminders import Timetable

T = TypeVar("T")
PREFIX = "TIENDO_"
LANGUAGES = ("vi", "bn", "en")
HOME = "VN"
MOST_DAYS = 36_500
YEARS = range(2000, 2101)


class Wanted(StrEnum):
    """What a setting must be."""

    TOKEN = "token"
    READABLE_FILE = "readable_file"
    LISTEN = "listen"
    ZONE = "zone"
    TIME = "time"
    MOMENT = "moment"
    LANGUAGE = "language"
    YES_NO = "yes_no"
    DAYS = "days"
    PORT = "port"
    COUNTRY = "country"
    NUMBER = "number"
    NUMBERS = "numbers"
    HOURS = "hours"
    DATABASE = "database"
    URL = "url"
    HTTPS = "https"
    SECRET = "secret"


class BadSettings(Exception):
    """The setting `name` cannot be used as `given`; `wanted` says what would be right."""

    def __init__(self, name: str, given: str, wanted: Wanted) -> None:
        super().__init__(f"{name}={given!r}: {wanted}")
        self.name, self.given, self.wanted = name, given, wanted


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a deployment decides. Paths are relative to the working folder; times are local."""

    token: str | None
    database_url: str
    api_url: str
    proxy: str | None
    webhook_url: str | None
    listen: tuple[str, int]
    webhook_secret: str | None
    zone: ZoneInfo
    country: str
    remind_at: time
    report_at: time
    timetable: Timetable
    now: datetime | None
    language: str
    leaders_see_all: bool
    invite_days: int
    keep_misreadings: Path | None
    clock_control: int | None
    live_url: str | None
    live_listen: tuple[str, int]
    health_listen: tuple[str, int] | None
    keep_inbox_days: int
    keep_evidence_days: int | None

    @property
    def required_token(self) -> str:
        """The token. Raises `BadSettings` where there is none."""
        if self.token is None:
            raise BadSettings("TIENDO_TOKEN", "", Wanted.TOKEN)
        return self.token


def read_settings(environment: Mapping[str, str], folder: Path) -> Settings:
    """The settings of `environment`, over those of `folder/.env`. Raises `BadSettings`."""
    stored = _stored(folder / ".env")
    raw = {k: v.strip() for k, v in (stored | dict(environment)).items() if k.startswith(PREFIX) and v.strip()}
    return Settings(
        token=_token(raw),
        database_url=_read(raw, "DATABASE_URL", _database, "sqlite:///tiendo.db", Wanted.DATABASE),
        api_url=_read(raw, "API_URL", _url, "https://api.telegram.org", Wanted.URL),
        proxy=_read(raw, "PROXY", _maybe(_url), "", Wanted.URL),
        webhook_url=_webhook_url(raw),
        listen=_read(raw, "LISTEN", _listen, "0.0.0.0:8443", Wanted.LISTEN),
        webhook_secret=_read(raw, "WEBHOOK_SECRET", _maybe(_secret), "", Wanted.SECRET),
        zone=_read(raw, "TIMEZONE", ZoneInfo, "Asia/Ho_Chi_Minh", Wanted.ZONE),
        country=_read(raw, "COUNTRY", _country, HOME, Wanted.COUNTRY),
        remind_at=_read(raw, "REMIND_AT", _time, "08:00", Wanted.TIME),
        report_at=_read(raw, "REPORT_AT", _time, "17:00", Wanted.TIME),
        timetable=_timetable(raw),
        now=_read(raw, "NOW", _moment, "", Wanted.MOMENT) if "TIENDO_NOW" in raw else None,
        language=_read(raw, "LANGUAGE", _language, "vi", Wanted.LANGUAGE),
        leaders_see_all=_read(raw, "LEADERS_SEE_ALL", _yes_no, "yes", Wanted.YES_NO),
        invite_days=_read(raw, "INVITE_DAYS", _positive, "14", Wanted.DAYS),
        keep_misreadings=Path(raw["TIENDO_KEEP_MISREADINGS"]) if "TIENDO_KEEP_MISREADINGS" in raw else None,
        clock_control=_read(raw, "CLOCK_CONTROL", _port, "0", Wanted.PORT) or None,
        live_url=_read(raw, "LIVE_URL", _maybe(_url), "", Wanted.URL),
        live_listen=_read(raw, "LIVE_LISTEN", _listen, "127.0.0.1:8444", Wanted.LISTEN),
        health_listen=_read(raw, "HEALTH_LISTEN", _maybe(_listen), "", Wanted.LISTEN),
        keep_inbox_days=_read(raw, "KEEP_INBOX_DAYS", _positive, "30", Wanted.DAYS),
        keep_evidence_days=_read(raw, "KEEP_EVIDENCE_DAYS", _maybe(_positive), "", Wanted.DAYS),
    )


def _stored(path: Path) -> dict[str, str]:
    try:
        return {k: v for k, v in dotenv_values(path).items() if v is not None}
    except (OSError, UnicodeDecodeError) as problem:
        raise BadSettings(".env", str(path), Wanted.READABLE_FILE) from problem


def _token(raw: Mapping[str, str]) -> str | None:
    file = raw.get("TIENDO_TOKEN_FILE")
    if "TIENDO_TOKEN" in raw or file is None:
        return raw.get("TIENDO_TOKEN")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise BadSettings("TIENDO_TOKEN_FILE", file, Wanted.READABLE_FILE) from problem


def _timetable(raw: Mapping[str, str]) -> Timetable:
    """The numbers of reminding: each is `TIENDO_REMINDERS_` and its name, but for the two times asked for most."""
    times = {"remind_at": "REMIND_AT", "report_at": "REPORT_AT"}
    given: dict[str, Any] = {}
    for one in fields(Timetable):
        name = times.get(one.name) or f"REMINDERS_{one.name.upper()}"
        if PREFIX + name in raw:
            given[one.name] = _read(raw, name, *_how(one.name, one.default))
    return Timetable(**given)


def _how(name: str, default: object) -> tuple[Callable[[str], Any], str, Wanted]:
    """How a number is read, what stands for nothing, and what it must be."""
    parse, wanted = _NUMBERS.get(name, (_time, Wanted.TIME) if isinstance(default, time) else _PLAIN)
    return parse, "", wanted


def _natural(text: str) -> int:
    number = int(text)
    if not 0 <= number <= MOST_DAYS:
        raise ValueError(text)
    return number


def _naturals(text: str) -> tuple[int, ...]:
    return tuple(_natural(part) for part in text.split(","))


def _spans(text: str) -> tuple[tuple[time, time], ...]:
    """Spans of a day, in order: `07:30-11:30,13:00-17:00`."""
    spans = [tuple(_time(end.strip()) for end in part.split("-")) for part in text.split(",")]
    ends = [end for span in spans for end in span]
    if any(len(span) != 2 for span in spans) or ends != sorted(set(ends)):
        raise ValueError(text)
    return tuple((first, last) for first, last in spans)


_PLAIN: tuple[Callable[[str], Any], Wanted] = (_natural, Wanted.NUMBER)
_NUMBERS: Mapping[str, tuple[Callable[[str], Any], Wanted]] = {
    "ahead": (_naturals, Wanted.NUMBERS),
    "office_hours": (_spans, Wanted.HOURS),
}


def _read(raw: Mapping[str, str], name: str, parse: Callable[[str], T], default: str, wanted: Wanted) -> T:
    text = raw.get(PREFIX + name, default)
    try:
        return parse(text)
    except (ValueError, KeyError, OSError, ZoneInfoNotFoundError) as problem:
        raise BadSettings(PREFIX + name, text, wanted) from problem


def _maybe(parse: Callable[[str], T]) -> Callable[[str], T | None]:
    """The same, and None where nothing is set."""
    return lambda text: parse(text) if text else None


def _listen(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host:
        raise ValueError(text)
    return host, _port(port)


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number < 65536:
        raise ValueError(text)
    return number


def _time(text: str) -> time:
    """A time of the local day: it has no zone of its own."""
    found = time.fromisoformat(text)
    if found.tzinfo:
        raise ValueError(text)
    return found


def _moment(text: str) -> datetime:
    """A moment of the local clock, in a year that plans are made for."""
    found = datetime.fromisoformat(text)
    if found.tzinfo or found.year not in YEARS:
        raise ValueError(text)
    return found


def _database(text: str) -> str:
    """A file's or a server's address. The driver is ours to choose: another one is not there."""
    kind, _, rest = text.partition("://")
    if kind not in ("sqlite", "postgresql") or (kind == "sqlite" and not rest.removeprefix("/")):
        raise ValueError(text)
    if kind == "sqlite" and not rest.startswith("/"):  # two slashes name a host, and a file has none
        raise ValueError(text)
    _ = urlsplit(text).port  # raises ValueError where it is no port
    return text


def _url(text: str, schemes: Container[str] = ("http", "https")) -> str:
    """An address on the web, without the slash at its end."""
    parts = urlsplit(text)
    if parts.scheme not in schemes or not parts.hostname or parts.port == 0:
        raise ValueError(text)
    return text.rstrip("/")


def _webhook_url(raw: Mapping[str, str]) -> str | None:
    """Telegram delivers by https alone; a Bot API server of one's own may be asked to do without."""
    if "TIENDO_API_URL" in raw:
        return _read(raw, "WEBHOOK_URL", _maybe(_url), "", Wanted.URL)
    return _read(raw, "WEBHOOK_URL", _maybe(lambda text: _url(text, ("https",))), "", Wanted.HTTPS)


def _secret(text: str) -> str:
    """What Telegram takes as a secret token."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", text):
        raise ValueError(text)
    return text


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError(text)
    return text


def _country(text: str) -> str:
    if text != HOME:  # looking it up takes 0.3 s, which the usual start need not wait for
        from holidays.registry import COUNTRIES

        if not any(text in codes for codes in COUNTRIES.values()):
            raise ValueError(text)
    return text


def _yes_no(text: str) -> bool:
    return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}[text.lower()]


def _positive(text: str) -> int:
    number = _natural(text)
    if number < 1:
        raise ValueError(text)
    return number
