"""What time it is. The only reader of the clock for anything that a rule decides; `TIENDO_NOW` shifts it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


class Clock:
    """The deployment's clock: UTC moments and local days, shifted by a constant where a demonstration asks for it."""

    def __init__(self, zone: ZoneInfo, start: datetime | None = None) -> None:
        """`start` is the local moment that it is now, as far as the bot is concerned (None: the real one)."""
        self.zone = zone
        self.shift = timedelta(0) if start is None else start.replace(tzinfo=zone) - datetime.now(UTC)

    def now(self) -> datetime:
        """This moment, in UTC."""
        return datetime.now(UTC) + self.shift

    def local(self, moment: datetime) -> datetime:
        """A moment on the wall clock of the deployment."""
        return moment.astimezone(self.zone)

    def today(self) -> date:
        """The day it is in the deployment's zone."""
        return self.local(self.now()).date()

    def moment(self, sent: datetime) -> datetime:
        """When something that Telegram dated `sent` happened on this clock, in UTC."""
        return sent.astimezone(UTC) + self.shift

    def move(self, by: timedelta) -> None:
        """Move the clock (the demo's buttons do)."""
        self.shift += by
