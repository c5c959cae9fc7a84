"""desk.toml: what it may say, what it means, and that every fault is told at once."""

import string
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from triage.policy import BadPolicy, Policy, Purpose, read
from triage.scoring.priority import Priority
from triage.time.hours import Shift
from triage.time.working_time import WorkingTime

LEAST = """
[desk]
name = "Acme"
timezone = "Europe/Rome"
channel = "C0MENTIONS"

[[account]]
network = "x"
handle = "acme"
"""
AREAS = """
[[area]]
name = "billing"
channel = "C0BILLING"
lead = "U0KASIA"
experts = ["S0BILLING", "U0MARCO"]
[area.keywords]
en = ["invoice"]

[[area]]
name = "delivery"
"""


def in_desk(line: str) -> str:
    return LEAST.replace("[desk]", f"[desk]\n{line}")


def on_days(*lines: str) -> str:
    return LEAST.replace("\n[[account]]", "\n".join(["\n[desk.days]", *lines, "", "[[account]]"]))


def what_is_wrong_with(text: str) -> list[str] | None:
    try:
        read(text)
    except BadPolicy as bad:
        return bad.faults
    return None


def faults(text: str) -> list[str]:
    with pytest.raises(BadPolicy) as bad:
        read(text)
    assert str(bad.value) == "\n".join(bad.value.faults)
    return bad.value.faults


def test_a_name_a_zone_a_channel_and_an_account_are_enough() -> None:
    policy = read(LEAST)
    assert policy.desk.languages == ["en"]
    assert policy.desk.undo_seconds == 10
    assert policy.desk.signature == "^{initials}"
    assert policy.account[0].purpose is Purpose.BOTH
    assert [policy.target_minutes(priority, answered=False) for priority in Priority] == [15, 30, 60, 240]


def test_who_writes_again_waits_as_long_as_next_reply_says_and_otherwise_as_at_first() -> None:
    policy = read(f"{LEAST}\n[sla]\nnormal = 90\n[sla.next_reply]\nurgent = 5\n")
    assert [policy.target_minutes(priority, answered=True) for priority in Priority] == [5, 30, 90, 240]
    assert [policy.target_minutes(priority, answered=False) for priority in Priority] == [15, 30, 90, 240]


@pytest.mark.parametrize("file", ["demo/desk.toml", "docs/desk.example.toml"])
def test_the_files_we_ship_are_good(file: str) -> None:
    read((Path(__file__).parents[2] / file).read_text(encoding="utf-8"))


@pytest.mark.parametrize("key", ["name", "timezone", "channel", "network", "handle"])
def test_each_obligatory_key_that_is_missing_is_named(key: str) -> None:
    text = "\n".join(line for line in LEAST.splitlines() if not line.startswith(f"{key} ="))
    (fault,) = faults(text)
    assert f" {key}: missing" in fault


