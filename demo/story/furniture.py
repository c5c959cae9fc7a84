"""The demo's state at the start: people, channels, accounts, and one broken promise."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from demo.story.cast import BRANDS, CHANNELS, CUSTOMERS, STAFF

if TYPE_CHECKING:
    from demo.server import Playground


def furnish(playground: Playground) -> None:
    """Slack's people and places, X's accounts and customers, and one promise made three days ago."""
    _furnish_slack(playground)
    _furnish_x(playground)
    _remember_a_promise(playground)


def _furnish_slack(playground: Playground) -> None:
    slack = playground.slack
    for person, real_name in STAFF.items():
        name = real_name.split()[0].lower()
        slack.add_user(person, name, real_name, avatar=_avatar(playground, real_name))
    for channel, name in CHANNELS.items():
        slack.add_channel(channel, name, [*STAFF, "U0BOT"])
    slack.add_group("S0BILLING", "billing-experts", ["U0KASIA"])


def _furnish_x(playground: Playground) -> None:
    for handle, (name, followers) in BRANDS.items():
        playground.x.add_profile(
            handle,
            name,
            followers=followers,
            avatar=_avatar(playground, handle),
            access_token=f"demo-{handle}",
            access_secret=f"demo-{handle}-secret",
            verified=True,
        )
    for person in CUSTOMERS:
        playground.x.add_profile(
            person.handle,
            person.name,
            followers=person.followers,
            avatar=_avatar(playground, person.handle),
            verified=person.verified,
        )


def _remember_a_promise(playground: Playground) -> None:
    then = playground.clock.now() - timedelta(days=3)
    asked = playground.x.post(
        "elena_ritorna",
        "@acme_help la fibra è lenta da una settimana, mi potete chiamare?",
        lang="it",
        at=then,
    )
    playground.x.post(
        "acme_help",
        "Ciao Elena, ci dispiace! Ti chiamiamo entro stasera. ^MR",
        reply_to=asked.id,
        lang="it",
        at=then + timedelta(minutes=20),
    )


def _avatar(playground: Playground, name: str) -> str:
    return f"{playground.url}/page/avatar/{quote(name)}.svg"
