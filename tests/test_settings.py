"""Settings: read once, wrong ones refused by name."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import pytest

from bot.rules.reminders import Timetable
from bot.settings import BadSettings, Wanted, read_settings


def test_a_deployment_needs_no_setting_but_its_token(tmp_path: Path) -> None:
    settings = read_settings({}, tmp_path)
    assert settings.token is None
    assert settings.database_url == "sqlite:///tiendo.db"
    assert (str(settings.zone), settings.country, settings.remind_at) == ("Asia/Ho_Chi_Minh", "VN", time(8))
    assert settings.now is None
    with pytest.raises(BadSettings) as refused:
        _ = settings.required_token
    assert refused.value.wanted is Wanted.TOKEN


def test_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("TIENDO_TOKEN=1:file\nTIENDO_REMIND_AT=07:15\n")
    settings = read_settings({"TIENDO_TOKEN": "2:environment"}, tmp_path)
    assert settings.token == "2:environment"
    assert settings.remind_at == time(7, 15)


def test_the_token_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("3:secret\n")
    assert read_settings({"TIENDO_TOKEN_FILE": str(tmp_path / "token")}, tmp_path).token == "3:secret"


def test_the_demonstration_clock_is_local(tmp_path: Path) -> None:
    assert read_settings({"TIENDO_NOW": "2025-06-18T07:59:50"}, tmp_path).now == datetime(2025, 6, 18, 7, 59, 50)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("TIENDO_TIMEZONE", "Mars/Olympus", Wanted.ZONE),
        ("TIENDO_TIMEZONE", "../etc/passwd", Wanted.ZONE),
        ("TIENDO_REMIND_AT", "8 o'clock", Wanted.TIME),
        ("TIENDO_COUNTRY", "ZZ", Wanted.COUNTRY),
        ("TIENDO_NOW", "yesterday", Wanted.MOMENT),
        ("TIENDO_LANGUAGE", "fr", Wanted.LANGUAGE),
        ("TIENDO_LISTEN", "8443", Wanted.LISTEN),
        ("TIENDO_INVITE_DAYS", "0", Wanted.DAYS),
        ("TIENDO_LEADERS_SEE_ALL", "perhaps", Wanted.YES_NO),
        ("TIENDO_TOKEN_FILE", "/nowhere/token", Wanted.READABLE_FILE),
        ("TIENDO_REMINDERS_OFFICE_AFTER", "-1", Wanted.NUMBER),
        ("TIENDO_REMINDERS_AHEAD", "1, three", Wanted.NUMBERS),
        ("TIENDO_REMINDERS_OFFICE_HOURS", "11:30-07:30", Wanted.HOURS),
        ("TIENDO_REMINDERS_WAKE", "early", Wanted.TIME),
        ("TIENDO_REMIND_AT", "08:00+07:00", Wanted.TIME),
        ("TIENDO_TIMEZONE", "Asia", Wanted.ZONE),
        ("TIENDO_NOW", "2025-06-18T08:00:00+09:00", Wanted.MOMENT),
        ("TIENDO_NOW", "9999-12-31T23:59:59", Wanted.MOMENT),
        ("TIENDO_INVITE_DAYS", "99999999999", Wanted.DAYS),
        ("TIENDO_REMINDERS_OFFICE_AFTER", "99999999999", Wanted.NUMBER),
        ("TIENDO_LISTEN", "0.0.0.0:99999", Wanted.LISTEN),
        ("TIENDO_CLOCK_CONTROL", "-5", Wanted.PORT),
        ("TIENDO_DATABASE_URL", "mysql://x", Wanted.DATABASE),
        ("TIENDO_DATABASE_URL", "sqlite:x.db", Wanted.DATABASE),
        ("TIENDO_DATABASE_URL", "sqlite://", Wanted.DATABASE),
        ("TIENDO_DATABASE_URL", "postgresql+asyncpg://x/y", Wanted.DATABASE),
        ("TIENDO_DATABASE_URL", "postgresql://h:abc/x", Wanted.DATABASE),
        ("TIENDO_WEBHOOK_URL", "http://example.org/x", Wanted.HTTPS),
        ("TIENDO_WEBHOOK_URL", "example.org", Wanted.HTTPS),
        ("TIENDO_WEBHOOK_SECRET", "a b", Wanted.SECRET),
        ("TIENDO_API_URL", "telegram", Wanted.URL),
        ("TIENDO_PROXY", "squid:3128", Wanted.URL),
        ("TIENDO_LIVE_URL", "https://h:port", Wanted.URL),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, wanted: Wanted, tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refused:
        read_settings({name: value}, tmp_path)
    assert (refused.value.name, refused.value.given, refused.value.wanted) == (name, value, wanted)


def test_a_server_of_ones_own_may_deliver_without_tls(tmp_path: Path) -> None:
    given = {"TIENDO_API_URL": "http://127.0.0.1:8081/", "TIENDO_WEBHOOK_URL": "http://127.0.0.1:8443/x"}
    settings = read_settings(given, tmp_path)
    assert (settings.api_url, settings.webhook_url) == ("http://127.0.0.1:8081", "http://127.0.0.1:8443/x")


@pytest.mark.parametrize("name", ["TIENDO_TOKEN_FILE", ".env"])
def test_a_file_that_is_no_text_is_named(name: str, tmp_path: Path) -> None:
    path = tmp_path / ("token" if name != ".env" else ".env")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadSettings) as refused:
        read_settings({"TIENDO_TOKEN_FILE": str(path)} if name != ".env" else {}, tmp_path)
    assert (refused.value.name, refused.value.wanted) == (name, Wanted.READABLE_FILE)


def test_every_number_of_reminding_is_a_setting(tmp_path: Path) -> None:
    given = {
        "TIENDO_REMINDERS_AHEAD": "2,5",
        "TIENDO_REMINDERS_CHAIR_AFTER": "7",
        "TIENDO_REMINDERS_OFFICE_HOURS": "08:00-12:00, 13:30-17:30",
        "TIENDO_REMINDERS_FIGURES_AT": "15:30",
        "TIENDO_REMIND_AT": "07:00",
    }
    table = read_settings(given, tmp_path).timetable
    assert (table.ahead, table.chair_after, table.remind_at) == ((2, 5), 7, time(7))
    assert table.office_hours == ((time(8), time(12)), (time(13, 30), time(17, 30)))
    assert table.figures_at == time(15, 30)
    assert read_settings({}, tmp_path).timetable == Timetable()
