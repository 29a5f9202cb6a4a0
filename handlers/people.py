"""People: oneself, the language, leaving; and for the office: inviting, who is in, removal."""

from __future__ import annotations

from collections.abc import Mapping

from telegram import CallbackQuery, Update

from bot.rules.access import Policy
from bot.rules.acts import Act
from bot.rules.invitations import Circle, Invited, Staying
from bot.rules.people import Person, Post
from bot.rules.plan import Plan, Role
from bot.services import people as services
from bot.views import people as views
from bot.views.screen import Screen
from handlers.buttons import Press
from handlers.context import Ctx, change, show, words_for
from handlers.joining import Command, closed, drop_commands, plan_of, set_commands, tell

# ---------------------------------------------------------------- oneself


async def me(update: Update, ctx: Ctx) -> None:
    """Who the person is to us."""
    await show(update, ctx, views.me(ctx.words, plan_of(ctx), ctx.person, Policy(ctx.desk.settings.leaders_see_all)))


async def language(update: Update, ctx: Ctx, act: Act) -> None:
    """Change the language that the person is answered in; a language that was not said for sure is asked for."""
    wanted = act.slots.get("lang")
    if not act.sure or wanted not in views.LANGUAGES:
        await show(update, ctx, views.choose_language(ctx.words))
        return
    await show(update, ctx, await _speak(ctx, str(wanted)))


async def command_language(update: Update, ctx: Ctx) -> None:
    """The languages to choose from."""
    await show(update, ctx, views.choose_language(ctx.words))


