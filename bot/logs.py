"""Logs: one line for each event, readable in a terminal, JSON elsewhere, without control characters from outside."""

import logging
import sys

import structlog

# At INFO these libraries repeat our lines, and at DEBUG they print tokens.
QUIET = ("slack_bolt", "slack_socket", "slack_sdk", "aiohttp", "tweepy", "alembic", "asyncio")


def set_up(*, verbose: bool = False) -> None:
    level = logging.DEBUG if verbose else logging.INFO
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _one_line,
            structlog.dev.ConsoleRenderer(colors=True)
            if sys.stderr.isatty()
            else structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _one_line(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Replace control characters, so that no value can forge a line or move a terminal's cursor."""
    for name, value in event.items():
        if isinstance(value, str) and name != "exception":
            event[name] = "".join(sign if sign.isprintable() else " " for sign in value)
    return event
