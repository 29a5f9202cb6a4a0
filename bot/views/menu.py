"""The menu, the commands, and the help that works for the very person who asks for it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from markupsafe import Markup

from bot.rules.access import Action, may
from bot.rules.acts import Act, Intent
from bot.rules.book import Book
from bot.rules.people import Person
from bot.rules.plan import Item
from bot.rules.standing import Status
from bot.views.items import amount
from bot.views.screen import Button, Rows, Screen
from bot.views.words import N_, Words

FAILURES_BEFORE_MENU = 2  # in a row

# The order of the command menu; an action says who has the command at all.
COMMANDS: tuple[tuple[str, str, Action | None], ...] = (
    ("menu", N_("what you can see at a touch"), None),
    ("behind", N_("what is behind"), Action.ASK),
    ("mine", N_("the items of your unit"), Action.ASK),
    ("due", N_("what is due this month"), Action.ASK),
    ("summary", N_("the whole plan at a glance"), Action.ASK),
    ("help", N_("what you can write to me"), None),
    ("invite", N_("invite somebody"), Action.INVITE),
    ("people", N_("who has joined; end somebody's access"), Action.REMOVE),
    ("me", N_("who you are to me, and what you may do"), None),
    ("language", N_("choose the language"), None),
    ("calendar", N_("your deadlines for your own calendar"), None),
    ("holidays", N_("days off and days worked"), Action.CALENDAR),
    ("mute", N_("no reminders while you are on leave"), Action.REPORT),
    ("leave", N_("leave this assistant"), None),
    ("forget", N_("leave, and have your data erased"), None),
)
LABELS: Mapping[str, str] = {
    "behind": N_("What is behind?"),
    "mine": N_("My unit's items"),
    "due": N_("Due this month"),
    "summary": N_("Summary"),
}
MENU_ROWS = (("behind", "mine"), ("due", "summary"))


def shortcut(word: str, today: date) -> Act:
    """What a word of the menu asks for. Raises ValueError for a word that is none."""
    if word == "behind":
        return Act(Intent.LIST, {"state": "behind"})
    if word == "mine":
        return Act(Intent.LIST, {"mine": True})
    if word == "due":
        last = monthrange(today.year, today.month)[1]
        period = {"from": f"{today:%Y-%m}-01", "to": f"{today:%Y-%m}-{last}"}
        return Act(Intent.LIST, {"state": "due", "period": period})
    if word in ("summary", "card"):
        return Act(Intent.SUMMARY)
    raise ValueError(word)


def commands(words: Words, person: Person | None) -> list[tuple[str, str]]:
    """The command menu of a person, or of whoever has not joined: (command, description)."""
    if person is None:
        return [("start", str(words.say("open an invitation")))]
    return [(name, str(words.say(about))) for name, about, action in COMMANDS if action is None or may(person, action)]


def menu_screen(words: Words, person: Person) -> Screen:
    """The menu as buttons."""
    return Screen(words.say("What would you like to see?"), (*menu_rows(words, person), (help_button(words),)))


def menu_rows(words: Words, person: Person) -> Rows:
    """The questions asked most, and what only the office has."""
    rows: Rows = tuple(tuple(Button(str(words.say(LABELS[w])), f"menu:{w}") for w in row) for row in MENU_ROWS)
    if may(person, Action.INVITE):
        invite = Button(str(words.say("Invite somebody")), "invite:0")
        rows += ((invite, Button(str(words.say("People")), "people:0")),)
    return rows


def help_button(words: Words) -> Button:
    """The way to the help."""
    return Button(str(words.say("Help")), "menu:help")


def smalltalk(words: Words, person: Person) -> Screen:
    """One warm line for a greeting as for thanks."""
    return Screen(
        words.say("Always glad to help, {name}. Send me a figure or a question at any time.", name=person.name)
    )


def not_understood(words: Words, person: Person, book: Book, today: date, failures: int) -> Screen:
    """That a message was not understood and what can be said; from the second one in a row on, the menu."""
    sorry = words.say("I am sorry, I did not understand that. I read reports and questions about the plan, such as:")
    lines = [sorry, *_bullets(examples(words, person, book, today)[:3])]
    if failures < FAILURES_BEFORE_MENU:
        return Screen(Markup("\n").join(lines), ((help_button(words),),))
    lines.append(words.say("Or choose from here:"))
    return Screen(Markup("\n").join(lines), (*menu_rows(words, person), (help_button(words),)))


def unknown_command(words: Words, person: Person) -> Screen:
    """For a command that there is not."""
    return Screen(words.say("I do not know this command. Here is what I can show:"), menu_screen(words, person).rows)


# ---------------------------------------------------------------- help


def help_screen(words: Words, person: Person, book: Book, today: date) -> Screen:
    """What this very person can write, with codes of their own."""
    blocks = []
    if reports := report_examples(words, person, book, today):
        blocks.append(_block(words.say("<b>To report</b>, write it as you would say it:"), reports))
        blocks.append(words.say("A photo or a file sent along is kept as evidence; a message can be edited or undone."))
    blocks.append(_block(words.say("<b>To ask</b>:"), question_examples(words, person, book, today)))
    if asks := request_examples(words, person, book, today):
        blocks.append(_block(words.say("<b>Also</b>:"), asks))
    named = commands(words, person)
    blocks.append(Markup("\n").join(Markup("/{} – {}").format(*one) for one in named))
    return Screen(Markup("\n\n").join(blocks), menu_rows(words, person))


def examples(words: Words, person: Person, book: Book, today: date) -> list[Markup]:
    """What this very person can write, the most useful first."""
    reports = report_examples(words, person, book, today)
    questions = question_examples(words, person, book, today)
    return [*reports[:2], *questions[:2], *reports[2:], *questions[2:]]


def report_examples(words: Words, person: Person, book: Book, today: date) -> list[Markup]:
    """Reports on items that the person reports on; none where there are no such items."""
    target, task = _own(person, book, today, target=True), _own(person, book, today, target=False)
    found = []
    if task:
        found += [words.say("{code} 60%", code=task.code), words.say("{code} is done", code=task.code)]
    if target:
        found.append(_target_example(words, target))
    hindered = task or target
    if hindered:
        found.append(words.say("{code} difficulty: no funds yet; proposal: approve the budget", code=hindered.code))
    return found


def _target_example(words: Words, target: Item) -> Markup:
    value = target.goal.value if target.goal else None
    if value is None:
        return words.say("{code} is done", code=target.code)
    return words.say("{code} reached {value}", code=target.code, value=amount(words, target, value))


def question_examples(words: Words, person: Person, book: Book, today: date) -> list[Markup]:
    """Questions that everybody may ask."""
    own = _own(person, book, today, target=False) or _own(person, book, today, target=True)
    found = [words.say("Which targets are behind?"), words.say("What is due this month?")]
    if item := own or next(iter(book.plan.live), None):
        found.append(words.say("How is {code} going?", code=item.code))
    return [*found, words.say("Who has not reported this week?"), words.say("Which unit is doing worst?")]


def request_examples(words: Words, person: Person, book: Book, today: date) -> list[Markup]:
    """Requests about an item of one's own."""
    item = _own(person, book, today, target=False)
    if item is None:
        return []
    found = [words.say("Remind me of {code} tomorrow at 9:00", code=item.code)]
    if may(person, Action.EXTEND):
        until = words.short_day(max(item.approved_due or today, today) + timedelta(days=30))
        found.append(words.say("Please extend {code} to {day}, waiting for the tender", code=item.code, day=until))
    return found


def _own(person: Person, book: Book, today: date, *, target: bool) -> Item | None:
    """An unfinished item to show as an example: of the units one reports for; any for the office."""
    standings = book.standings(today)
    led = [i for unit in person.reporting_units for i in book.led_by(unit)]
    items: Iterable[Item] = led or (book.plan.live if may(person, Action.REPORT_FOR) else ())
    fitting = [i for i in items if i.is_target is target and standings[i.code].status is not Status.DONE]
    return min(fitting, key=lambda i: (i.yes_no, i.measure != "%"), default=None)  # what is measured in % reads best


def _block(title: Markup, lines: list[Markup]) -> Markup:
    return Markup("\n").join([title, *_bullets(lines)])


def _bullets(lines: list[Markup]) -> list[Markup]:
    return [Markup("• <code>{}</code>").format(line) for line in lines]
