"""`python -m bench.queue_fetch`: what Procrastinate's fetch costs with a job per delivery, and with one per lane."""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median

import psycopg
from procrastinate.schema import SchemaManager

from bench.databases import databases
from db.queue.lanes import TURN

FETCH = "SELECT id FROM procrastinate_fetch_job_v2(NULL, NULL)"
LANE, OTHER = "post:C0STORM", "post:C0QUIET"
Cursor = psycopg.Cursor[tuple[object, ...]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--jobs", type=int, nargs="+", default=[1, 100, 1_000, 10_000], help="of one lock")
    options.add_argument("--rounds", type=int, default=5, help="fetches of each kind; the median is shown")
    options.add_argument(
        "--stale",
        action="store_true",
        help="as in a storm's first minute: PostgreSQL knows no statistics yet",
    )
    given = options.parse_args()
    with databases("postgresql") as where:
        print(f"PostgreSQL {where.version()}, median of {given.rounds} fetches, in ms\n")
        print(
            "| queued jobs of one lane | its lane is free | its lane is busy | busy, and another lane has a job |"
        )
        print("|---|---|---|---|")
        for jobs in given.jobs:
            url = where.create().replace("postgresql+psycopg", "postgresql")
            with psycopg.connect(url, autocommit=True) as connection:
                cells = " | ".join(
                    f"{each:.2f}" for each in _fetches(connection.cursor(), jobs, given.rounds, given.stale)
                )
            print(f"| {jobs:,} | {cells} |", flush=True)


def _fetches(cursor: Cursor, jobs: int, rounds: int, stale: bool) -> Iterator[float]:
    """Milliseconds of a fetch: that takes the first job; that finds nothing; that finds the only free one."""
    cursor.execute(SchemaManager.get_schema())
    _queue(cursor, LANE, jobs)
    cursor.execute("ALTER TABLE procrastinate_jobs SET (autovacuum_enabled = false)")
    if not stale:
        cursor.execute("ANALYZE procrastinate_jobs")
    yield _milliseconds(cursor, rounds, finds=True)
    _queue(cursor, LANE, 1, status="doing")
    yield _milliseconds(cursor, rounds, finds=False)
    _queue(cursor, OTHER, 1)
    yield _milliseconds(cursor, rounds, finds=True)


def _queue(cursor: Cursor, lock: str, count: int, status: str = "todo") -> None:
    cursor.execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, args)"
        " SELECT 'default', %s, %s, %s::procrastinate_job_status, jsonb_build_object('lane', %s::text)"
        " FROM generate_series(1, %s)",
        (TURN, lock, status, lock, count),
    )


def _milliseconds(cursor: Cursor, rounds: int, *, finds: bool) -> float:
    """Each fetch is rolled back: the next one meets the same queue."""
    took = []
    for _ in range(rounds + 1):
        with _undone(cursor):
            took.append(_timed(lambda: cursor.execute(FETCH)))
            row = cursor.fetchone()
            assert row is not None
            assert (row[0] is not None) == finds
    return median(took[1:]) * 1000  # the first one plans


@contextmanager
def _undone(cursor: Cursor) -> Iterator[None]:
    with cursor.connection.transaction(force_rollback=True):
        yield


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