async def _language(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """A language chosen; without one, the choice itself."""
    if said and said[0] not in views.LANGUAGES:
        raise ValueError(said[0])
    await query.answer()
    await change(query, ctx, await _speak(ctx, said[0]) if said else views.choose_language(ctx.words))


async def _speak(ctx: Ctx, code: str) -> Screen:
    person = await ctx.desk.store.write(services.speak, ctx.person, code, ctx.desk.clock.now())
    words = words_for(ctx.desk, code)
    await set_commands(ctx.bot, words, person)
    return views.language_set(words)


async def leave(update: Update, ctx: Ctx) -> None:
    """Going is asked about first."""
    await show(update, ctx, views.ask_to_leave(ctx.words))


async def _leave(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """`yes` goes, `no` stays, nothing asks."""
    await query.answer()
    if not said:
        await change(query, ctx, views.ask_to_leave(ctx.words))
        return
    if said[0] != "yes":
        await change(query, ctx, views.stayed(ctx.words))
        return
    staying = await ctx.desk.store.write(services.leave, ctx.person, ctx.desk.clock.now())
    await change(query, ctx, views.cannot_go(ctx.words, staying) if staying else views.gone(ctx.words))
    if staying is None:
        await drop_commands(ctx.bot, ctx.person)


async def forget(update: Update, ctx: Ctx) -> None:
    """Being forgotten is asked about first."""
    await show(update, ctx, views.ask_to_forget(ctx.words))


async def _forget(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """`yes` goes and leaves nothing behind but reports; anything else stays."""
    await query.answer()
    if said[:1] != ["yes"]:
        await change(query, ctx, views.stayed(ctx.words))
        return
    staying = await ctx.desk.store.write(services.forget, ctx.person, ctx.desk.clock.now())
    await change(query, ctx, views.cannot_go(ctx.words, staying) if staying else views.forgotten(ctx.words))
    if staying is None:
        await drop_commands(ctx.bot, ctx.person)


# ---------------------------------------------------------------- inviting


async def invite(update: Update, ctx: Ctx) -> None:
    """The first step of an invitation: the unit."""
    await _circle(ctx)
    await show(update, ctx, views.invite_units(ctx.words, _known_plan(ctx), 0))


async def _units(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    await _circle(ctx)
    await query.answer()
    await change(query, ctx, views.invite_units(ctx.words, _known_plan(ctx), int(said[0])))


async def _roles(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """A unit chosen: who of it?"""
    plan, number = _same_plan(ctx, said[0]), int(said[1])
    circle = await _circle(ctx)
    await query.answer()
    await change(query, ctx, views.invite_roles(ctx.words, plan, number, circle.missing))


async def _role(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """A role chosen: the link."""
    plan = _same_plan(ctx, said[0])
    await _link(query, update, ctx, plan, Post(plan.units[int(said[1])].code, Role(said[2])), None)


async def _roster_person(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """Somebody of the People sheet chosen: the link."""
    plan = _same_plan(ctx, said[0])
    entry = plan.people[int(said[1])]
    await _link(query, update, ctx, plan, Post(entry.unit, entry.role), entry.name)


async def _link(query: CallbackQuery, update: Update, ctx: Ctx, plan: Plan, post: Post, name: str | None) -> None:
    desk, days = ctx.desk, ctx.desk.settings.invite_days
    invited: Invited = await desk.store.write(services.invite, ctx.person, plan, post, name, desk.clock.now(), days)
    await query.answer()
    link = f"https://t.me/{ctx.bot.username}?start={invited.token}"
    until = desk.clock.local(invited.invitation.expires_at).date()
    await change(query, ctx, views.invitation_link(ctx.words, plan, invited.invitation, link, until))


async def _revoke(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """An open link is withdrawn."""
    withdrawn = await ctx.desk.store.write(services.revoke, ctx.person, int(said[0]), ctx.desk.clock.now())
    if not withdrawn:
        await closed(query, ctx)
        return
    await query.answer()
    await change(query, ctx, views.revoked(ctx.words))


async def _invitations(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """The open links."""
    circle = await _circle(ctx)
    await query.answer()
    await change(query, ctx, views.open_invitations(ctx.words, _known_plan(ctx), circle, int(said[0])))


async def _invitation(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """One open link."""
    circle = await _circle(ctx)
    found = next((i for i in circle.invitations if i.id == int(said[0])), None)
    if found is None:
        await closed(query, ctx)
        return
    await query.answer()
    until = ctx.desk.clock.local(found.expires_at).date()
    await change(query, ctx, views.invitation_card(ctx.words, _known_plan(ctx), found, until))


# ---------------------------------------------------------------- who is in


async def people(update: Update, ctx: Ctx) -> None:
    """Everybody who has joined."""
    await show(update, ctx, views.people(ctx.words, _known_plan(ctx), await _circle(ctx), 0))


async def _people(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    circle = await _circle(ctx)
    await query.answer()
    await change(query, ctx, views.people(ctx.words, _known_plan(ctx), circle, int(said[0])))


async def _person(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """One person's card."""
    found = _member(await _circle(ctx), said[0])
    if found is None:
        await closed(query, ctx)
        return
    await query.answer()
    await change(query, ctx, views.person_card(ctx.words, _known_plan(ctx), found))


async def _remove(query: CallbackQuery, update: Update, ctx: Ctx, said: list[str]) -> None:
    """Ends somebody's access, after asking (`yes` is the answer)."""
    found = _member(await _circle(ctx), said[0])
    if found is None:
        await closed(query, ctx)
        return
    if said[1:] != ["yes"]:
        await query.answer()
        await change(query, ctx, views.ask_to_remove(ctx.words, found))
        return
    await _end_access(query, ctx, found)


async def _end_access(query: CallbackQuery, ctx: Ctx, person: Person) -> None:
    gone = await ctx.desk.store.write(services.remove, ctx.person, person.id, ctx.desk.clock.now())
    if gone is None:
        await closed(query, ctx)
        return
    await query.answer()
    if isinstance(gone, Staying):
        await change(query, ctx, views.cannot_go(ctx.words, gone))
        return
    await change(query, ctx, views.removed(ctx.words, gone))
    await tell(ctx, gone, views.was_removed(words_for(ctx.desk, gone.language)))
    await drop_commands(ctx.bot, gone)


# ---------------------------------------------------------------- small things


async def _circle(ctx: Ctx) -> Circle:
    """Everybody, for whoever may invite and remove. Raises `Denied`."""
    return await ctx.desk.store.read(services.circle, ctx.person, _known_plan(ctx), ctx.desk.clock.now())


def _member(circle: Circle, number: str) -> Person | None:
    return next((p for p in circle.people if p.id == int(number)), None)


def _known_plan(ctx: Ctx) -> Plan:
    """The plan in force; an empty one before there is any."""
    return plan_of(ctx) or Plan(ctx.desk.clock.today().year)


def _same_plan(ctx: Ctx, version: str) -> Plan:
    """The plan that a button's numbers count in. Raises ValueError where it has changed since."""
    plan = _known_plan(ctx)
    if plan.version != int(version):
        raise ValueError(version)
    return plan


BUTTONS: Mapping[str, Press] = {
    "lang": _language,
    "leave": _leave,
    "forget": _forget,
    "invite": _units,
    "invite_unit": _roles,
    "invite_role": _role,
    "invite_person": _roster_person,
    "revoke": _revoke,
    "invitations": _invitations,
    "invitation": _invitation,
    "people": _people,
    "person": _person,
    "remove": _remove,
}
COMMANDS: Mapping[str, Command] = {
    "me": me,
    "language": command_language,
    "leave": leave,
    "forget": forget,
    "invite": invite,
    "people": people,
}
