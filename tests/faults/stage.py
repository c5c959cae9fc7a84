"""The desk that is tried: a dozen areas, each with a channel of its own, and people enough to quarrel over cases."""

from pathlib import Path

from demo.server import Playground
from triage.policy import Policy, read

# Each with a word that routes to it: twelve channels are twelve lanes, and a lane takes one post a second.
AREAS = {
    "billing": "invoice",
    "network": "signal",
    "delivery": "parcel",
    "roaming": "roaming",
    "contracts": "contract",
    "shops": "counter",
    "app": "login",
    "television": "decoder",
    "landline": "landline",
    "insurance": "insurance",
    "devices": "handset",
    "porting": "porting",
}
MAIN = "C0MAIN"
LEAD, SECOND_LEAD = "U0LEAD", "U0LEAD2"
LEADS = (LEAD, SECOND_LEAD)
# Whatever they write, a lead reads first.
TRAINEE = "U0STAFF0"
EXPERTS = ("U0EXPERT1", "U0EXPERT2", "U0EXPERT3")
NAMES = ("Ada", "Bruno", "Carla", "Dario", "Elena", "Fabio", "Greta", "Hugo", "Irene", "Jan", "Katia", "Luca")
BRANDS = ("acme_help", "acme")


def channel_of(area: str) -> str:
    return f"C0{area.upper()}"


CHANNELS = (MAIN, *(channel_of(area) for area in AREAS))


def staff(number: int) -> list[str]:
    """Slack ids of so many agents."""
    return [f"U0STAFF{n}" for n in range(number)]


def furnish(playground: Playground, agents: list[str]) -> None:
    """People and channels in Slack, the brand's accounts on X."""
    slack = playground.slack
    names = (
        dict(zip(agents, NAMES, strict=False))
        | {LEAD: "Laura", SECOND_LEAD: "Livia"}
        | dict(zip(EXPERTS, "XYZ", strict=True))
    )
    for person, name in names.items():
        slack.add_user(person, name.lower(), f"{name} Rossi")
    for channel in CHANNELS:
        slack.add_channel(channel, channel[2:].lower(), [*names, "U0BOT"])
    for handle in BRANDS:
        playground.x.add_profile(
            handle, handle.title(), access_token=f"demo-{handle}", access_secret=f"demo-{handle}-secret"
        )
    # One text to many: here it is the desk that must see to it that nothing goes out twice.
    playground.x.refuse_duplicates = False
    playground.x.limits.clear()


def desk_toml() -> str:
    """The desk's choices: always open, a moment to undo, pressing replies read by two, reading costs nothing to speak of."""
    areas = "".join(
        f'\n[[area]]\nname = "{area}"\nchannel = "{channel_of(area)}"\nexperts = {list(EXPERTS)}\n'
        f'[area.keywords]\nen = ["{word}"]\n'
        for area, word in AREAS.items()
    ).replace("'", '"')
    return f"""
[desk]
name = "Acme"
timezone = "Europe/Rome"
languages = ["en"]
channel = "{MAIN}"
leads = ["{LEAD}", "{SECOND_LEAD}"]
signature = "^{{initials}}"
undo_seconds = 5
start_from_hours = 1

[x]
monthly_budget_usd = 1000000

[[account]]
network = "x"
handle = "acme_help"
purpose = "support"

[[account]]
network = "x"
handle = "acme"
purpose = "marketing"
move_to = "acme_help"
{areas}
[approval]
roles = ["trainee"]
priorities = ["urgent"]
minutes = 45

[[person]]
slack = "{TRAINEE}"
role = "trainee"

[[rota]]
people = ["U0STAFF1", "U0STAFF2"]
turn = "daily"

[sla]
urgent = 15
high = 30
normal = 60
low = 240
expert = 60
"""


def policy() -> Policy:
    return read(desk_toml())


def write_desk_toml(folder: Path) -> None:
    (folder / "desk.toml").write_text(desk_toml(), encoding="utf-8")
