"""What a person sees of the committee's people: invitations, the welcome, themselves, who is in and who goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar

from markupsafe import Markup

from bot.rules.access import Action, Policy, may
from bot.rules.book import Book
from bot.rules.invitations import Circle, Invitation, Joined, LinkProblem, Staying
from bot.rules.people import Person, Post
from bot.rules.plan import Plan, Role, RosterPerson, Unit
from bot.rules.standing import Status
from bot.views.items import label, standing_line
from bot.views.menu import examples, menu_rows
from bot.views.screen import Button, Rows, Screen, fitted, shortened
from bot.views.words import N_, Words

T = TypeVar("T")

ON_A_PAGE = 8
ITEMS_SHOWN = 8  # of the unit, in the welcome
EXAMPLES_SHOWN = 5
WORST_FIRST = (Status.OVERDUE, Status.BEHIND, Status.AT_RISK, Status.NO_DATA, Status.ON_TRACK, Status.DONE)

LANGUAGES: Mapping[str, str] = {"vi": "Tiếng Việt", "bn": "বাংলা", "en": "English"}  # each in its own words
ROLE_WORDS: Mapping[Role, str] = {
    Role.LEADER: N_("Head of unit"),
    Role.DEPUTY: N_("Deputy head of unit"),
    Role.OFFICE: N_("Officer of the standing office"),
    Role.CHAIR: N_("Chair of the committee"),
    Role.MEMBER: N_("Member of the committee"),
}
PROBLEMS: Mapping[LinkProblem, str] = {
    LinkProblem.UNKNOWN: N_("This invitation is not known. Please check the link, or ask the standing office for one."),
    LinkProblem.USED: N_("This invitation has been used already. Please ask the standing office for a new one."),
    LinkProblem.EXPIRED: N_("This invitation has expired. Please ask the standing office for a new one."),
    LinkProblem.REVOKED: N_("This invitation has been withdrawn. Please ask the standing office for a new one."),
    LinkProblem.TOO_MANY: N_("Too many unknown invitations were tried from here. Please try again in an hour."),
}
MAY: tuple[tuple[Action, str], ...] = (
    (Action.REPORT, N_("report on the items that your units lead")),
    (Action.REPORT_FOR, N_("report on behalf of every unit")),
    (Action.ASK_OTHERS, N_("see where every item of every unit stands")),
    (Action.EXTEND, N_("ask for later deadlines")),
    (Action.DECIDE, N_("decide on later deadlines")),
    (Action.INVITE, N_("invite people and end their access")),
    (Action.LOAD, N_("load the plan and set working days")),
)


def role_name(words: Words, role: Role) -> Markup:
    """A role as its holder is addressed."""
    return words.say(ROLE_WORDS[role])


def unit_name(words: Words, plan: Plan | None, code: str) -> str:
    """The unit's name; its code where the plan has no such unit."""
    unit = plan.unit.get(code) if plan else None
    return unit.name(words.lang) if unit else code


def post_line(words: Words, plan: Plan | None, post: Post) -> Markup:
    """A post in words: `Sở Y tế – Thủ trưởng đơn vị`."""
    return Markup("{} – {}").format(unit_name(words, plan, post.unit), role_name(words, post.role))


# ---------------------------------------------------------------- joining


def link_problem(languages: Sequence[Words], problem: LinkProblem) -> Markup:
    """Why a link does not open, in every language given: nobody knows yet which one the reader speaks."""
    return Markup("\n").join(words.say(PROBLEMS[problem]) for words in languages)


def welcome(words: Words, book: Book | None, joined: Joined, today: date) -> Screen:
    """The greeting: who one is now, the unit's items, and what can be said."""
    plan = book.plan if book else None
    blocks = [
        words.say("Welcome, {name}!", name=Markup("<b>{}</b>").format(joined.person.name)),
        Markup("\n").join(post_line(words, plan, post) for post in joined.person.posts),
    ]
    if book is None:
        return Screen(Markup("\n").join(blocks))
    blocks[1] += _items(words, book, joined.invitation.unit, today)
    said = examples(words, joined.person, book, today)[:EXAMPLES_SHOWN]
    lines = [words.say("You can write to me as you would to a colleague, for example:")]
    lines += [Markup("• <code>{}</code>").format(one) for one in said]
    blocks[1] += Markup("\n\n") + Markup("\n").join(lines)
    blocks[1] += Markup("\n\n") + words.say("/help shows more; /language changes the language.")
    return Screen(Markup("\n").join(blocks), menu_rows(words, joined.person))


