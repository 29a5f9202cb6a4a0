"""Clocks: local times in many zones over many years, also on the days when the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given
from hypothesis import strategies as st

from bot.rules.calendar import WorkCalendar
from bot.rules.reminders import Timetable, next_waking, worked
from bot.services.reminding import Almanac

TABLE = Timetable()
EVERY_DAY = WorkCalendar(lambda _: False)
ZONES = st.sampled_from(sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "right/"))))
YEARS = st.dates(date(2000, 1, 1), date(2037, 12, 31))
WAKING = st.times(TABLE.wake, TABLE.sleep).map(lambda t: t.replace(second=0, microsecond=0))


def almanac(zone: str) -> Almanac:
    return Almanac(lambda _: False, TABLE, ZoneInfo(zone))


@given(zone=ZONES, day=YEARS, at=WAKING)
def test_a_local_time_is_met_on_its_day_by_every_clock(zone: str, day: date, at: time) -> None:
    """Where the clocks skip it, it comes later by what is skipped: never a day early or late, and never twice."""
    here = almanac(zone)
    local = here.local(here.moment(day, at))
    skipped = local.replace(tzinfo=None) - datetime.combine(day, at)
    assert timedelta(0) <= skipped <= timedelta(days=1)
    if skipped:
        naive = datetime.combine(day, at, here.zone)
        assert naive.utcoffset() != naive.replace(fold=1).utcoffset()  # a gap indeed


@given(zone=ZONES, day=YEARS)
def test_mornings_follow_each_other_whatever_the_clocks_do(zone: str, day: date) -> None:
    here = almanac(zone)
    first, second = (here.moment(day + timedelta(n), TABLE.digest_at) for n in range(2))
    assert timedelta(hours=20) <= second - first <= timedelta(hours=28) or here.zone.key in ONCE_A_DAY_APART


# Places that once skipped a whole day, or had it twice, on moving to the other side of the date line.
ONCE_A_DAY_APART = {"Pacific/Apia", "Pacific/Fakaofo"}


@given(zone=ZONES, day=YEARS, at=st.times())
def test_what_waits_for_the_morning_is_sent_in_waking_hours(zone: str, day: date, at: time) -> None:
    here = almanac(zone)
    now = datetime.combine(day, at, UTC).astimezone(here.zone)
    woken = next_waking(now, TABLE, EVERY_DAY)
    assert woken.astimezone(UTC) >= now.astimezone(UTC) or woken == now
    assert TABLE.awake(here.local(woken.astimezone(UTC)).time())


@given(zone=ZONES, day=YEARS, minutes=st.integers(0, 60 * 24 * 6))
def test_working_time_is_never_more_than_the_office_is_open(zone: str, day: date, minutes: int) -> None:
    first = datetime.combine(day, time(9), ZoneInfo(zone))
    last = first + timedelta(minutes=minutes)
    spent = worked(first, last, EVERY_DAY, TABLE)
    assert timedelta(0) <= spent <= timedelta(hours=8) * 6
    assert spent <= last - first


def test_four_working_hours() -> None:
    def spent(*ends: str) -> float:
        first, last = (datetime.fromisoformat(f"2025-06-{end}") for end in ends)
        return worked(first, last, EVERY_DAY, TABLE) / timedelta(hours=1)

    assert spent("18T08:00", "18T13:30") == 4
    assert spent("18T16:00", "19T10:30") == 4
    assert spent("20T16:00", "23T10:30") == 4  # over a weekend
    assert spent("21T08:00", "22T18:00") == 0
