"""A person's deadlines as an iCalendar file (RFC 5545): an all-day event each, with alarms on working mornings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from icalendar import Alarm, Calendar, Event
from markupsafe import Markup

from bot.rules.book import Book
from bot.rules.calendar import WorkCalendar
from bot.rules.plan import Item
from bot.views.items import figure, goal, label, standing_line, unit_names
from bot.views.screen import File, Screen
from bot.views.words import Words

AHEAD = (3, 1)  # working days before the due date on which a calendar program reminds
PRODID = "-//Tien do//tiendo//VI"


def calendar_screen(
    words: Words, book: Book, items: Sequence[Item], calendar: WorkCalendar, now: datetime, at: time, *, renewed: bool
) -> Screen:
    """The file with a line on what to do with it. `now` in UTC, `at` the local time of alarms."""
    count = words.count("{n} deadline", "{n} deadlines", len(items))
    if renewed:
        text = words.say("📅 Dates have moved: here is your calendar again ({count}). Open it once more.", count=count)
    else:
        text = words.say("📅 Your deadlines as a calendar: {count}. Open the file to add them.", count=count)
    content = calendar_file(words, book, items, calendar, now, at)
    return Screen(text, file=File(f"tiendo-{book.plan.year}.ics", content))


def calendar_file(
    words: Words, book: Book, items: Sequence[Item], calendar: WorkCalendar, now: datetime, at: time
) -> bytes:
    """The file. An item keeps its UID, so a newer file moves its event instead of adding one."""
    file = Calendar()
    file.add("prodid", PRODID)
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", _plain(words.say("Deadlines {year}", year=words.digits(str(book.plan.year)))))
    for item in items:
        if item.approved_due is not None:
            file.add_component(_event(words, book, item, item.approved_due, calendar, now, at))
    return bytes(file.to_ical())


def _event(words: Words, book: Book, item: Item, due: date, calendar: WorkCalendar, now: datetime, at: time) -> Event:
    event = Event()
    event.add("uid", f"{item.code}-{book.plan.year}@tiendo")
    event.add("dtstamp", now)
    event.add("sequence", book.plan.version)
    event.add("summary", _plain(words.say("Due: {item}", item=_plain(label(words, item)))))
    event.add("dtstart", due)
    event.add("dtend", due + timedelta(1))
    event.add("transp", "TRANSPARENT")
    event.add("description", _description(words, book, item, now.date()))
    for ahead in AHEAD:
        event.add_component(_alarm(words, item, datetime.combine(calendar.before(due, ahead), at), due))
    return event


def _alarm(words: Words, item: Item, moment: datetime, due: date) -> Alarm:
    """Relative to the start of the due day: calendar programs keep it in the reader's own time zone."""
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _plain(words.say("Due on {day}: {code}", day=words.short_day(due), code=item.code)))
    alarm.add("trigger", moment - datetime.combine(due, time()))
    return alarm


def _description(words: Words, book: Book, item: Item, today: date) -> str:
    lines = [standing_line(words, item, book.standing(item.code, today)), figure(words, item, book.facts_on(item.code))]
    if item.is_target:
        lines.append(words.say("Goal: {goal}", goal=goal(words, item)))
    if item.extended and item.due:
        lines.append(words.say("originally {day}", day=words.day(item.due)))
    lines.append(unit_names(words, book.plan, item.leads))
    return "\n".join(_plain(line) for line in lines if line)


def _plain(text: Markup | str) -> str:
    return str(Markup(text).striptags()) if isinstance(text, Markup) else text