def _items(words: Words, book: Book, unit: str, today: date) -> Markup:
    standings = book.standings(today)
    items = sorted(book.led_by(unit), key=lambda i: WORST_FIRST.index(standings[i.code].status))
    if not items:
        return Markup("")
    title = words.count(
        "{unit} leads {n} item of this year's plan:",
        "{unit} leads {n} items of this year's plan:",
        len(items),
        unit=unit_name(words, book.plan, unit),
    )
    lines = [
        Markup("{}\n   {}").format(label(words, i, 60), standing_line(words, i, standings[i.code]))
        for i in items[:ITEMS_SHOWN]
    ]
    text, _ = fitted(lines, 2000)
    rest = len(items) - ITEMS_SHOWN
    more = Markup("\n") + words.count("and {n} more", "and {n} more", rest) if rest > 0 else Markup("")
    return Markup("\n\n") + title + Markup("\n") + text + more


def offer_to_retire(words: Words, plan: Plan | None, joined: Joined, other: Person) -> Screen:
    """The question to a successor: does the predecessor's post end?"""
    text = words.say(
        "{name} is on record as {post}. Do you take over from them? Their access for this post then ends.",
        name=Markup("<b>{}</b>").format(other.name),
        post=post_line(words, plan, joined.invitation.post),
    )
    yes = Button(str(words.say("Yes, I take over")), f"retire:{joined.invitation.id}:{other.id}")
    return Screen(text, ((yes,), (Button(str(words.say("No, both of us stay")), "retire_no"),)))


def retired(words: Words, other: Person) -> Screen:
    """To the successor."""
    return Screen(words.say("You have taken over from {name}. Their access for this post has ended.", name=other.name))


def both_stay(words: Words) -> Screen:
    """To the successor who is none."""
    return Screen(words.say("Good, both of you stay. The standing office can change this at any time."))


def followed(words: Words, plan: Plan | None, post: Post, successor: Person) -> Screen:
    """To the predecessor."""
    return Screen(
        words.say(
            "{name} has taken over from you as {post}. Thank you for your work.",
            name=successor.name,
            post=post_line(words, plan, post),
        )
    )


def has_joined(words: Words, plan: Plan | None, joined: Joined) -> Screen:
    """To whoever made the link."""
    post = post_line(words, plan, joined.invitation.post)
    return Screen(words.say("{name} has joined: {post}.", name=joined.person.name, post=post))


# ---------------------------------------------------------------- oneself


def me(words: Words, plan: Plan | None, person: Person, policy: Policy) -> Screen:
    """Who the person is to us, and what they may do."""
    lines = [Markup("<b>{}</b>").format(person.name)]
    lines += [post_line(words, plan, post) for post in person.posts]
    lines.append(words.say("Language: {language}", language=LANGUAGES.get(person.language, person.language)))
    lines.append(Markup("\n") + words.say("You may:"))
    lines += [Markup("• {}").format(words.say(what)) for action, what in MAY if may(person, action, policy)]
    if not may(person, Action.ASK_OTHERS, policy):
        lines.append(Markup("• {}").format(words.say("see where the items of your own units stand")))
    language = Button(str(words.say("Change the language")), "lang")
    return Screen(Markup("\n").join(lines), ((language, Button(str(words.say("Leave")), "leave")),))


def choose_language(words: Words) -> Screen:
    """The languages, each in its own words."""
    row = tuple(Button(name, f"lang:{code}") for code, name in LANGUAGES.items())
    return Screen(words.say("Which language shall I answer in?"), (row,))


def language_set(words: Words) -> Screen:
    """Said in the language that was chosen."""
    return Screen(words.say("From now on I answer in English. You may write in any language that I read."))


