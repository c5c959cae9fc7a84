"""The tables and statements of the two floors: a claim, its event and its delivery, and nothing else."""

import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TABLES = (
    "CREATE TABLE cases (id {serial}, status TEXT NOT NULL, owner TEXT, channel TEXT NOT NULL, ts TEXT NOT NULL,"
    " version INTEGER NOT NULL)",
    "CREATE TABLE events (id {serial}, case_id INTEGER NOT NULL, at TEXT NOT NULL, who TEXT, what TEXT NOT NULL)",
    "CREATE INDEX ix_events_case_id ON events (case_id)",
    "CREATE TABLE deliveries (id {serial}, key TEXT NOT NULL UNIQUE, case_id INTEGER NOT NULL, lane TEXT NOT NULL,"
    " state TEXT NOT NULL, made_at TEXT NOT NULL, ended_at TEXT)",
    "CREATE INDEX ix_deliveries_live ON deliveries (lane, id) WHERE state = 'pending'",
)
SERIAL = {"sqlite": "INTEGER PRIMARY KEY", "postgresql": "SERIAL PRIMARY KEY"}

# With :name parameters; each driver's own style is made of them.
CLAIM = (
    "UPDATE cases SET status = 'claimed', owner = :who, version = version + 1"
    " WHERE id = :case AND owner IS NULL RETURNING channel, ts"
)
EVENT = "INSERT INTO events (case_id, at, who, what) VALUES (:case, :at, :who, 'claim')"
DELIVERY = (
    "INSERT INTO deliveries (key, case_id, lane, state, made_at)"
    " VALUES (:key, :case, 'edit', 'pending', :at) RETURNING id"
)
DONE = "UPDATE deliveries SET state = 'done', ended_at = :at WHERE id = :id"
FILL = "INSERT INTO cases (id, status, channel, ts, version) VALUES (:case, 'new', :channel, :ts, 1)"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a floor reads from the environment: the same variables as the program."""

    api_url: str
    bot_token: str
    app_token: str
    signing_secret: str
    database_url: str
    port: int

    @property
    def over_http(self) -> bool:
        return not self.app_token

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def sqlite_file(self) -> str:
        return urlsplit(self.database_url).path[1:]

    @property
    def postgresql_url(self) -> str:
        return self.database_url.replace("postgresql+psycopg://", "postgresql://")


def surroundings() -> Surroundings:
    take = os.environ.get
    return Surroundings(
        api_url=os.environ["SLACK_API_URL"],
        bot_token=os.environ["SLACK_BOT_TOKEN"],
        app_token=take("SLACK_APP_TOKEN", ""),
        signing_secret=take("SLACK_SIGNING_SECRET", ""),
        database_url=os.environ["DATABASE_URL"],
        port=int(take("PORT", "0")),
    )


def claimed_case(payload: dict[str, Any]) -> tuple[int, str] | None:
    """(case, clicker) of a click on the claim button."""
    action = (payload.get("actions") or [{}])[0]
    if payload.get("type") != "block_actions" or action.get("action_id") != "claim":
        return None
    return int(action["value"]), payload["user"]["id"]
