"""Who may look: Telegram's own word for a Mini App, and the signed cookie that follows it or a single-use link."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

LOOK_LASTS = timedelta(hours=12)
INIT_DATA_LASTS = timedelta(hours=1)
AHEAD = timedelta(minutes=5)  # how far Telegram's clock may be ahead of ours
MOST_INIT_DATA = 8192  # characters


def user_of_init_data(raw: str, bot_token: str, now: datetime) -> int | None:
    """The Telegram account that opened the Mini App; None where Telegram did not sign it, or too long ago.

    The check is Telegram's ("Validating data received via the Mini App"): HMAC-SHA-256 of the sorted fields under the
    HMAC-SHA-256 of the bot's token under "WebAppData".
    """
    if len(raw) > MOST_INIT_DATA:
        return None
    pairs = parse_qsl(raw, keep_blank_values=True)
    fields = dict(pairs)
    given = fields.pop("hash", "")
    if len(fields) + 1 != len(pairs):  # a field named twice
        return None
    text = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    secret = hmac.digest(b"WebAppData", bot_token.encode(), "sha256")
    if not hmac.compare_digest(_signed(secret, text).encode(), given.encode("utf-8", "surrogateescape")):
        return None
    return _user_id(fields) if _is_fresh(fields.get("auth_date", ""), now) else None


def _is_fresh(auth_date: str, now: datetime) -> bool:
    if not auth_date.isascii() or not auth_date.isdigit() or len(auth_date) > 12:
        return False
    age = now - datetime.fromtimestamp(int(auth_date), UTC)
    return -AHEAD <= age <= INIT_DATA_LASTS


def _user_id(fields: dict[str, str]) -> int | None:
    try:
        found = json.loads(fields.get("user", ""))["id"]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, int) else None


def cookie_for(person_id: int, bot_token: str, now: datetime) -> str:
    """A cookie that says who looks, for some hours."""
    until = int((now + LOOK_LASTS).timestamp())
    said = f"{person_id}.{until}"
    return f"{said}.{_signed(_cookie_secret(bot_token), said)}"


def person_of_cookie(cookie: str, bot_token: str, now: datetime) -> int | None:
    """Whose cookie it is; None where it is not ours or has run out."""
    said, _, given = cookie.rpartition(".")
    if not hmac.compare_digest(_signed(_cookie_secret(bot_token), said).encode(), given.encode("utf-8", "replace")):
        return None
    person_id, _, until = said.partition(".")
    return int(person_id) if now.timestamp() <= int(until) else None


def _cookie_secret(bot_token: str) -> bytes:
    return hmac.digest(b"tiendo live page", bot_token.encode(), "sha256")


def _signed(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()
