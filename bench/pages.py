"""Pages of mentions as X sends them, in the three languages of the demo's desk."""

from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from typing import Any

from demo.x.snowflake import snowflake

PAGE = 100
OWN_ID = "1400000000000000001"
_TEXTS = (
    (
        "en",
        "@acme_help the parcel {n} never came and nobody answers the phone. Unacceptable, third time this month!",
    ),
    (
        "it",
        "@acme_help la fattura {n} è sbagliata: mi avete addebitato due volte lo stesso importo, rispondete!",
    ),
    ("pl", "@acme_help brak zasięgu od rana w całej dzielnicy, zgłoszenie {n}, kiedy to naprawicie?"),
    ("en", "@acme_help how do I change my plan from the app? I can't find it, thanks {n}"),
    ("it", "@acme_help internet lentissimo da ieri sera, il modem è già riavviato due volte. Caso {n} 😡"),
)


def page(number: int) -> dict[str, Any]:
    """The answer to one call: a hundred new posts, each of another author, with the authors in the includes."""
    first = number * PAGE
    texts = islice(cycle(_TEXTS), PAGE)
    at = datetime.now(UTC) - timedelta(seconds=30)
    posts = [_post(first + place, lang, text, at) for place, (lang, text) in enumerate(texts)]
    users = [_user(first + place) for place in range(PAGE)]
    return {"data": posts, "includes": {"users": users}, "meta": {"result_count": PAGE}}


def author_id(number: int) -> str:
    return f"{1_500_000_000_000 + number}"


def _post(number: int, lang: str, text: str, at: datetime) -> dict[str, Any]:
    post_id = str(snowflake(at, number))
    mention = {"start": 0, "end": 10, "username": "acme_help", "id": OWN_ID}
    return {
        "id": post_id,
        "text": text.format(n=number),
        "author_id": author_id(number),
        "conversation_id": post_id,
        "created_at": f"{at:%Y-%m-%dT%H:%M:%S}.000Z",
        "edit_history_tweet_ids": [post_id],
        "lang": lang,
        "in_reply_to_user_id": OWN_ID,
        "entities": {"mentions": [mention]},
    }


def _user(number: int) -> dict[str, Any]:
    return {
        "id": author_id(number),
        "name": f"Customer {number}",
        "username": f"customer_{number}",
        "profile_image_url": "https://pbs.twimg.com/profile_images/1/a_normal.jpg",
        "public_metrics": {"followers_count": number % 3000},
    }