@pytest.mark.parametrize(
    ("text", "where", "said"),
    [
        (in_desk('colour = "blue"'), "desk colour", "unknown key"),
        (in_desk("undo_seconds = 301"), "desk undo_seconds", "less than or equal to 300"),
        (in_desk("undo_seconds = -1"), "desk undo_seconds", "greater than or equal to 0"),
        (in_desk("start_from_hours = 169"), "desk start_from_hours", "168"),
        (in_desk("languages = []"), "desk languages", "at least 1"),
        (in_desk('languages = ["english"]'), "desk languages 1.", "[a-z]{2}"),
        (in_desk('leads = ["laura"]'), "desk leads 1.", "[UW]"),
        (in_desk('signature = "^{name"'), "desk signature", ""),
        (in_desk('signature = "^{surname}"'), "desk signature", "surname"),
        (in_desk('staff_language = "fr"'), "desk staff_language", "en"),
        (in_desk('holidays = ["ATLANTIS"]'), "desk", "ATLANTIS"),
        (LEAST.replace("Europe/Rome", "Rome"), "desk timezone", "is not a time zone"),
        (LEAST.replace("Europe/Rome", "../etc/passwd"), "desk timezone", "is not a time zone"),
        (LEAST.replace("C0MENTIONS", "#mentions"), "desk channel", "[CG]"),
        (LEAST.replace('"acme"', '"acme mobile"'), "account 1.", "no handle on X"),
        (LEAST.replace('"x"', '"mastodon"'), "account 1. network", "x"),
        (LEAST + 'move_to = "acme"', "desk.toml", "no other [[account]]"),
        (LEAST + 'purpose = "sales"', "account 1. purpose", "support"),
        (LEAST + '[[account]]\nnetwork = "x"\nhandle = "ACME"', "desk.toml", "stands twice"),
        (LEAST + AREAS.replace("delivery", "Billing"), "desk.toml", "stands twice"),
        (LEAST + '[[person]]\nslack = "U0ANNA"\nrole = "boss"', "person 1. role", "lead"),
        (LEAST + '[[person]]\nslack = "U0ANNA"\nrole = "Agents"', "person 1. role", "Did you mean “agent”?"),
        (LEAST + '[[person]]\nslack = "U0A"\n[[person]]\nslack = "U0A"', "desk.toml", "stands twice"),
        (LEAST + "[x]\nmonthly_budget_usd = -1", "x monthly_budget_usd", "greater than or equal to 0"),
        (LEAST + "[sla]\nurgent = 0", "sla urgent", "working minutes"),
        (LEAST + '[[watch]]\nnetwork = "x"\nquery = ""', "watch 1. query", "at least 1"),
        (on_days("2026-02-31 = []"), "desk days 2026-02-31:", "is not in the calendar"),
        (on_days('natale = ["09:00-13:00"]'), "desk days natale:", "write it like 2026-12-24"),
        (on_days('2026-12-24 = "09:00-13:00"'), "desk days 2026-12-24:", "as a list"),
        (on_days('2026-12-24 = ["13:00-09:00"]'), "desk days 2026-12-24:", "does not end after it starts"),
        (on_days('2026-12-24 = ["09:00-12:00", "11:00-13:00"]'), "desk days 2026-12-24:", "overlap"),
        (on_days("2026-12-24 = []", '"2026-12-24" = []'), "desk.toml", "is not TOML"),
        (in_desk('days = ["2026-12-24"]'), "desk days", "dictionary"),
        (LEAST + AREAS + 'timezone = "Rome"', "area 2. timezone", "is not a time zone"),
        (LEAST + AREAS + 'holidays = ["ATLANTIS"]', "area 2. holidays", "ATLANTIS"),
        (LEAST + AREAS + "[area.hours]\nmon = []", "area 2. hours", "no day has a shift"),
        (LEAST + AREAS + '[area.hours]\nlun = ["09:00-13:00"]', "area 2. hours lun", "unknown key"),
        (
            LEAST + AREAS + "[area.days]\n2027-02-29 = []",
            "area 2. days 2027-02-29:",
            "is not in the calendar",
        ),
        ("[desk", "desk.toml", "is not TOML"),
    ],
)
def test_a_fault_says_where_it_is_and_what_is_wrong(text: str, where: str, said: str) -> None:
    (fault,) = faults(text)
    assert where in fault
    assert said in fault
    assert "\n" not in fault
    assert len(fault) < 300


def test_all_faults_are_told_at_once() -> None:
    told = faults(
        in_desk("undo_seconds = 999\ncolour = 1").replace("Europe/Rome", "Rome") + '[x]\nspeed = "fast"'
    )
    assert len(told) == 4


def test_two_repeated_names_are_told_together() -> None:
    twice = LEAST + '[[account]]\nnetwork = "x"\nhandle = "acme"\n' + AREAS.replace("delivery", "billing")
    account, area = faults(twice)
    assert "“acme” stands twice" in account
    assert "“billing” stands twice" in area


@given(st.text(string.printable, max_size=200))
def test_whatever_somebody_writes_is_a_policy_or_a_list_of_faults(text: str) -> None:
    assert what_is_wrong_with(text) != []


SECTIONS = st.sampled_from([*Policy.model_fields, "colour"])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inside: st.one_of(
        st.lists(inside, max_size=2),
        st.dictionaries(
            st.sampled_from(["name", "handle", "keywords", "hours", "mon", "en"]), inside, max_size=3
        ),
    ),
    max_leaves=6,
)


@given(st.dictionaries(SECTIONS, VALUES, max_size=4))
def test_junk_in_any_section_is_refused_and_never_breaks_the_reading(raw: dict[str, Any]) -> None:
    good = read(LEAST).model_dump(exclude_unset=True)
    with suppress(ValidationError):
        Policy.model_validate(good | raw)


