"""`mentiondesk run` with its SQL statements counted: at SIGUSR1 the number so far is written to COUNT_FILE."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.cli.main import main

_count = 0


def _one_more(*_event: Any) -> None:
    global _count
    _count += 1


def _tell(_number: int, _frame: Any) -> None:
    Path(os.environ["COUNT_FILE"]).write_text(f"{_count}\n", encoding="utf-8")


if __name__ == "__main__":
    event.listen(Engine, "before_cursor_execute", _one_more)
    signal.signal(signal.SIGUSR1, _tell)
    sys.argv = ["mentiondesk", "run"]
    main()
