"""What a person sees of requests: questions that are left, promises, refusals, the office's card and its outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from markupsafe import Markup

from bot.rules.acts import Act, Intent
from bot.rules.book import Book
from bot.rules.plan import Item
from bot.rules.record import Report
from bot.rules.requests import (
    Alarm,
    Extension,
    Need,
    Open,
    Outcome,
    OutcomeTold,
    Problem,
    Refused,
    Requested,
    RequestTold,
    Sent,
    Verdict,
    days_offered,
)
from bot.views.items import amount, label, standing_line, state_word, unit_names
from bot.views.screen import About, Button, Rows, Screen, shortened
from bot.views.words import N_, Words

REASON_SHOWN = 300

PROBLEMS: Mapping[Problem, str] = {
    Problem.NO_ITEM: N_("Which item is this about? Please name its code, such as {example}."),
    Problem.NO_SUCH_ITEM: N_("This year's plan has no item {named}."),
    Problem.WITHDRAWN: N_("{item} has been withdrawn from the plan."),
    Problem.NOT_YOURS: N_("{item} belongs to {leads}; only they or the standing office can ask for this."),
    Problem.DONE: N_("{item} is already done; there is nothing to extend."),
    Problem.NO_DEADLINE: N_("{item} has no deadline; there is nothing to extend."),
    Problem.NOT_LATER: N_("{item} is due {day} already. Please ask for a later date."),
    Problem.DAY_PAST: N_("{day} has passed. Please ask for a date that is still to come."),
    Problem.MOMENT_PAST: N_("That moment has passed. Please choose a later one."),
}


def open_screen(words: Words, book: Book, left: Open, today: date) -> Screen:
    """The question that comes before a request: buttons to choose from; a date or time may be typed as a reply."""
    code = left.act.slots.get("item")
    ask = QUESTIONS[left.need]
    text, rows = ask(words, book, left, today)
    never_mind = Button(str(words.say("Never mind")), "want:no")
    return Screen(text, (*rows, (never_mind,)), About((code,) if code else left.items, act=left.act))


def _which(words: Words, book: Book, left: Open, _: date) -> tuple[Markup, Rows]:
    rows = tuple((_item_button(words, book.plan.item[c], n),) for n, c in enumerate(left.items))
    return words.say("Which one do you mean?"), rows


def _until(words: Words, book: Book, left: Open, _: date) -> tuple[Markup, Rows]:
    text = words.say(
        "{item}\nUntil when? Choose a date, or reply with one, such as “{day}”.",
        item=_item(words, book, left),
        day=words.short_day(left.days[0]),
    )
    return text, _pairs(tuple(Button(words.day(d), f"want:until:{d.isoformat()}") for d in left.days))


def _when(words: Words, book: Book, left: Open, today: date) -> tuple[Markup, Rows]:
    text = words.say(
        "{item}\nWhen shall I remind you? Choose, or reply with a day and time.", item=_item(words, book, left)
    )
    buttons = (Button(moment_label(words, m, today), f"want:at:{m:%Y-%m-%dT%H:%M}") for m in left.moments)
    return text, _pairs(tuple(buttons))


def _sure(words: Words, book: Book, left: Open, _: date) -> tuple[Markup, Rows]:
    text = words.say(
        "{item}\nShall I ask the standing office for a new deadline on {day}?",
        item=_item(words, book, left),
        day=words.day(left.days[0]),
    )
    return text, ((Button(str(words.say("Yes, send it")), "want:yes"),),)


Question = Callable[[Words, Book, Open, date], tuple[Markup, Rows]]
QUESTIONS: Mapping[Need, Question] = {Need.WHICH: _which, Need.UNTIL: _until, Need.WHEN: _when, Need.SURE: _sure}


def _item(words: Words, book: Book, left: Open) -> Markup:
    return label(words, book.plan.item[left.act.slots["item"]])


def _item_button(words: Words, item: Item, number: int) -> Button:
    return Button(shortened(f"{item.code} · {item.name(words.lang)}", 60), f"want:item:{number}")


def _pairs(buttons: tuple[Button, ...]) -> Rows:
    return tuple(buttons[n : n + 2] for n in range(0, len(buttons), 2))


def moment_label(words: Words, moment: datetime, today: date) -> str:
    """A moment on a button or in a sentence: time, weekday and day; only the time where it is today."""
    if moment.date() == today:
        return str(words.say("{time} today", time=words.clock(moment)).unescape())
    day = words.short_day(moment.date()) if moment.year == today.year else words.day(moment.date())
    said = words.say("{time}, {weekday} {day}", time=words.clock(moment), weekday=words.weekday(moment.date()), day=day)
    return str(said.unescape())


def refused_screen(words: Words, book: Book, refused: Refused) -> Screen:
    """Why a request was not taken, in one sentence."""
    item = book.plan.item.get(refused.item) if refused.item else None
    example = next((i.code for i in book.plan.live if not i.is_target), next((i.code for i in book.plan.live), "NV01"))
    text = words.say(
        PROBLEMS[refused.problem],
        item=label(words, item, 60) if item else "",
        named=refused.named or "",
        leads=unit_names(words, book.plan, item.leads) if item else "",
        day=words.day(refused.day) if refused.day else "",
        example=example,
    )
    return Screen(text, about=About((item.code,)) if item else None)


# ---------------------------------------------------------------- a personal reminder


def alarm_screen(words: Words, book: Book, alarm: Alarm, today: date, *, listed: bool = False) -> Screen:
    """A reminder promised: of what, and when; why at another time than asked, where it is.

    `listed`: the item would come in the person's morning lists, and does not until then.
    """
    item = book.plan.item[alarm.item]
    lines = [
        words.say("⏰ I will remind you at {when}.", when=moment_label(words, alarm.at, today)),
        label(words, item),
    ]
    if alarm.moved:
        lines.append(words.say("I do not write at night, so it comes in the morning."))
    if listed and alarm.at.date() > today:
        lines.append(words.say("Until then it stays out of your morning list."))
    if alarm.late and item.approved_due:
        lines.append(words.say("Please note: it is due {day}, before that.", day=words.day(item.approved_due)))
    return Screen(Markup("\n").join(lines), about=About((item.code,)))


# ---------------------------------------------------------------- a later deadline


def sent_screen(words: Words, book: Book, sent: Sent) -> Screen:
    """The request is before the office now."""
    item, request = book.plan.item[sent.request.item], sent.request
    lines = [words.say("📨 Sent to the standing office:"), label(words, item), _dates(words, item, request)]
    if request.reason:
        lines.append(_reason(words, request))
    if sent.before:
        lines.append(words.say("It replaces your request for {day}.", day=words.day(sent.before.until)))
    lines.append(words.say("The current deadline counts until the office has decided."))
    return Screen(Markup("\n").join(lines), about=About((item.code,)))


def _dates(words: Words, item: Item, request: Extension) -> Markup:
    """The deadline that counts and the one asked for; the original one too where they differ."""
    due = item.approved_due
    now = words.day(due) if due else ""
    if item.extended and item.due:
        return words.say(
            "Due {now} (originally {first}), asked for: <b>{until}</b>",
            now=now,
            first=words.day(item.due),
            until=words.day(request.until),
        )
    return words.say("Due {now}, asked for: <b>{until}</b>", now=now, until=words.day(request.until))


def _reason(words: Words, request: Extension) -> Markup:
    return words.say("Reason: {words}", words=shortened(request.reason or "", REASON_SHOWN))


def notice_screen(words: Words, told: Requested) -> Screen:
    """A notice about a request in words."""
    return request_card(words, told) if isinstance(told, RequestTold) else outcome_screen(words, told)


def request_card(words: Words, told: RequestTold) -> Screen:
    """What the office decides on: item, dates, reason, history, and the buttons."""
    item, request = told.book.plan.item[told.request.item], told.request
    buttons = (
        Button(str(words.say("Approve")), f"extension:yes:{request.id}"),
        Button(str(words.say("Refuse")), f"extension:no:{request.id}"),
    )
    other = (Button(str(words.say("Another date")), f"extension:other:{request.id}"),)
    head = words.say("📨 A later deadline is asked for")
    return Screen(Markup("\n").join([head, *_card_lines(words, told, item)]), (buttons, other), About((item.code,)))


def _card_lines(words: Words, told: RequestTold, item: Item) -> list[Markup]:
    request = told.request
    lines = [label(words, item), standing_line(words, item, told.book.standing(item.code, told.today))]
    lines.append(_dates(words, item, request))
    unit = unit_names(words, told.book.plan, (told.unit,)) if told.unit else Markup("")
    lines.append(words.say("Asked by {name}, {unit}", name=request.by or "", unit=unit))
    lines.append(_reason(words, request) if request.reason else words.say("No reason was given."))
    said = [_report_line(words, item, r) for r in told.history]
    if said:
        reports = words.listed(said)
        lines.append(words.say("Last reports: {reports}", reports=reports))
    return lines


def _report_line(words: Words, item: Item, report: Report) -> str:
    said = [words.short_day(report.on)]
    if report.value is not None:
        said.append(str(amount(words, item, Decimal(report.value)).unescape()))
    elif report.percent is not None:
        said.append(words.percent(report.percent))
    elif report.state is not None:
        said.append(str(state_word(words, report.state).unescape()))
    return " ".join(said)


def other_date_screen(words: Words, book: Book, request: Extension, today: date) -> Screen:
    """Until when instead? Buttons, or a date as a reply."""
    item = book.plan.item[request.item]
    days = tuple(day for day in days_offered(request.due or request.until, today) if day != request.until)
    text = words.say(
        "{item}\nAsked for: {until}. Until when do you grant it? Choose a date, or reply with one, such as “{day}”.",
        item=label(words, item),
        until=words.day(request.until),
        day=words.short_day(days[0]),
    )
    buttons = tuple(Button(words.day(d), f"extension:on:{request.id}:{d.isoformat()}") for d in days)
    act = Act(Intent.EXTEND, {"item": item.code, "grant": request.id}, sure=False)
    return Screen(text, _pairs(buttons), About((item.code,), act=act))


def verdict_screen(words: Words, book: Book, verdict: Verdict) -> Screen:
    """The office's card once it is decided."""
    item, request = book.plan.item[verdict.request.item], verdict.request
    lines = [label(words, item), _outcome_line(words, item, request)]
    if request.decided_by:
        lines.append(words.say("Decided by {name}.", name=request.decided_by))
    if verdict.already and request.state is not Outcome.REPLACED:
        lines.append(words.say("This had been decided before; nothing has changed."))
    return Screen(Markup("\n").join(lines), about=About((item.code,)))