def test_a_handle_may_be_written_with_its_at_sign() -> None:
    assert read(LEAST.replace('"acme"', '"@acme"')).account[0].handle == "acme"


class TestWhoAndWhere:
    policy = read(in_desk('leads = ["U0LAURA"]') + AREAS)

    def test_an_area_without_a_channel_uses_the_desks(self) -> None:
        assert self.policy.channel_of("billing") == "C0BILLING"
        assert self.policy.channel_of("delivery") == "C0MENTIONS"
        assert self.policy.channel_of(None) == self.policy.channel_of("gone") == "C0MENTIONS"

    def test_the_desks_channel_stands_first_and_each_once(self) -> None:
        assert self.policy.channels == ["C0MENTIONS", "C0BILLING"]

    def test_an_area_without_a_lead_has_the_desks(self) -> None:
        assert self.policy.leads_of("billing") == ["U0KASIA"]
        assert self.policy.leads_of("delivery") == self.policy.leads_of(None) == ["U0LAURA"]

    def test_experts_are_asked_in_the_order_they_are_written(self) -> None:
        assert self.policy.experts_of("billing") == ["S0BILLING", "U0MARCO"]
        assert self.policy.experts_of(None) == []


class TestWhenAnAreaWorks:
    desk = LEAST.replace(
        "\n[[account]]",
        """holidays = ["IT"]
[desk.hours]
mon = ["09:00-17:00"]
[desk.days]
2026-12-24 = ["09:00-13:00"]

[[account]]""",
    )

    def working_time(self, area: str) -> WorkingTime:
        return read(f'{self.desk}\n[[area]]\nname = "network"\n{area}').working_time_of("network")

    def test_what_it_leaves_out_is_the_desks(self) -> None:
        whole = read(self.desk).working_time
        assert self.working_time("") == whole
        assert self.working_time('timezone = "Europe/Warsaw"') == replace(whole, timezone="Europe/Warsaw")
        assert self.working_time('holidays = ["PL"]') == replace(whole, holidays=("PL",))
        own = self.working_time('[area.hours]\ntue = ["08:00-12:00"]')
        assert own == replace(whole, week=((), (Shift(480, 720),), (), (), (), (), ()))
        assert self.working_time("[area.days]\n2026-12-31 = []").days == ((date(2026, 12, 31), ()),)

    def test_what_is_empty_is_not_left_out(self) -> None:
        assert self.working_time("holidays = []").holidays == ()
        assert self.working_time("[area.days]").days == ()

    def test_only_areas_that_differ_have_their_own(self) -> None:
        policy = read(self.desk + AREAS + 'timezone = "Europe/Rome"\nholidays = ["it"]')
        assert policy.own_working_times == {}
        assert policy.working_time_of("billing") is policy.working_time
        assert policy.working_time_of(None) is policy.working_time_of("gone") is policy.working_time

    def test_it_is_counted_out_once(self) -> None:
        policy = read(self.desk + AREAS + 'timezone = "Europe/Warsaw"')
        assert list(policy.own_working_times) == ["delivery"]
        assert policy.working_time_of("delivery") is policy.working_time_of("delivery")
        assert policy.working_time_of("billing") is policy.working_time


TWO = (
    LEAST + 'purpose = "marketing"\nmove_to = "Acme_Help"\n[[account]]\nnetwork = "x"\nhandle = "acme_help"\n'
)


def test_accounts_are_found_in_any_case_of_letters() -> None:
    policy = read(TWO)
    assert policy.account_named("x", "ACME_HELP") is policy.account[1]
    assert policy.account_named("x", "nobody") is None


def test_support_answers_what_addresses_no_account() -> None:
    assert read(TWO + 'purpose = "support"').answering_account("x").handle == "acme_help"
    assert read(TWO).answering_account("x").handle == "acme_help"  # for both, before marketing


def test_a_case_moves_to_the_sister_account_and_back() -> None:
    policy = read(TWO)
    assert policy.sister_of("x", "acme") == "Acme_Help"
    assert policy.sister_of("x", "acme_help") == "acme"
    assert read(LEAST).sister_of("x", "acme") is None
