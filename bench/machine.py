"""What a run was taken on, and what a process uses of it."""

import os
import platform
import sqlite3
import sys
import time
from importlib import metadata
from pathlib import Path

import psutil

LIBRARIES = (
    "slack-bolt",
    "slack-sdk",
    "aiohttp",
    "tweepy",
    "SQLAlchemy",
    "aiosqlite",
    "psycopg",
    "procrastinate",
)
_CPU_CLOCK = 2  # of Linux's clock numbers for other processes: scheduled time, in nanoseconds


def machine() -> dict[str, str]:
    """Facts to print beside figures."""
    return {
        "cores": str(os.cpu_count()),
        "CPU": _cpu_name(),
        "load before": f"{os.getloadavg()[0]:.1f}",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        **{name: _version(name) for name in LIBRARIES},
    }


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"


def _cpu_name() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def cpu_seconds(pid: int) -> float:
    """CPU time of a process with all its threads; psutil's clock ticks are too coarse for a few clicks."""
    if sys.platform == "linux":
        return time.clock_gettime((~pid << 3) | _CPU_CLOCK)
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def megabytes(pid: int) -> float:
    """Resident memory."""
    return float(psutil.Process(pid).memory_info().rss / 2**20)
