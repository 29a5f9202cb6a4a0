"""The clock: shifted by a constant where a demonstration asks for it, and Telegram's dates with it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.clock import Clock

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
START = datetime(2025, 6, 18, 7, 59, 50)  # noqa: DTZ001 - local, as the setting says it


def test_a_started_clock_is_local_and_runs_on() -> None:
    clock = Clock(ZONE, START)
    first, second = clock.now(), clock.now()
    assert first.tzinfo is UTC
    assert timedelta(0) <= first - datetime(2025, 6, 18, 0, 59, 50, tzinfo=UTC) < timedelta(seconds=5)
    assert first <= second
    assert clock.today() == date(2025, 6, 18)


def test_a_message_is_shifted_by_the_same_difference() -> None:
    clock = Clock(ZONE, START)
    sent = datetime.now(UTC)
    assert abs(clock.moment(sent) - clock.now()) < timedelta(seconds=5)


def test_without_a_start_it_is_the_real_time() -> None:
    assert abs(Clock(ZONE).now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_moving_it_moves_the_day() -> None:
    clock = Clock(ZONE, START)
    clock.move(timedelta(days=2))
    assert clock.today() == date(2025, 6, 20)
