"""Escalate, answer, pass, ask back: from the card to the expert's direct message and back."""

import json
from contextlib import suppress

from handlers.desk.experts import escalate
from handlers.desk.reading import case as reading
from handlers.ports import Payload
from handlers.problems import DoorProblem
from handlers.slack.context import Click, Context, Invalid, Submission
from handlers.slack.gestures import Gestures
from handlers.slack.views.blocks import (
    Block,
    context,
    divider,
    field,
    modal,
    option,
    select,
    text_input,
    words,
)
from handlers.slack.views.date_field import date_field, date_of
from handlers.slack.views.messages import conversation
from triage.errors import DeskError
from triage.i18n import _
from triage.rights import Person

LONGEST_ANSWER = 2500
MOST_AT_ONCE = 5


def register(gestures: Gestures) -> None:
    gestures.click("escalate", on_escalate)
    gestures.submit("escalate", on_escalate_submitted, field_of_errors="question")
    gestures.click("answer", on_answer)
    gestures.submit("answer", on_answer_submitted, field_of_errors="text")
    gestures.click("pass", on_pass)
    gestures.click("ask_back", on_ask_back)
    gestures.submit("ask_back", on_ask_back_submitted, field_of_errors="question")
    gestures.click("tell_back", on_tell_back)
    gestures.submit("tell_back", on_tell_back_submitted, field_of_errors="text")
    gestures.click("not_before", on_not_before)
    gestures.submit("not_before", on_not_before_submitted, field_of_errors="date")


async def on_escalate(ctx: Context, click: Click) -> None:
    """Open the modal, with the area's first present expert as proposal; any person can be asked, or an area."""
    case = await ctx.case_for(click, "escalate")
    named = await ctx.duty.present(await ctx.directory.experts_of(case.area))
    experts = [one for one in named if one != click.person.slack]
    people: Block = {"type": "users_select", "action_id": "expert"}
    if experts:
        people["initial_user"] = experts[0]
    blocks = [
        field(
            _("Who knows?"),
            "expert",
            people,
            hint=_("They get the conversation and your question by direct message."),
            optional=True,
        ),
        field(
            _("And at the same time"),
            "others",
            {"type": "multi_users_select", "action_id": "others", "max_selected_items": MOST_AT_ONCE - 1},
            hint=_("All are asked at once; the first answer counts."),
            optional=True,
        ),
        *await _on_duty_for(ctx),
        field(
            _("Your question"),
            "question",
            text_input(
                "question", longest=2000, placeholder=_("What do you need to know to answer the customer?")
            ),
        ),
    ]
    view = modal(
        "escalate", _("Ask an expert"), blocks, metadata=json.dumps({"case": case.id}), submit=_("Ask")
    )
    await ctx.open(click, view)


async def on_escalate_submitted(ctx: Context, submission: Submission) -> None:
    area = submission.text("area") or None
    experts = await (_whoever_is_there(ctx, submission, area) if area else _chosen(ctx, submission))
    question = submission.text("question").strip()
    if not question:
        raise Invalid("question", _("Write your question."))
    await escalate.escalate(ctx.desk, submission.case_id, submission.person, experts, question, area)


async def _on_duty_for(ctx: Context) -> list[Block]:
    """Instead of a person: an area or a user group, whose people are asked one after the other."""
    groups: dict[str, str] = {}
    with suppress(DoorProblem):  # without them a person or an area can still be chosen
        groups = await ctx.directory.named_groups()
    options = [option(area.name, area.name) for area in ctx.desk.policy.area]
    options += [option(f"@{handle}", group) for group, handle in groups.items()]
    if not options:
        return []
    return [
        field(
            _("Or whoever is on duty for"),
            "area",
            select("area", options),
            hint=_("Goes before the person above: its experts, or a group's members, one after the other."),
            optional=True,
        )
    ]


async def _whoever_is_there(ctx: Context, submission: Submission, area: str | None) -> list[Person]:
    others = [one for one in await ctx.duty.experts(area) if one.slack != submission.person.slack]
    if not others:
        raise Invalid("area", _("Nobody is there just now. Choose a person."))
    return others[:1]


async def _chosen(ctx: Context, submission: Submission) -> list[Person]:
    """The person asked, and those asked with them, nobody twice."""
    if not submission.text("expert"):
        raise Invalid("expert", _("Choose a person, or an area."))
    named = {submission.text("expert"): "expert"}
    for other in submission.inputs.get("others") or ():
        named.setdefault(other, "others")
    return [await _may_be_asked(ctx, submission.person, who, where) for who, where in named.items()]


async def _may_be_asked(ctx: Context, asker: Person, expert: str, where: str) -> Person:
    """Somebody chosen in the input `where`; raises Invalid beside it."""
    if expert == asker.slack:
        raise Invalid(where, _("That is you. Choose somebody else."))
    chosen = await ctx.directory.person(expert)
    if await ctx.directory.is_gone(expert) or not await ctx.directory.is_of(expert, ctx.workspace.team_id):
        raise Invalid(where, _("{name} can't be asked. Choose a person.").format(name=chosen.name))
    until = await ctx.duty.away_until(expert)
    if until is not None:
        line = _("{name} is away until {when}. Choose somebody else.")
        when = until.astimezone(asker.zone)
        raise Invalid(where, line.format(name=chosen.name, when=f"{when:%Y-%m-%d %H:%M}"))
    return chosen


