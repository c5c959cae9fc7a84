"""The tables, and the meaning of each row."""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from db.sql.types import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# A number is never given again, even after its row is gone, because Slack's buttons carry it. PostgreSQL does so anyway.
NUMBERED: dict[str, Any] = {"sqlite_autoincrement": True}

# The authors of posts: cached, because a network may bill every look-up of a user.
authors = Table(
    "authors",
    metadata,
    Column("network", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("handle", String, nullable=False),
    Column("name", String, nullable=False),
    Column("followers", Integer, nullable=False, default=0),
    Column("avatar", String),
    Column("seen_at", UtcDateTime, nullable=False),
)
Index("ix_authors_handle", authors.c.network, authors.c.handle)

# One customer's matter. Compare-and-set compares `version`.
cases = Table(
    "cases",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("network", String, nullable=False),
    Column("account", String, nullable=False),
    Column("author_id", String, nullable=False),
    Column("conversation_id", String, nullable=False),
    Column("status", String, nullable=False),
    Column("owner", String),
    Column("area", String),
    Column("channel", String, nullable=False),
    Column("language", String, nullable=False),
    Column("priority", String, nullable=False),
    Column("value", Float, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("waiting_since", UtcDateTime, nullable=False),
    Column("queue_at", UtcDateTime, nullable=False),  # its place in the queue: the earliest goes first
    Column("due_at", UtcDateTime),
    Column("late_at", UtcDateTime),
    Column("first_reply_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("outcome", String),
    Column("reposts", Integer, nullable=False, default=0),
    Column("alike", Integer),  # the case whose card shows this one, because their posts are near-copies
    Column("moved_from", String),  # the account first addressed, if it was the wrong one
    Column("ticket", String),  # the help desk's reference, if the case continues there
    Column("version", Integer, nullable=False, default=1),
    **NUMBERED,
)
_OPEN = text("status IN ('new', 'claimed', 'escalated', 'waiting')")
Index("ix_cases_author", cases.c.network, cases.c.author_id)
Index("ix_cases_conversation", cases.c.network, cases.c.conversation_id)
Index("ix_cases_open", cases.c.owner, cases.c.queue_at, sqlite_where=_OPEN, postgresql_where=_OPEN)
Index("ix_cases_opened_at", cases.c.opened_at)
_GROUPED = text("alike IS NOT NULL")
Index("ix_cases_alike", cases.c.alike, sqlite_where=_GROUPED, postgresql_where=_GROUPED)

# Every public post that we know: the customers', and with `ours` the brand's own.
mentions = Table(
    "mentions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("network", String, nullable=False),
    Column("post_id", String, nullable=False),
    Column("author_id", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("url", String, nullable=False),
    Column("conversation_id", String, nullable=False),
    Column("answers", String),
    Column("quoted", String),
    Column("pictures", JSON, nullable=False),
    Column("answerable_by", JSON, nullable=False),  # our accounts that may answer it by API
    Column("ours", Boolean, nullable=False, default=False),
    Column("hidden", Boolean, nullable=False, default=False, server_default=false()),  # shows private data
    Column("posted_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("checked_at", UtcDateTime, nullable=False),
    Column("edited_at", UtcDateTime),
    Column("deleted_at", UtcDateTime),
    UniqueConstraint("network", "post_id"),
    **NUMBERED,
)
_KEPT = text("deleted_at IS NULL")
Index("ix_mentions_checked_at", mentions.c.checked_at, sqlite_where=_KEPT, postgresql_where=_KEPT)

# One line of a case's history: who did what, when; and the case as it was just before, for reports.
events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", String),  # a Slack id; null: the desk itself
    Column("what", String, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("area", String),
    Column("priority", String),  # null: an older version wrote the line, and these columns with it
    Column("due_at", UtcDateTime),
    Column("account", String),
    Column("language", String),
    **NUMBERED,
)
Index("ix_events_at", events.c.at)

# What happened on the desk and to no case. Apart, for SQLite would copy all events to let them be without one.
desk_events = Table(
    "desk_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("who", String),  # a Slack id; null: the desk itself
    Column("what", String, nullable=False),
    Column("detail", JSON, nullable=False),
    **NUMBERED,
)

# A public answer in the brand's name, in one or more parts.
replies = Table(
    "replies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("who", String),  # its writer; null: found on the network, so the writer is unknown
    Column("account", String, nullable=False),
    Column("answers", String, nullable=False),
    Column("typed", Text, nullable=False),
    Column("parts", JSON, nullable=False),
    Column("posts", JSON, nullable=False),  # the ids of the parts that are on the network; "": not known
    Column("state", String, nullable=False),  # a ReplyState of db/rows.py
    Column("by_hand", Boolean, nullable=False, default=False),
    Column("queued_at", UtcDateTime, nullable=False),
    Column("goes_at", UtcDateTime, nullable=False),
    Column("due_before", UtcDateTime),  # the due time that it ended, to restore if it is not sent
    Column("sent_at", UtcDateTime),
    Column("problem", Text),
    Column("remind_at", UtcDateTime),  # when to check if the customer did what the reply asks
    Column("saved", Integer),  # the saved reply that it began with; it may be deleted since
    Column(
        "came_back", Boolean, nullable=False, default=False, server_default=false()
    ),  # its case, once closed
    **NUMBERED,
)
_BEGUN = text("saved IS NOT NULL")
Index("ix_replies_saved", replies.c.saved, sqlite_where=_BEGUN, postgresql_where=_BEGUN)

# One question to one expert. A chain is one question on its way through the experts.
asks = Table(
    "asks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("chain", Integer, nullable=False),  # counts the escalations of a case: 1, 2, …
    Column("expert", String, nullable=False),
    Column("asked_by", String, nullable=False),
    Column("question", Text, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String, nullable=False),  # a QuestionState
    Column("area", String),  # the area of the experts, or a user group's id; null: the case's area
    Column("asked_back", Text),  # the expert's own question to the owner
    Column("told_back", Text),  # the owner's answer to it
    Column("answer", Text),
    Column("ended_at", UtcDateTime),
    **NUMBERED,
)

# A promise to come back to a case at a date.
follow_ups = Table(
    "follow_ups",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("person", String, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("note", Text, nullable=False),
    Column("state", String, nullable=False),  # a FollowUpState
    Column("reminders", Integer, nullable=False, default=0, server_default="0"),
    Column("made_at", UtcDateTime, nullable=False),
    Column("reminded_at", UtcDateTime),
    **NUMBERED,
)
_DUE = text("state IN ('promised', 'reminded')")
Index("ix_follow_ups_person", follow_ups.c.person, sqlite_where=_DUE, postgresql_where=_DUE)

# The people who are away, and until when.
absences = Table(
    "absences",
    metadata,
    Column("person", String, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

# Lists that a person does not want: shift_start, shift_end.
unwanted = Table(
    "unwanted",
    metadata,
    Column("person", String, primary_key=True),
    Column("what", String, primary_key=True),
)

# A person put on duty by command, ahead of the rota's turns. `area` is "" for the whole desk.
stand_ins = Table(
    "stand_ins",
    metadata,
    Column("area", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("by", String, nullable=False),
)

# A text that a person has written and not sent.
drafts = Table(
    "drafts",
    metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("person", String, primary_key=True),
    Column("text", Text, nullable=False),
    Column("seen", String, nullable=False),  # the case as its writer last saw it
    Column("at", UtcDateTime, nullable=False),
    Column("saved", Integer),  # the saved reply that it began with
)

# A text kept for reuse. The replies tell how often it was used, and how many of its cases came back.
saved_replies = Table(
    "saved_replies",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", String, nullable=False),  # two letters
    Column("area", String),  # null: every area
    Column("owner", String),  # a Slack id; null: the leads'
    Column("expires_on", String),  # an ISO date, the last day it is offered
    Column("made_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint("title", "language"),
    **NUMBERED,
)

# A reply that waits until another person has read it.
approvals = Table(
    "approvals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("who", String, nullable=False),  # its writer
    Column("typed", Text, nullable=False),
    Column("parts", JSON, nullable=False),
    Column("account", String, nullable=False),
    Column("seen", String, nullable=False),  # the case as its writer saw it, later as the approver saw it
    Column("despite", JSON, nullable=False),  # the guard's findings, and the reason to send it anyway; or {}
    Column("remind_at", UtcDateTime),
    Column("reasons", JSON, nullable=False),  # why it waits
    Column("state", String, nullable=False),  # an ApprovalState
    Column("step", Integer, nullable=False),  # the number of times it was passed on
    Column("asked", JSON, nullable=False),  # the people asked to read it
    Column("asked_at", UtcDateTime, nullable=False),
    Column("decided_by", String),
    Column("decided_at", UtcDateTime),
    Column("reason", Text),  # why it was sent back
    Column("sent_text", Text),  # the approved text, if it differs from the typed one
    **NUMBERED,
)
_WAITS = text("state = 'asked'")
Index(
    "ix_approvals_one_waits",
    approvals.c.case_id,
    unique=True,
    sqlite_where=_WAITS,
    postgresql_where=_WAITS,
)

# The people who have a case's reply modal open, as far as we know.
writing = Table(
    "writing",
    metadata,
    Column("case_id", ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True),
    Column("person", String, primary_key=True),
    Column("until", UtcDateTime, nullable=False),
)

# The place in Slack of each thing that we show, and its last drawing.
messages = Table(
    "messages",
    metadata,
    Column("subject", String, primary_key=True),  # card:5, mention:12, ask:3, follow_up:4, notice:…
    Column("case_id", Integer, index=True),
    Column("person", String),  # the recipient of a direct message; null: in a channel
    Column("channel", String, nullable=False),
    Column("ts", String, nullable=False),
    Column("drawn", String, nullable=False),
    Column("plain", Boolean, nullable=False, default=False),  # posted without its pictures
    Column("posted_at", UtcDateTime, nullable=False),
)
Index("ix_messages_place", messages.c.channel, messages.c.ts)

# One thing that the desk must send exactly once.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),  # sent with the message, to find it again
    Column("kind", String, nullable=False),  # message, notice, remove, reply, unpost
    Column("subject", String, nullable=False),
    Column("case_id", Integer, index=True),
    Column("lane", String, nullable=False),
    Column("rank", Integer, nullable=False),  # lower goes first within a lane
    Column("state", String, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("payload", JSON, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("made_at", UtcDateTime, nullable=False),
    Column("intent_at", UtcDateTime),  # the start of the first attempt: from here on it may have been sent
    Column("tried_at", UtcDateTime),  # the time of the last attempt
    Column("ended_at", UtcDateTime),
    Column("problem", Text),
    **NUMBERED,
)
_LIVE = text("state IN ('pending', 'sending', 'unknown')")
Index(
    "ix_deliveries_live",
    deliveries.c.lane,
    deliveries.c.rank,
    deliveries.c.id,
    sqlite_where=_LIVE,
    postgresql_where=_LIVE,
)
Index("ix_deliveries_subject", deliveries.c.subject, sqlite_where=_LIVE, postgresql_where=_LIVE)
_FAILED = text("state = 'failed'")
Index("ix_deliveries_failed", deliveries.c.id, sqlite_where=_FAILED, postgresql_where=_FAILED)
COALESCES = text("kind = 'message' AND state = 'pending'")
Index(
    "ix_deliveries_one_pending",
    deliveries.c.subject,
    unique=True,
    sqlite_where=COALESCES,
    postgresql_where=COALESCES,
)

# A lane that must wait until a time.
lanes = Table(
    "lanes",
    metadata,
    Column("lane", String, primary_key=True),
    Column("rests_until", UtcDateTime, nullable=False),
)

# Work that only one of several replicas does at a time: reading an account, sweeping. Unused on SQLite.
leases = Table(
    "leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("held_until", UtcDateTime, nullable=False),
)

# The parts that do not work right now; a row lasts as long as the trouble.
troubles = Table(
    "troubles",
    metadata,
    Column("part", String, primary_key=True),  # slack, a source, a lane of public answers
    Column("cause", Text, nullable=False),  # a sentence; several parts may share one
    Column("since", UtcDateTime, nullable=False),
)

# One thing that must happen at a time.
timers = Table(
    "timers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("case_id", Integer, index=True),
    Column("due_at", UtcDateTime, nullable=False),
    Column("state", String, nullable=False),  # a TimerState
    Column("ended_at", UtcDateTime),
    **NUMBERED,
)
ARMED = text("state = 'armed'")
Index("ix_timers_armed", timers.c.due_at, sqlite_where=ARMED, postgresql_where=ARMED)
Index(
    "ix_timers_one_armed",
    timers.c.kind,
    timers.c.subject,
    unique=True,
    sqlite_where=ARMED,
    postgresql_where=ARMED,
)

# Our own accounts' author ids, kept so that the desk can start while the network does not answer.
accounts = Table(
    "accounts",
    metadata,
    Column("network", String, primary_key=True),
    Column("handle", String, primary_key=True),  # in lower case
    Column("id", String, nullable=False),
)

# The last post read from each source.
watermarks = Table(
    "watermarks",
    metadata,
    Column("source", String, primary_key=True),
    Column("post_id", String, nullable=False),
    Column("read_at", UtcDateTime, nullable=False),
)

# The posts and users read and the posts sent in a month, and their cost by the networks' price lists.
spending = Table(
    "spending",
    metadata,
    Column("month", String, primary_key=True),  # 2026-11
    Column("what", String, primary_key=True),
    Column("number", Integer, nullable=False, default=0),
    Column("usd", Float, nullable=False, default=0),
)

# The posts already billed on a UTC day: the same one is billed once a day.
billed = Table(
    "billed",
    metadata,
    Column("day", String, primary_key=True),
    Column("id", String, primary_key=True),
)

# Keys of things that happen once: a Slack event by its id, a warning to the leads by its name.
said_once = Table(
    "said_once",
    metadata,
    Column("key", String, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
