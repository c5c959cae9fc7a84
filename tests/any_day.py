"""The tests on other days and in other zones: `make any-day`, with Debian's `faketime`. What follows `--` goes to pytest.

Each day has one zone in turn; `--all-zones` runs each day in each of them. A table closes it.
"""

import os
import shutil
import subprocess
import sys
import time

DAYS = {
    "2026-11-30 10:00": "a Monday",
    "2026-12-07 10:00": "before a holiday in Italy",
    "2026-12-24 20:00": "before Christmas",
    "2026-12-31 23:50": "a year ends",
    "2028-02-28 23:50": "a leap year's 29 February comes",
    "2027-03-28 01:50": "clocks go forward in Europe",
    "2027-10-31 02:50": "clocks go back in Europe",
    "2028-04-15 12:00": "Easter Saturday",
    "2027-05-01 09:00": "1 May",
    "2026-12-13 15:00": "a Sunday",
}
ZONES = ("UTC", "Asia/Tokyo", "America/Los_Angeles")
PYTEST = (
    sys.executable,
    "-m",
    "pytest",
    "-q",
    "-n",
    "3",
    "--dist",
    "worksteal",
    "-p",
    "no:cacheprovider",
    "-m",
    "not long",
)


def main(arguments: list[str]) -> int:
    if shutil.which("faketime") is None:
        sys.exit("faketime is missing: apt-get install faketime")
    everywhere = "--all-zones" in arguments
    for_pytest = arguments[arguments.index("--") + 1 :] if "--" in arguments else []
    ends = [
        run(day, zone, for_pytest)
        for number, day in enumerate(DAYS)
        for zone in (ZONES if everywhere else (ZONES[number % len(ZONES)],))
    ]
    write("\n".join(ends))
    return int(any(end[:2] != "0 " for end in ends))


def run(day: str, zone: str, for_pytest: list[str]) -> str:
    """A line of the table; it begins with pytest's exit code."""
    write(f"\n== {day} {zone}: {DAYS[day]}")
    # Without monotonic time: what waits for a number of seconds must not wait for another day.
    environment = os.environ | {"TZ": zone, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    began = time.monotonic()
    command = ("faketime", f"{day}:00", *PYTEST, *for_pytest)
    ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    write(ended.stdout)
    outcome = ended.stdout.strip().splitlines()[-1] if ended.stdout.strip() else "said nothing"
    seconds = time.monotonic() - began
    return f"{ended.returncode:<2}{day}  {zone:<20}{DAYS[day]:<34}{seconds:6.0f} s  {outcome}"


def write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
