"""Web API: auth.test, api.test, bots.info, team.info, apps.connections.open."""

from __future__ import annotations

from collections.abc import Callable

from demo.slack.args import Args
from demo.slack.state import APP_ID, BOT_ID, BOT_USER, State
from demo.slack.values import Json, SlackError


def auth_test(state: State, args: Args) -> Json:
    return {
        "url": f"https://{state.team.domain}.slack.com/",
        "team": state.team.name,
        "user": state.users[BOT_USER].name,
        "team_id": state.team.id,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def api_test(state: State, args: Args) -> Json:
    if args.maybe("error"):
        raise SlackError(args.text("error"), args=dict(args))
    return {"args": dict(args)}


def bots_info(state: State, args: Args) -> Json:
    if args.maybe("bot") not in (None, BOT_ID):
        raise SlackError("bot_not_found")
    name = state.users[BOT_USER].real_name
    bot = {"id": BOT_ID, "deleted": False, "name": name, "app_id": APP_ID, "user_id": BOT_USER}
    return {"bot": {**bot, "updated": 1_700_000_000, "icons": {}}}


def team_info(state: State, args: Args) -> Json:
    return {
        "team": {
            "id": state.team.id,
            "name": state.team.name,
            "domain": state.team.domain,
            "email_domain": "",
            "url": f"https://{state.team.domain}.slack.com/",
            "icon": {"image_default": True},
        }
    }


def open_connection(ticket: Callable[[], str]) -> Callable[[State, Args], Json]:
    """apps.connections.open, with a function that issues the tickets."""

    def method(state: State, args: Args) -> Json:
        address = state.base_url.replace("http", "ws", 1)
        return {"url": f"{address}/slack/socket?ticket={ticket()}&app_id={APP_ID}"}

    return method


METHODS = {"auth.test": auth_test, "api.test": api_test, "bots.info": bots_info, "team.info": team_info}
