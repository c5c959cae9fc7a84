"""Saved replies in App Home: their list, the modal to edit one, and Save this reply."""

import json
from collections.abc import Sequence
from datetime import date, datetime

from db.rows import Reply, ReplyState
from handlers.desk.reading import case as reading
from handlers.desk.reading import saved_replies as kept
from handlers.desk.replies import saved as saving
from handlers.desk.replies.saved import SavedIsGone, TitleTaken, today
from handlers.ports import Payload
from handlers.slack.chat import call
from handlers.slack.context import Click, Context, Invalid, Next, Submission
from handlers.slack.gestures import Gestures
from handlers.slack.reply.pick_saved import MOST, offer, values_of
from handlers.slack.views.blocks import (
    Block,
    actions,
    button,
    context,
    divider,
    excerpt,
    field,
    header,
    inline,
    modal,
    option,
    plain,
    search,
    section,
    select,
    text_input,
)
from triage.errors import DeskError
from triage.i18n import _, ngettext
from triage.replies.saved import LONGEST_TEXT, LONGEST_TITLE, VARIABLES, Saved, Untitled, best, with_variables
from triage.rights import Person, Role, may

PAGE = 20
EVERY_AREA = "-"


def register(gestures: Gestures) -> None:
    gestures.click("saved_replies", on_list)
    gestures.click("saved_page", on_page)
    gestures.click("saved_page_next", on_page)
    gestures.offer("saved_one", offered)
    gestures.click("saved_one", on_open)
    gestures.click("saved_open", on_open)
    gestures.click("saved_new", on_new)
    gestures.click("saved_delete", on_delete)
    gestures.click("save_reply", on_save_reply)
    gestures.submit("saved_reply", on_submitted, field_of_errors="text")


async def strip(ctx: Context, person: Person) -> list[Block]:
    """The strip of App Home about saved replies."""
    found = await kept.all_of_them(ctx.desk)
    expired = sum(one.expired(today(ctx.desk)) for one in found)
    line = ngettext(
        "⌛ {n} has expired and is no longer offered.",
        "⌛ {n} have expired and are no longer offered.",
        expired,
    )
    buttons = [button(_("Look through them"), "saved_replies", "0:0")]
    if may(person, "edit_saved", Saved("", "", "")):
        buttons.append(button(_("New"), "saved_new", "0:0"))
    told = [context(line.format(n=expired))] if expired else []
    return [header(_("💬 Saved replies ({n})").format(n=len(found))), *told, actions(*buttons)]


async def on_list(ctx: Context, click: Click) -> None:
    await ctx.open(click, await _list(ctx, click.person, 0))


async def on_page(ctx: Context, click: Click) -> None:
    view_id, view = click.view["id"], await _list(ctx, click.person, click.chosen(int))
    await call(ctx.client.views_update, view_id=view_id, view=view)


