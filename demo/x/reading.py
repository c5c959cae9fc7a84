"""X's reading endpoints: mentions, search, own posts, lookup of posts and of people."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice

from demo.x import fields, problems, window
from demo.x.query import compiled
from demo.x.rendering import iso, posts_answer, readable, user_json
from demo.x.snowflake import snowflake
from demo.x.values import Answer, Asked, Json, Post, Profile
from demo.x.world import World

MENTIONS_REACH = 800
OWN_POSTS_REACH = 3200
SEARCH_REACH = timedelta(days=7)
SEARCH_LAG = timedelta(seconds=10)
MOST_AT_ONCE = 100

_HANDLE = re.compile(r"[A-Za-z0-9_]{1,15}")
_LIST_PARAMETERS = fields.PARAMETERS | window.PARAMETERS


def mentions(world: World, asked: Asked) -> Answer:
    """The newest 800 posts that tag a person."""
    shape, wanted = _list_request(asked.params, _LIST_PARAMETERS, smallest=5)
    tagged = _person_in_path(world, asked)
    if isinstance(tagged, Answer):
        return tagged
    shown, meta = window.page(islice(world.tagging(tagged), MENTIONS_REACH), wanted)
    return posts_answer(world, shown, shape, meta=meta)


def own_posts(world: World, asked: Asked) -> Answer:
    """A person's own newest posts; `exclude` leaves out replies or reposts."""
    shape, wanted = _list_request(asked.params, _LIST_PARAMETERS | {"exclude"}, smallest=5)
    author = _person_in_path(world, asked)
    if isinstance(author, Answer):
        return author
    written = islice(world.written_by(author), OWN_POSTS_REACH)
    shown, meta = window.page(_without(asked.params.get("exclude", ""), written), wanted)
    return posts_answer(world, shown, shape, meta=meta)


def search(world: World, asked: Asked) -> Answer:
    """Posts of the last seven days that fit a query."""
    shape, wanted = _list_request(asked.params, _LIST_PARAMETERS | {"query", "sort_order"}, smallest=10)
    oldest = world.clock.now() - SEARCH_REACH
    _check_reach(wanted, oldest, world.clock.now())
    fits = compiled(asked.params.get("query", ""), world)
    found = (post for post in world.everything() if post.at >= oldest and post.raw is None and fits(post))
    shown, meta = window.page(found, wanted)
    return posts_answer(world, shown, shape, meta=meta)


def lookup(world: World, asked: Asked) -> Answer:
    """Up to a hundred posts by id; the missing ones come in `errors`."""
    fields.check_parameters(asked.params, fields.PARAMETERS | {"ids"})
    shape = fields.shape_of(asked.params)
    ids = _listed(asked.params, "ids")
    for each in ids:
        window.check_id("ids", each)
    found, errors = readable(world, ids, "ids", asked.me)
    return posts_answer(world, found, shape, errors=errors)


def lookup_one(world: World, asked: Asked) -> Answer:
    fields.check_parameters(asked.params, fields.PARAMETERS)
    shape = fields.shape_of(asked.params)
    window.check_id("id", asked.path["id"])
    found, errors = readable(world, [asked.path["id"]], "id", asked.me)
    return _single(posts_answer(world, found, shape, errors=errors))


def me(world: World, asked: Asked) -> Answer:
    return _single(_people_answer(world, asked, "id", [(asked.me.id, asked.me)]))


def user(world: World, asked: Asked) -> Answer:
    wanted = asked.path["id"]
    window.check_id("id", wanted)
    return _single(_people_answer(world, asked, "id", [(wanted, world.find_profile_by_id(wanted))]))


def users(world: World, asked: Asked) -> Answer:
    ids = _listed(asked.params, "ids")
    for each in ids:
        window.check_id("ids", each)
    return _people_answer(world, asked, "ids", [(each, world.find_profile_by_id(each)) for each in ids])


def user_by_name(world: World, asked: Asked) -> Answer:
    name = _checked_handle("username", asked.path["username"])
    return _single(_people_answer(world, asked, "username", [(name, world.find_profile(name))]))