def ask_to_leave(words: Words) -> Screen:
    """Going is asked about first."""
    text = words.say("Do you want to leave? Reminders and access end at once; your reports stay on record.")
    return Screen(
        text, ((Button(str(words.say("Yes, leave")), "leave:yes"), Button(str(words.say("Stay")), "leave:no")),)
    )


def gone(words: Words) -> Screen:
    """The last thing a person hears who leaves."""
    return Screen(words.say("You have left. Thank you; a new invitation brings you back at any time."))


def ask_to_forget(words: Words) -> Screen:
    """What forgetting means, before it is done."""
    text = words.say(
        "Do you want to leave and have your data erased? Your name, your account and our conversation are deleted "
        "for good; what you reported stays on record under your unit."
    )
    yes, no = str(words.say("Yes, erase everything")), str(words.say("Stay"))
    return Screen(text, ((Button(yes, "forget:yes"), Button(no, "forget:no")),))


def forgotten(words: Words) -> Screen:
    """The last thing that a person hears of whom nothing is known any more."""
    return Screen(words.say("Your data has been erased. Thank you for your work."))


def stayed(words: Words) -> Screen:
    """Nothing was changed."""
    return Screen(words.say("Nothing has changed."))


def cannot_go(words: Words, why: Staying) -> Screen:
    """Why somebody cannot leave or be removed."""
    assert why is Staying.LAST_OF_OFFICE  # the only reason there is
    return Screen(words.say("The last member of the standing office cannot go. Please invite a successor first."))


# ---------------------------------------------------------------- inviting


def invite_units(words: Words, plan: Plan, page: int) -> Screen:
    """The first step: the unit. Buttons hold the unit's place in this version of the plan."""
    numbered = [(n, u) for n, u in enumerate(plan.units) if not u.is_group]
    shown, turn = _paged(numbered, page, "invite")
    rows: Rows = tuple(
        (Button(shortened(u.name(words.lang), 60), f"invite_unit:{plan.version}:{n}"),) for n, u in shown
    )
    return Screen(words.say("Whom do you invite? First the unit:"), (*rows, *turn))


def invite_roles(words: Words, plan: Plan, number: int, missing: Sequence[RosterPerson]) -> Screen:
    """The second step: somebody of the People sheet who has not joined, or a role."""
    unit: Unit = plan.units[number]
    rows: Rows = ()
    for n, entry in enumerate(plan.people):
        if entry.unit == unit.code and entry in missing:
            text = shortened(f"{entry.name} – {role_name(words, entry.role).unescape()}", 60)
            rows += ((Button(text, f"invite_person:{plan.version}:{n}"),),)
    rows = rows[:ON_A_PAGE]
    rows += tuple(
        (Button(str(role_name(words, role).unescape()), f"invite_role:{plan.version}:{number}:{role}"),)
        for role in Role
    )
    text = words.say("{unit}: who is invited?", unit=Markup("<b>{}</b>").format(unit.name(words.lang)))
    return Screen(text, (*rows, (Button(str(words.say("Back")), "invite:0"),)))


def invitation_link(words: Words, plan: Plan, invitation: Invitation, link: str, until: date) -> Screen:
    """The link, shown once."""
    lines = [
        _invitation(words, plan, invitation),
        Markup("{}").format(link),
        words.say(
            "The link works once, until {day}. Please pass it on to this person alone; it is not shown again.",
            day=words.day(until),
        ),
    ]
    return Screen(Markup("\n\n").join(lines), ((Button(str(words.say("Withdraw")), f"revoke:{invitation.id}"),),))


def _invitation(words: Words, plan: Plan, invitation: Invitation) -> Markup:
    post = post_line(words, plan, invitation.post)
    if invitation.name:
        return words.say("Invitation for {name}: {post}", name=Markup("<b>{}</b>").format(invitation.name), post=post)
    return words.say("Invitation: {post}", post=post)


def revoked(words: Words) -> Screen:
    """A link that opens nothing any more."""
    return Screen(words.say("The invitation has been withdrawn; its link opens nothing any more."))