async def _list(ctx: Context, person: Person, page: int) -> Block:
    found = await kept.all_of_them(ctx.desk)
    last = max(0, (len(found) - 1) // PAGE)
    page = min(max(page, 0), last)
    lines = [_line(one, person, today(ctx.desk)) for one in found[page * PAGE : (page + 1) * PAGE]]
    steps = [(page - 1, _("Previous"), "saved_page"), (page + 1, _("Next"), "saved_page_next")]
    pager = [button(label, name, f"{to}:0") for to, label, name in steps if 0 <= to <= last]
    nothing = context(_("There are none yet. A lead adds them here, or anybody from a reply that was sent."))
    blocks = [
        actions(search("saved_one", _("Find by typing"))),
        divider(),
        *(lines or [nothing]),
        *([actions(*pager)] if pager else []),
    ]
    return modal("saved_replies", _("Saved replies"), blocks)


async def offered(ctx: Context, body: Payload) -> list[Block]:
    """The options that match the typed text, including expired saved replies, which a person may want to edit."""
    found = await kept.all_of_them(ctx.desk)
    first = ctx.desk.policy.desk.languages[0]
    suiting = best(found, body.get("value", ""), language=first, area=None, today=date.min)
    return [offer(one, str(one.id)) for one in suiting[:MOST]]


def _line(saved: Saved, person: Person, now: date) -> Block:
    label = _("Edit") if may(person, "edit_saved", saved) else _("Look")
    spoken = _("{label}: {title}").format(label=label, title=saved.title)
    facts = " · ".join([saved.language, *_facts(saved, now)])
    text = f"*{inline(saved.title)}* · {facts}\n{excerpt(saved.text, 140)}"
    return section(text, accessory=button(label, "saved_open", saved.id, spoken=spoken))


def _facts(saved: Saved, now: date) -> list[str]:
    used = ngettext("used once", "used {n} times", saved.uses) if saved.uses else _("not used yet")
    back = ngettext("{n} case came back", "{n} cases came back", saved.reopens)
    facts = [inline(saved.area) if saved.area else "", used.format(n=saved.uses)]
    facts.append(back.format(n=saved.reopens) if saved.reopens else "")
    facts.append(f"<@{saved.owner}>" if saved.owner else "")
    if saved.expires_on:
        line = _("⌛ expired on {day}") if saved.expired(now) else _("until {day}")
        facts.append(line.format(day=saved.expires_on.isoformat()))
    return [fact for fact in facts if fact]


async def on_open(ctx: Context, click: Click) -> None:
    """To edit it, or only to look at it."""
    found = await kept.find(ctx.desk, click.case_id)
    if found is None:
        raise SavedIsGone
    saved, seen = found
    if may(click.person, "edit_saved", saved):
        await ctx.open(click, _edit(ctx, click.person, saved, seen))
        return
    told = [context(" · ".join([saved.language, *_facts(saved, today(ctx.desk))]))]
    body: Block = {"type": "section", "text": plain(saved.text, 3000)}
    await ctx.open(click, modal("saved_look", _("Saved reply"), [header(saved.title), *told, body]))


async def on_new(ctx: Context, click: Click) -> None:
    saved = Saved("", "", ctx.desk.policy.desk.languages[0])
    saving.require_mine(click.person, saved)
    await ctx.open(click, _edit(ctx, click.person, saved, None))


async def on_save_reply(ctx: Context, click: Click) -> None:
    """A reply that was sent, with variables in place of what was this customer's own."""
    case = await ctx.case_for(click, "save_reply")
    found = await reading.whole(ctx.desk, case)
    reply = last_sent(found.replies)
    if reply is None:
        raise DeskError(_("No reply of this case is public, so there is none to save."))
    values = values_of(ctx, case, found.author, click.person, reply.account)
    text = with_variables(reply.typed, values)
    saved = Saved("", text, case.language, case.area, owner=click.person.slack)
    await ctx.open(click, _edit(ctx, click.person, saved, None))


def last_sent(of_case: Sequence[Reply]) -> Reply | None:
    """The last reply that went out whole through the desk."""
    return next((reply for reply in reversed(of_case) if reply.state is ReplyState.SENT and reply.who), None)


def _edit(ctx: Context, person: Person, saved: Saved, seen: datetime | None) -> Block:
    policy = ctx.desk.policy
    languages = list(dict.fromkeys([*policy.desk.languages, saved.language]))
    areas = [area.name for area in policy.area]
    variables = ", ".join(f"{{{name}}}" for name in VARIABLES)
    hint = _("Variables: {variables}. The signature is added by itself.").format(variables=variables)
    expiry: Block = {"type": "datepicker", "action_id": "date"}
    if saved.expires_on:
        expiry["initial_date"] = saved.expires_on.isoformat()
    blocks = [
        field(
            _("Title"),
            "title",
            text_input("title", initial=saved.title, longest=LONGEST_TITLE, multiline=False),
        ),
        field(
            _("Text"),
            "text",
            text_input("text", initial=saved.text, longest=LONGEST_TEXT) | {"focus_on_load": False},
            hint=hint,
        ),
        field(
            _("Language"),
            "language",
            select("language", [option(one, one) for one in languages], chosen=saved.language),
        ),
        *([_area_field(areas, saved)] if areas else []),
        *([_owner_field(saved)] if person.role is Role.LEAD else []),
        field(_("Last day it is offered"), "date", expiry, hint=_("Empty: for good."), optional=True),
    ]
    if seen:
        blocks += [context(" · ".join(_facts(saved, today(ctx.desk)))), actions(_delete(saved))]
    metadata = {"saved": saved.id, "owner": saved.owner, "seen": seen.isoformat() if seen else None}
    return modal("saved_reply", _("Saved reply"), blocks, metadata=json.dumps(metadata), submit=_("Save"))


def _area_field(areas: Sequence[str], saved: Saved) -> Block:
    # The reply of an area that is gone shows no chosen area.
    options = [option(_("Every area"), EVERY_AREA), *(option(area, area) for area in areas)]
    chosen = select("area", options, chosen=saved.area or EVERY_AREA)
    return field(_("Area"), "area", chosen)


def _owner_field(saved: Saved) -> Block:
    people: Block = {"type": "users_select", "action_id": "owner", "placeholder": plain(_("The leads"))}
    if saved.owner:
        people["initial_user"] = saved.owner
    hint = _("May change it too. Empty: the leads alone.")
    return field(_("Owner"), "owner", people, hint=hint, optional=True)


def _delete(saved: Saved) -> Block:
    confirm = {
        "title": plain(_("Delete it?")),
        "text": plain(_("Nobody will find it any more. What was sent with it stays as it is."), 300),
        "confirm": plain(_("Delete"), 30),
        "deny": plain(_("Keep it"), 30),
        "style": "danger",
    }
    return button(_("Delete"), "saved_delete", saved.id, style="danger") | {"confirm": confirm}


async def on_submitted(ctx: Context, submission: Submission) -> Next:
    metadata = submission.metadata
    seen = datetime.fromisoformat(metadata["seen"]) if metadata["seen"] else None
    try:
        await saving.keep(ctx.desk, submission.person, _wanted(submission), seen)
    except (TitleTaken, Untitled) as fault:
        raise Invalid("title", str(fault)) from fault
    return Next()


def _wanted(submission: Submission) -> Saved:
    title, text, area = (submission.text(name).strip() for name in ("title", "text", "area"))
    if not text:
        raise Invalid("text", _("Write the text."))
    expires_on = submission.text("date")
    is_lead = submission.person.role is Role.LEAD
    return Saved(
        title,
        text,
        submission.text("language"),
        None if area in ("", EVERY_AREA) else area,
        (submission.text("owner") or None) if is_lead else submission.metadata["owner"],
        date.fromisoformat(expires_on) if expires_on else None,
        submission.metadata.number("saved"),
    )


async def on_delete(ctx: Context, click: Click) -> None:
    """The list in its place, and in that of the list it was opened from, which would show it still."""
    opened = click.view
    await saving.remove(ctx.desk, click.person, click.case_id)
    view = await _list(ctx, click.person, 0)
    for view_id in filter(None, (opened["id"], opened.get("previous_view_id"))):
        await call(ctx.client.views_update, view_id=view_id, view=view)
