"""Answers that went out by hand, or nobody knows of: "I posted it", "It was sent", "Send again"."""

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.desk import spending
from handlers.desk.reading import case as reading
from handlers.desk.replies import by_hand
from handlers.desk.spending import Priced
from handlers.ports import Looked, Network
from handlers.problems import DoorProblem
from handlers.slack.context import Click, Context, Invalid, Submission
from handlers.slack.gestures import Gestures
from handlers.slack.views.blocks import context, field, modal, text_input
from triage import traits
from triage.cases.mention import Mention
from triage.i18n import _

# The network is asked for a post while a modal waits for its answer.
LOOK_SECONDS = 1.5
# How far the network's clock may be from ours.
CLOCK_SLACK = timedelta(minutes=1)


def register(gestures: Gestures) -> None:
    gestures.click("posted", on_posted)
    gestures.submit("posted", on_posted_submitted, field_of_errors="link")
    gestures.click("was_sent", on_was_sent)
    gestures.click("send_again", on_send_again)


async def on_posted(ctx: Context, click: Click) -> None:
    case = await ctx.case_for(click, "posted")
    network = traits.of(case.network)
    blocks = [
        context(
            _("For answers given by hand on {network}, where its rule does not let us answer by API.").format(
                network=network.title
            )
        ),
        field(
            _("Link of your answer"),
            "link",
            text_input(
                "link",
                longest=300,
                multiline=False,
                placeholder=network.post_link.format(handle=case.account),
            ),
            hint=_("On {network}: Share, then Copy link.").format(network=network.title),
        ),
    ]
    metadata = json.dumps({"case": case.id})
    await ctx.open(click, modal("posted", _("I posted it"), blocks, metadata=metadata, submit=_("Record")))


async def on_posted_submitted(ctx: Context, submission: Submission) -> None:
    case = await reading.case_of(ctx.desk, submission.case_id)
    network, like = ctx.networks[case.network], traits.of(case.network)
    found = network.post_id_in(submission.text("link"))
    if found is None:
        sentence = _("That is no link to a post on {network}. It looks like {example}.")
        example = like.post_link.format(handle=case.account)
        raise Invalid("link", sentence.format(network=like.title, example=example))
    handle, post_id = found
    account = ctx.desk.policy.account_named(case.network, handle)
    if account is None:
        ours = ", ".join(f"@{one}" for one in ctx.desk.policy.handles_on(case.network))
        raise Invalid(
            "link", _("That post is @{handle}'s, not one of ours ({ours}).").format(handle=handle, ours=ours)
        )
    post = await _as_posted(ctx, network, account.handle, post_id)
    await by_hand.posted(ctx.desk, submission.case_id, submission.person, post)


async def _as_posted(ctx: Context, network: Network, account: str, post_id: str) -> Mention:
    """The answer as it is on the network; while that does not say, only its id and time."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            looked = await network.look_up(account, [post_id])
    except (DoorProblem, TimeoutError):
        looked = Looked((), ())
    if post_id in looked.gone:
        raise Invalid(
            "link",
            _("{network} knows no such post. Copy the link of your answer once more.").format(
                network=traits.title(network.name)
            ),
        )
    await spending.count(ctx.desk, network.name, "lookups", looked.read, Priced.POST)
    unread = Mention(
        network=network.name,
        post_id=post_id,
        author_id="",
        account=account,
        text=_("(answered by hand)"),
        posted_at=network.time_of(post_id),
        conversation_id=post_id,
        url=network.post_url(account, post_id),
    )
    return next((replace(post, account=account, url=unread.url) for post in looked.mentions), unread)


async def on_was_sent(ctx: Context, click: Click) -> None:
    """The network is asked once more which post it is; a person's word counts even when it does not say."""
    case = await ctx.case_for(click, "was_sent")
    reply = await reading.foremost_reply(ctx.desk, case.id)
    own: list[Mention] = []
    if reply is not None:
        with suppress(DoorProblem, TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                own = await _own_posts(ctx, case.network, reply.account, reply.goes_at - CLOCK_SLACK)
    await by_hand.was_sent(ctx.desk, case.id, click.person, own)


async def _own_posts(ctx: Context, network: str, account: str, start: datetime) -> list[Mention]:
    found: list[Mention] = []
    async for page in ctx.networks[network].own_posts(account, since=None, start=start):
        await spending.count(ctx.desk, network, "own", page.read, Priced.POST)
        found += page.mentions
    return found


async def on_send_again(ctx: Context, click: Click) -> None:
    await by_hand.send_again(ctx.desk, click.case_id, click.person)
