"""Escalate, answer, pass: from the card to the expert's direct message and back."""

import json

from db import cases, mentions
from handlers.desk import escalating
from handlers.slack.blocks import Block, context, divider, field, modal, text_input, words
from handlers.slack.dms import conversation
from handlers.slack.gestures import Gestures
from handlers.slack.room import Click, Invalid, Room, Submission
from triage.words import _


def register(gestures: Gestures) -> None:
    gestures.click("escalate", on_escalate)
    gestures.submit("escalate", on_escalate_submitted, field_of_errors="question")
    gestures.click("answer", on_answer)
    gestures.submit("answer", on_answer_submitted, field_of_errors="text")
    gestures.click("pass", on_pass)


async def on_escalate(room: Room, click: Click) -> None:
    """The area's first expert is proposed; anybody can be asked."""
    case = await room.case_for(click, "escalate")
    experts = [one for one in await room.directory.experts_of(case.area) if one != click.person.slack]
    people: Block = {"type": "users_select", "action_id": "expert"}
    if experts:
        people["initial_user"] = experts[0]
    blocks = [
        field(
            _("Who knows?"),
            "expert",
            people,
            hint=_("They get the conversation and your question by direct message."),
        ),
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
    await room.open(click, view)


async def on_escalate_submitted(room: Room, submission: Submission) -> None:
    expert = submission.text("expert")
    if expert == submission.person.slack:
        raise Invalid("expert", _("That is you. Choose somebody else."))
    chosen = await room.directory.person(expert)
    if await room.directory.is_gone(expert) or not await room.directory.is_of(expert, room.workspace.team_id):
        raise Invalid("expert", _("{name} can't be asked. Choose a person.").format(name=chosen.name))
    question = submission.text("question").strip()
    if not question:
        raise Invalid("question", _("Write your question."))
    await escalating.escalate(room.desk, submission.case_id, submission.person, expert, question)


async def on_answer(room: Room, click: Click) -> None:
    """The expert answers with the conversation before them."""
    async with room.desk.database.read() as connection:
        ask = await escalating.open_ask(connection, click.case_id, click.person)
        case = await cases.load(connection, click.case_id)
        author = await mentions.author(connection, case.network, case.author_id)
        posts = await mentions.conversation(connection, case.id)
    blocks = [
        *conversation(posts, author),
        divider(),
        context(_("<@{asker}> asks:").format(asker=ask.asked_by)),
        words(ask.question),
        field(
            _("Your answer"),
            "text",
            text_input("text", longest=2500),
            hint=_("It goes to your colleague as a draft, not to the customer."),
        ),
    ]
    view = modal(
        "answer", _("Answer"), blocks, metadata=json.dumps({"case": case.id}), submit=_("Send to the desk")
    )
    await room.open(click, view)


async def on_answer_submitted(room: Room, submission: Submission) -> None:
    text = submission.text("text").strip()
    if not text:
        raise Invalid("text", _("Write your answer."))
    await escalating.answer(room.desk, submission.case_id, submission.person, text)


async def on_pass(room: Room, click: Click) -> None:
    async with room.desk.database.read() as connection:
        area = (await cases.load(connection, click.case_id)).area
    experts = await room.directory.experts_of(area)
    await escalating.pass_on(room.desk, click.case_id, click.person, experts)