def outcome_screen(words: Words, told: OutcomeTold) -> Screen:
    """What the person who asked is told."""
    item = told.book.plan.item[told.request.item]
    return Screen(
        Markup("{}\n{}").format(label(words, item), _outcome_line(words, item, told.request)), about=About((item.code,))
    )


def _outcome_line(words: Words, item: Item, request: Extension) -> Markup:
    until = words.day(request.granted or request.until)
    if request.state is Outcome.APPROVED:
        first = words.day(item.due) if item.due else ""
        if request.granted and request.granted != request.until:
            return words.say(
                "✅ Extended to <b>{until}</b>; {asked} was asked for (original deadline {first}).",
                until=until,
                asked=words.day(request.until),
                first=first,
            )
        return words.say("✅ Extended to <b>{until}</b> (original deadline {first}).", until=until, first=first)
    if request.state is Outcome.REFUSED:
        due = words.day(item.approved_due) if item.approved_due else ""
        return words.say("❌ The extension to {until} was refused; the deadline stays {due}.", until=until, due=due)
    return words.say("A newer request has replaced the one for {until}.", until=until)


# ---------------------------------------------------------------- small things


def dropped(words: Words) -> Markup:
    """After "Never mind"."""
    return words.say("All right, nothing was sent.")


def completed(words: Words, asked: Act, answer: str) -> str:
    """A short answer to our question as the whole sentence that it stands for, to be read like any other."""
    code = asked.slots.get("item", "")
    if asked.intent is Intent.EXTEND:
        return str(words.say("extend {code} until {answer}", code=code, answer=answer).unescape())
    return str(words.say("remind me of {code} at {answer}", code=code, answer=answer).unescape())