async def on_answer(ctx: Context, click: Click) -> None:
    """The expert answers with the conversation before them."""
    asked = await reading.put_to(ctx.desk, click.case_id, click.person)
    blocks = [
        *conversation(asked.posts, asked.author),
        divider(),
        context(_("<@{asker}> asks:").format(asker=asked.question.asked_by)),
        words(asked.question.question),
        field(
            _("Your answer"),
            "text",
            text_input("text", longest=LONGEST_ANSWER),
            hint=_("It goes to your colleague as a draft, not to the customer."),
        ),
    ]
    view = modal(
        "answer",
        _("Answer"),
        blocks,
        metadata=json.dumps({"case": asked.case.id}),
        submit=_("Send to the desk"),
    )
    await ctx.open(click, view)


async def on_answer_submitted(ctx: Context, submission: Submission) -> None:
    text = submission.text("text").strip()
    if not text:
        raise Invalid("text", _("Write your answer."))
    on_duty = await ctx.duty.on_duty_for(submission.case_id)
    await escalate.answer(ctx.desk, submission.case_id, submission.person, text, on_duty)


async def answered_in_thread(ctx: Context, body: Payload, ask_id: int) -> None:
    """Take an expert's message below the question as the answer."""
    event = body["event"]
    ask = await reading.question(ctx.desk, ask_id)
    if ask is None or ask.expert != event["user"]:
        return
    person, text = await ctx.person(event["user"]), str(event.get("text") or "").strip()
    try:
        if not text:
            raise DeskError(
                _("A file alone is no answer that the desk can use. Write a few words below the question.")
            )
        await escalate.answer_in_thread(
            ctx.desk,
            body["event_id"],
            ask.case_id,
            person,
            text[:LONGEST_ANSWER],
            await ctx.duty.on_duty_for(ask.case_id),
        )
    except DeskError as refusal:
        await ctx.tell_person(person.slack, str(refusal))


async def on_pass(ctx: Context, click: Click) -> None:
    asked = await reading.put_to(ctx.desk, click.case_id, click.person)
    area = asked.question.area or asked.case.area
    await escalate.pass_on(ctx.desk, click.case_id, click.person, await ctx.duty.experts(area))


async def on_ask_back(ctx: Context, click: Click) -> None:
    """The expert asks its owner something first."""
    asked = await reading.put_to(ctx.desk, click.case_id, click.person)
    blocks = [
        words(asked.question.question),
        field(
            _("What do you need to know?"),
            "question",
            text_input("question", longest=2000),
            hint=_("It goes to your colleague. Your time begins anew with their answer."),
        ),
    ]
    metadata = json.dumps({"case": click.case_id})
    await ctx.open(click, modal("ask_back", _("Ask back"), blocks, metadata=metadata, submit=_("Ask back")))


async def on_ask_back_submitted(ctx: Context, submission: Submission) -> None:
    question = submission.text("question").strip()
    if not question:
        raise Invalid("question", _("Write your question."))
    await escalate.ask_back(ctx.desk, submission.case_id, submission.person, question)


async def on_tell_back(ctx: Context, click: Click) -> None:
    """The owner tells the expert what they asked."""
    ask = await reading.asked_back(ctx.desk, click.case_id)
    blocks = [
        context(_("<@{expert}> asks:").format(expert=ask.expert)),
        words(ask.asked_back or ""),
        field(_("Your answer"), "text", text_input("text", longest=2000)),
    ]
    metadata = json.dumps({"case": click.case_id})
    await ctx.open(
        click, modal("tell_back", _("Tell the expert"), blocks, metadata=metadata, submit=_("Send"))
    )


async def on_tell_back_submitted(ctx: Context, submission: Submission) -> None:
    text = submission.text("text").strip()
    if not text:
        raise Invalid("text", _("Write your answer."))
    await escalate.tell_back(ctx.desk, submission.case_id, submission.person, text)


async def on_not_before(ctx: Context, click: Click) -> None:
    asked = await reading.put_to(ctx.desk, click.case_id, click.person)
    blocks = [date_field(ctx, click.person, asked.case.area, _("Not before which day?"), optional=False)]
    metadata = json.dumps({"case": click.case_id})
    await ctx.open(
        click, modal("not_before", _("Not before"), blocks, metadata=metadata, submit=_("Tell them"))
    )


async def on_not_before_submitted(ctx: Context, submission: Submission) -> None:
    at = date_of(ctx, submission)
    if at is None:
        raise Invalid("date", _("Choose a day."))
    await escalate.not_before(ctx.desk, submission.case_id, submission.person, at)