def users_by_name(world: World, asked: Asked) -> Answer:
    names = [_checked_handle("usernames", name) for name in _listed(asked.params, "usernames")]
    return _people_answer(world, asked, "usernames", [(name, world.find_profile(name)) for name in names])


# Lists of posts


def _list_request(
    params: Mapping[str, str], known: Iterable[str], *, smallest: int
) -> tuple[fields.Shape, window.Window]:
    fields.check_parameters(params, known)
    wanted = window.window_of(params, smallest=smallest, largest=MOST_AT_ONCE, usual=10)
    return fields.shape_of(params), wanted


def _person_in_path(world: World, asked: Asked) -> Profile | Answer:
    """The person, or the answer that says why they cannot be shown."""
    wanted = asked.path["id"]
    window.check_id("id", wanted)
    person = world.find_profile_by_id(wanted)
    if person is None:
        return Answer({"errors": [problems.not_found("user", "id", wanted)]})
    return Answer({"errors": [problems.suspended("id", wanted)]}) if person.suspended else person


def _without(excluded: str, posts: Iterable[Post]) -> Iterable[Post]:
    kinds = excluded.split(",")
    kept = (post for post in posts if "replies" not in kinds or post.reply_to is None)
    return (post for post in kept if "retweets" not in kinds or post.repost_of is None)


def _check_reach(wanted: window.Window, oldest: datetime, now: datetime) -> None:
    if wanted.since and wanted.since < snowflake(oldest):
        message = (
            f"'since_id' must be a tweet id created after [{iso(oldest)}]. "
            f"Please use a 'since_id' that is larger than [{snowflake(oldest)}]"
        )
        raise problems.invalid(message, since_id=str(wanted.since))
    if wanted.start and wanted.start < oldest:
        message = f"Invalid 'start_time'. 'start_time' must be on or after {iso(oldest)}"
        raise problems.invalid(message, start_time=iso(wanted.start))
    if wanted.end and wanted.end > now - SEARCH_LAG:
        message = "Invalid 'end_time'. 'end_time' must be a minimum of 10 seconds prior to the request time"
        raise problems.invalid(message, end_time=iso(wanted.end))


# People


def _people_answer(
    world: World, asked: Asked, parameter: str, sought: list[tuple[str, Profile | None]]
) -> Answer:
    fields.check_parameters(asked.params, fields.PARAMETERS | {"ids", "usernames"})
    shape = fields.shape_of(asked.params)
    found = [person for _, person in sought if person is not None and not person.suspended]
    errors = [_why_missing(parameter, value, person) for value, person in sought if person not in found]
    body: Json = {"data": [user_json(world, person, shape) for person in found], "errors": errors}
    return Answer(
        {name: value for name, value in body.items() if value}, people=tuple(person.id for person in found)
    )


def _why_missing(parameter: str, value: str, person: Profile | None) -> Json:
    if person is not None:
        return problems.suspended(parameter, value)
    return problems.not_found("user", parameter, value)


def _checked_handle(parameter: str, value: str) -> str:
    if not _HANDLE.fullmatch(value):
        message = f"The `{parameter}` query parameter value [{value}] does not match ^[A-Za-z0-9_]{{1,15}}$"
        raise problems.invalid(message, **{parameter: value})
    return value


def _listed(params: Mapping[str, str], name: str) -> list[str]:
    values = [value for value in params.get(name, "").split(",") if value]
    if not 1 <= len(values) <= MOST_AT_ONCE:
        message = (
            f"The number of values in the `{name}` query parameter [{len(values)}] is not between 1 and 100"
        )
        raise problems.invalid(message, **{name: params.get(name, "")})
    return values


def _single(answer: Answer) -> Answer:
    """An answer for a single thing, with it in `data` itself, not in a list."""
    if "data" not in answer.body:
        return answer
    return replace(answer, body={**answer.body, "data": answer.body["data"][0]})
