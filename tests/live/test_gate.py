"""Who may look: Telegram's signature on a Mini App's data, and the cookie that follows."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from bot.live.gate import cookie_for, person_of_cookie, user_of_init_data

TOKEN = "4242424242:AAtesttesttesttesttesttesttesttest"
NOW = datetime(2025, 6, 18, 1, 0, tzinfo=UTC)


def signed(token: str = TOKEN, at: datetime = NOW, **fields: str) -> str:
    """Init data as Telegram's documentation has it signed, worked out here once more."""
    values = {
        "auth_date": str(int(at.timestamp())),
        "query_id": "AAHdF6IQAAAAAN0XohDhrOrc",
        "user": '{"id":1006,"first_name":"Hiển & Co","language_code":"vi"}',
        "signature": "abc",
    } | fields
    text = "\n".join(f"{name}={values[name]}" for name in sorted(values))
    key = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    return urlencode({**values, "hash": hmac.new(key, text.encode(), hashlib.sha256).hexdigest()})


def test_what_telegram_signed_names_the_account() -> None:
    assert user_of_init_data(signed(), TOKEN, NOW) == 1006


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "hash=",
        signed().replace("1006", "1007"),
        signed(token="1:other"),
        signed(at=NOW - timedelta(hours=2)),
        signed(at=NOW + timedelta(hours=1)),
        signed(auth_date="soon"),
        signed(auth_date="9" * 30),
        signed(user="[]"),
        signed(user='{"id":"1006"}'),
        signed() + "&user=x",
        signed()[:-1],
        "a" * 10_000,
        "user=%ff&hash=%ff",
    ],
)
def test_everything_else_names_nobody(raw: str) -> None:
    assert user_of_init_data(raw, TOKEN, NOW) is None


def test_a_cookie_is_good_for_hours_and_for_one_person_and_bot() -> None:
    cookie = cookie_for(7, TOKEN, NOW)
    assert person_of_cookie(cookie, TOKEN, NOW + timedelta(hours=11)) == 7
    assert person_of_cookie(cookie, TOKEN, NOW + timedelta(hours=13)) is None
    assert person_of_cookie(cookie, "1:other", NOW) is None
    assert person_of_cookie("8" + cookie[1:], TOKEN, NOW) is None
    for forged in ("", "7", "7.9999999999", "7.9999999999.", "é.é.é"):
        assert person_of_cookie(forged, TOKEN, NOW) is None
