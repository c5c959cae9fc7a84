"""Settings from the environment and .env, read once, with every fault in one message."""

from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

from bot.networks.x.traits import NAME as X
from db.address import DatabaseProblem, require_address
from triage.policy import BadPolicy, Policy, read

if TYPE_CHECKING:
    from bot.networks.x.client import Keys


class BadSettings(Exception):
    """Faults in the settings or in desk.toml, each a sentence that names the remedy."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class Settings(BaseModel):
    """The program's settings, from its environment."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    x_api_key: SecretStr | None = None
    x_api_secret: SecretStr | None = None
    x_api_url: str | None = None
    x_poll_seconds: float = Field(15, ge=0.2, le=3600)
    database_url: str = Field("sqlite+aiosqlite:///mentiondesk.db", repr=False)  # may hold a password
    desk_file: Path = Path("desk.toml")
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    clock_offset_file: Path | None = None
    # {HANDLE: (token, secret)} from X_<HANDLE>_ACCESS_TOKEN and …_SECRET
    account_tokens: dict[str, tuple[SecretStr, SecretStr]] = Field(default={}, exclude=True)

    @model_validator(mode="after")
    def _api_url_ends_with_slash(self) -> Self:
        if not self.slack_api_url.endswith("/"):
            object.__setattr__(self, "slack_api_url", self.slack_api_url + "/")
        return self

    @property
    def uses_socket_mode(self) -> bool:
        return self.slack_app_token is not None or self.slack_signing_secret is None

    @property
    def pretends(self) -> bool:
        """True if Slack and X are both on this machine; only then may the clock be moved."""
        return _is_loopback(self.slack_api_url) and _is_loopback(self.x_api_url)

    def keys_of(self, handle: str) -> "Keys | None":
        pair = self.account_tokens.get(handle.upper())
        if pair is None or self.x_api_key is None or self.x_api_secret is None:
            return None
        from bot.networks.x.client import (
            Keys,
        )  # with it comes tweepy, which a fault in the settings need not wait for

        return Keys(
            self.x_api_key.get_secret_value(),
            self.x_api_secret.get_secret_value(),
            pair[0].get_secret_value(),
            pair[1].get_secret_value(),
        )

    def faults(self, policy: Policy | None) -> list[str]:
        """Sentences about settings that are missing or contradict each other."""
        return [
            *self._slack_faults(),
            *self._x_faults(policy),
            *self._database_faults(),
            *self._clock_faults(),
        ]

    def _slack_faults(self) -> list[str]:
        faults = []
        token = self.slack_bot_token.get_secret_value() if self.slack_bot_token else ""
        if not token.startswith("xoxb-"):
            faults.append(
                "SLACK_BOT_TOKEN: missing or no bot token (xoxb-…). Slack app, “OAuth & Permissions”: copy it from there."
            )
        app_token = self.slack_app_token.get_secret_value() if self.slack_app_token else ""
        if app_token and not app_token.startswith("xapp-"):
            faults.append(
                "SLACK_APP_TOKEN: no app token (xapp-…). Slack app, “Basic Information”: generate one."
            )
        if not app_token and self.slack_signing_secret is None:
            faults.append(
                "SLACK_APP_TOKEN: missing. Set it for Socket Mode (Slack app, “Basic Information”, scope "
                "connections:write), or set SLACK_SIGNING_SECRET for HTTP."
            )
        return faults

    def _x_faults(self, policy: Policy | None) -> list[str]:
        faults = [
            f"{name}: missing. X developer console, your app, “Keys and tokens”: copy it from there."
            for name, value in (("X_API_KEY", self.x_api_key), ("X_API_SECRET", self.x_api_secret))
            if value is None
        ]
        for account in policy.accounts_on(X) if policy else []:
            if account.handle.upper() not in self.account_tokens:
                name = f"X_{account.handle.upper()}_ACCESS_TOKEN"
                faults.append(
                    f"{name} and …_SECRET: missing for @{account.handle}. X developer console, signed in as "
                    f"@{account.handle}: generate the pair with read and write access."
                )
        return faults

    def _database_faults(self) -> list[str]:
        try:
            require_address(self.database_url)
        except DatabaseProblem as problem:
            return [str(problem)]
        return []

    def _clock_faults(self) -> list[str]:
        if self.clock_offset_file is None or self.pretends:
            return []
        return [
            "CLOCK_OFFSET_FILE: only for tests, with SLACK_API_URL and X_API_URL on this machine. Remove it."
        ]


def _is_loopback(url: str | None) -> bool:
    host = urlsplit(url).hostname if url else None
    if host is None:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_settings(environment: dict[str, str]) -> Settings:
    """Settings from an environment; raises BadSettings."""
    settings, faults = _readable(environment)
    if faults:
        raise BadSettings(faults)
    return settings


def _readable(environment: dict[str, str]) -> tuple[Settings, list[str]]:
    """The settings, unreadable ones at their defaults, and a sentence about each of those."""
    given: dict[str, object] = {
        name.lower(): value
        for name, value in environment.items()
        if name.lower() in Settings.model_fields and name != "ACCOUNT_TOKENS" and value.strip()
    }
    given["account_tokens"] = _account_tokens(environment)
    try:
        return Settings.model_validate(given), []
    except ValidationError as error:
        found = {str(fault["loc"][0]): fault["msg"] for fault in error.errors()}
    readable = {name: value for name, value in given.items() if name not in found}
    return Settings.model_validate(readable), [f"{name.upper()}: {said}." for name, said in found.items()]


def _account_tokens(environment: dict[str, str]) -> dict[str, tuple[SecretStr, SecretStr]]:
    prefix, suffix = "X_", "_ACCESS_TOKEN"
    pairs = {}
    for name, token in environment.items():
        if name.startswith(prefix) and name.endswith(suffix) and token.strip():
            handle = name[len(prefix) : -len(suffix)]
            if secret := environment.get(f"{prefix}{handle}_ACCESS_SECRET", "").strip():
                pairs[handle.upper()] = (SecretStr(token.strip()), SecretStr(secret))
    return pairs


def environment_with_dotenv(environment: dict[str, str], dotenv: Path) -> dict[str, str]:
    """The environment, completed from `.env`."""
    written = {name: value for name, value in dotenv_values(dotenv).items() if value is not None}
    return {**written, **environment}


def read_policy(path: Path) -> Policy:
    """Read desk.toml; raises BadPolicy or BadSettings."""
    try:
        return read(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadSettings(
            [f"DESK_FILE: {path} is not there. Copy docs/desk.example.toml to it and mend it."]
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings([f"DESK_FILE: {path} can't be read: {error}."]) from error


def read_all(environment: dict[str, str]) -> tuple[Settings, Policy]:
    """Read settings and policy; raises BadSettings with every fault of both."""
    settings, faults = _readable(environment)
    policy = None
    try:
        policy = read_policy(settings.desk_file)
    except (BadSettings, BadPolicy) as error:
        faults += error.faults
    faults = [*settings.faults(policy), *faults]
    if faults or policy is None:
        raise BadSettings(faults)
    return settings, policy