def open_invitations(words: Words, plan: Plan, circle: Circle, page: int) -> Screen:
    """The links that would open the door now, each to be withdrawn by its button."""
    if not circle.invitations:
        return Screen(words.say("No invitation is open."), ((_to_people(words),),))
    shown, turn = _paged(circle.invitations, page, "invitations")
    rows: Rows = tuple((Button(_short_invitation(words, plan, i), f"invitation:{i.id}"),) for i in shown)
    text = words.count("{n} invitation is open:", "{n} invitations are open:", len(circle.invitations))
    return Screen(text, (*rows, *turn, (_to_people(words),)))


def _short_invitation(words: Words, plan: Plan, invitation: Invitation) -> str:
    who = invitation.name or str(role_name(words, invitation.role).unescape())
    return shortened(f"{who} – {unit_name(words, plan, invitation.unit)}", 60)


def invitation_card(words: Words, plan: Plan, invitation: Invitation, until: date) -> Screen:
    """One open link, without the link: that is kept nowhere."""
    lines = [_invitation(words, plan, invitation), words.say("Open until {day}.", day=words.day(until))]
    withdraw = Button(str(words.say("Withdraw")), f"revoke:{invitation.id}")
    return Screen(Markup("\n").join(lines), ((withdraw, Button(str(words.say("Back")), "invitations:0")),))


# ---------------------------------------------------------------- who is in


def people(words: Words, plan: Plan, circle: Circle, page: int) -> Screen:
    """Everybody who has joined, a button each, and the ways on."""
    shown, turn = _paged(circle.people, page, "people")
    rows: Rows = tuple((Button(_short_person(words, plan, p), f"person:{p.id}"),) for p in shown)
    lines = [words.count("{n} person has joined.", "{n} people have joined.", len(circle.people))]
    if circle.missing:
        lines.append(
            words.count(
                "{n} person of the People sheet has not joined yet.",
                "{n} people of the People sheet have not joined yet.",
                len(circle.missing),
            )
        )
    ways = [Button(str(words.say("Invite somebody")), "invite:0")]
    if circle.invitations:
        count = words.number(len(circle.invitations))
        ways.append(Button(str(words.say("Open invitations: {n}", n=count)), "invitations:0"))
    return Screen(Markup("\n").join(lines), (*rows, *turn, tuple(ways)))


def _short_person(words: Words, plan: Plan, person: Person) -> str:
    posts = ", ".join(f"{role_name(words, p.role).unescape()} {p.unit}" for p in person.posts)
    return shortened(f"{person.name} – {posts}", 60)


def person_card(words: Words, plan: Plan, person: Person) -> Screen:
    """One person, and the way to end their access."""
    lines = [Markup("<b>{}</b>").format(person.name), *(post_line(words, plan, p) for p in person.posts)]
    lines.append(words.say("Language: {language}", language=LANGUAGES.get(person.language, person.language)))
    end = Button(str(words.say("End access")), f"remove:{person.id}")
    return Screen(Markup("\n").join(lines), ((end, _to_people(words)),))


def ask_to_remove(words: Words, person: Person) -> Screen:
    """Removing is asked about first."""
    text = words.say(
        "End the access of {name}? It ends at once; their reports stay on record.",
        name=Markup("<b>{}</b>").format(person.name),
    )
    yes = Button(str(words.say("Yes, end it")), f"remove:{person.id}:yes")
    return Screen(text, ((yes, Button(str(words.say("No")), f"person:{person.id}")),))


def removed(words: Words, person: Person) -> Screen:
    """To the office."""
    return Screen(words.say("{name} no longer has access.", name=person.name), ((_to_people(words),),))


def was_removed(words: Words) -> Screen:
    """The last thing that a removed person hears."""
    return Screen(words.say("The standing office has ended your access. Thank you for your work."))


def _to_people(words: Words) -> Button:
    return Button(str(words.say("All people")), "people:0")


def _paged(things: Sequence[T], page: int, word: str) -> tuple[Sequence[T], Rows]:
    """The things of a page (the nearest that there is), and the buttons that turn it."""
    last = max(0, (len(things) - 1) // ON_A_PAGE)
    page = min(max(page, 0), last)
    back = (Button("‹", f"{word}:{page - 1}"),) if page > 0 else ()
    on = (Button("›", f"{word}:{page + 1}"),) if page < last else ()
    shown = things[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]
    return shown, ((*back, *on),) if back or on else ()
