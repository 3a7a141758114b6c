"""Settings from the environment, read once. The table feeds the program, its help and the docs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from bot.core.people.permissions import AS_IT_COMES, Access, PermissionLevel
from bot.language.errors import Invalid
from bot.language.redaction import Secret

NO_SECRET = Secret("")
_LEVELS = ("debug", "error", "info", "warning")
_PORT = re.compile(r"[0-9]{1,5}")


class Setting(NamedTuple):
    name: str
    help: str
    default: str = ""


SETTINGS = (
    Setting("SLACK_BOT_TOKEN", "bot token of the Slack app, xoxb-…"),
    Setting("SLACK_APP_TOKEN", "app-level token for Socket Mode, xapp-…"),
    Setting(
        "SLACK_SIGNING_SECRET",
        "for HTTP mode: the app's signing secret; used when SLACK_APP_TOKEN is not set",
    ),
    Setting("SLACK_API_URL", "base address of the Slack Web API", default="https://slack.com/api/"),
    Setting(
        "FIRSTLANE_CATALOGUE",
        "the file that describes your connections",
        default="connections.yaml",
    ),
    Setting(
        "FIRSTLANE_RUNBOOKS",
        "a folder with your own runbooks and playbooks, read beside the shipped ones",
    ),
    Setting("FIRSTLANE_STATE", "the folder that keeps the database", default=".firstlane"),
    Setting(
        "FIRSTLANE_CACHE",
        "the folder for what is worked out once, such as the playbooks taken apart; `off` for"
        " none, unset for the folder cache in FIRSTLANE_STATE",
    ),
    Setting(
        "FIRSTLANE_HTTP",
        "where health, metrics and heartbeats are served",
        default="127.0.0.1:8080",
    ),
    Setting(
        "FIRSTLANE_PUBLIC_URL",
        "how others reach FIRSTLANE_HTTP, for the addresses that are shown;"
        " for example https://firstlane.example.com",
    ),
    Setting(
        "FIRSTLANE_SMTP_URL",
        "mail server for evidence to outside parties,"
        " smtp+starttls://user:password@host:587?from=firstlane@example.com",
    ),
    Setting(
        "FIRSTLANE_FALLBACK_URLS",
        "how people are pinged while Slack cannot be reached: Apprise addresses, separated by"
        " spaces; {email} and {person} are filled in",
    ),
    Setting(
        "FIRSTLANE_HEARTBEAT_URL",
        "called every minute while the bot does its work, so that an outside watcher notices"
        " when it does not",
    ),
    Setting(
        "FIRSTLANE_COMMANDS",
        "programs that nagios checks may start: absolute paths, separated by commas",
    ),
    Setting(
        "FIRSTLANE_TIMELINE_EMOJI",
        "the reaction that puts a message on an incident's timeline",
        default="pushpin",
    ),
    Setting(
        "FIRSTLANE_ARCHIVE_DAYS",
        "days after its end until an incident's quiet channel is archived; 0 for never",
        default="7",
    ),
    Setting(
        "FIRSTLANE_PRIVATE_CHANNELS",
        "which incidents get a private channel: `all`, or compliance classes such as `hr,finance`",
    ),
    Setting(
        "FIRSTLANE_OTHERS",
        "what colleagues may do where nobody named them: `look` (and ask and add notes),"
        " `help` (also declare, and take an incident to help) or `take` (as if they were named)",
        default="help",
    ),
    Setting(
        "FIRSTLANE_GUESTS",
        "the same for guests and people of other companies whom the catalogue does not list",
        default="look",
    ),
    Setting("FIRSTLANE_LOG", "debug, info, warning or error", default="info"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What `firstlane run` needs. Tokens show as `***`; `reveal()` gives them to Slack's client."""

    bot_token: Secret
    app_token: Secret
    signing_secret: Secret
    api_url: str
    catalogue: Path
    runbooks: Path | None
    state: Path
    http_host: str
    http_port: int
    log: str
    commands: frozenset[str] = frozenset()
    smtp_url: Secret = NO_SECRET
    timeline_emoji: str = "pushpin"
    archive_days: int = 7  # 0: never
    private_channels: frozenset[str] = frozenset()  # compliance classes, or `all`
    fallback_urls: Secret = NO_SECRET
    heartbeat_url: Secret = NO_SECRET
    access: Access = AS_IT_COMES
    public_url: str = ""  # without a slash at its end

    def address(self, path: str, *, port: int | None = None) -> str:
        """What others call to reach `path` of our HTTP side; `port` is the one really bound."""
        host = self.public_url or f"http://{self.http_host}:{port or self.http_port}"
        return f"{host}/{path}"

    def secrets(self) -> tuple[Secret, ...]:
        """What no text from outside may repeat."""
        # Each alone: an error repeats the one address that it is about.
        ways = re.split(r"[\s,]+", self.fallback_urls.reveal())
        whole = (self.bot_token, self.app_token, self.signing_secret, self.smtp_url)
        return (*whole, self.heartbeat_url, *map(Secret, ways))

    @property
    def quiet(self) -> timedelta:
        """How long a channel is quiet before it is archived; zero for never."""
        return timedelta(days=self.archive_days)

    @property
    def database(self) -> Path:
        return self.state / "firstlane.sqlite3"


def cache_folder(environ: Mapping[str, str], state: Path | None = None) -> Path | None:
    """Where what is worked out once is kept; None for nowhere. Beside the database only when the
    bot has made that folder: looking something up leaves nothing behind."""
    given = environ.get("FIRSTLANE_CACHE", "").strip()
    if given.lower() == "off":
        return None
    if given:
        return Path(given)
    kept = state or Path(environ.get("FIRSTLANE_STATE", "").strip() or ".firstlane")
    return kept / "cache" if kept.is_dir() else None


def read(environ: Mapping[str, str]) -> Settings:
    """Raises Invalid, naming the variable, for a value that cannot be used. Blank means unset."""
    given = {item.name: environ.get(item.name, "").strip() or item.default for item in SETTINGS}
    host, port = _address(given["FIRSTLANE_HTTP"])
    api_url = _web_address("SLACK_API_URL", given["SLACK_API_URL"])
    public = given["FIRSTLANE_PUBLIC_URL"].rstrip("/")
    runbooks = given["FIRSTLANE_RUNBOOKS"]
    return Settings(
        bot_token=_token(given, "SLACK_BOT_TOKEN", "xoxb-"),
        app_token=_token(given, "SLACK_APP_TOKEN", "xapp-"),
        signing_secret=Secret(given["SLACK_SIGNING_SECRET"]),
        api_url=api_url if api_url.endswith("/") else f"{api_url}/",
        catalogue=Path(given["FIRSTLANE_CATALOGUE"]),
        runbooks=Path(runbooks) if runbooks else None,
        state=Path(given["FIRSTLANE_STATE"]),
        http_host=host,
        http_port=port,
        log=log_level(given["FIRSTLANE_LOG"]),
        commands=allowed_commands(environ),
        smtp_url=Secret(given["FIRSTLANE_SMTP_URL"]),
        timeline_emoji=given["FIRSTLANE_TIMELINE_EMOJI"].strip(":"),
        archive_days=_days(given, "FIRSTLANE_ARCHIVE_DAYS"),
        private_channels=_classes(given["FIRSTLANE_PRIVATE_CHANNELS"]),
        access=Access(
            others=_level(given, "FIRSTLANE_OTHERS"), guests=_level(given, "FIRSTLANE_GUESTS")
        ),
        fallback_urls=Secret(given["FIRSTLANE_FALLBACK_URLS"]),
        heartbeat_url=Secret(_beat_address(given["FIRSTLANE_HEARTBEAT_URL"])),
        public_url=_web_address("FIRSTLANE_PUBLIC_URL", public) if public else "",
    )


def log_level(text: str) -> str:
    """Raises Invalid for a level that does not exist."""
    if text.lower() not in _LEVELS:
        raise Invalid(f"FIRSTLANE_LOG should be one of {', '.join(_LEVELS)}, not {text!r}")
    return text.lower()


def _token(given: Mapping[str, str], name: str, prefix: str) -> Secret:
    value = given[name]
    if value and not value.startswith(prefix):
        raise Invalid(f"{name} does not look right: it should begin with {prefix}")
    return Secret(value)


def allowed_commands(environ: Mapping[str, str]) -> frozenset[str]:
    """The programs that checks may start. Raises Invalid for a path that is not absolute."""
    text = environ.get("FIRSTLANE_COMMANDS", "")
    paths = [path.strip() for path in text.split(",") if path.strip()]
    for path in paths:
        if not Path(path).is_absolute():
            raise Invalid(f"FIRSTLANE_COMMANDS takes absolute paths, and {path!r} is not one")
    return frozenset(paths)


def _level(given: Mapping[str, str], name: str) -> PermissionLevel:
    word = given[name].lower()
    if word not in set(PermissionLevel):
        raise Invalid(f"{name} should be look, help or take, not {given[name]!r}")
    return PermissionLevel(word)


def _days(given: Mapping[str, str], name: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", given[name]):
        raise Invalid(f"{name} should be a number of days, not {given[name]!r}")
    return int(given[name])


def _classes(text: str) -> frozenset[str]:
    """Compliance classes, or `all`, separated by commas; `true` and `false` mean all and none."""
    words = frozenset(word.strip().lower() for word in text.split(",") if word.strip())
    if words <= {"false", "no", "none"}:
        return frozenset()
    if words & {"true", "yes", "all"}:
        return frozenset({"all"})
    # Most commands name no classes, and need no estate.
    from bot.core.estate.catalogue import COMPLIANCE

    if unknown := sorted(words - set(COMPLIANCE)):
        raise Invalid(
            f"FIRSTLANE_PRIVATE_CHANNELS names {unknown[0]!r}: write all, or of the compliance"
            f" classes {', '.join(COMPLIANCE)}"
        )
    return words


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not _PORT.fullmatch(port) or int(port) > 65535:
        raise Invalid(f"FIRSTLANE_HTTP should be host:port, for example 0.0.0.0:8080, not {text!r}")
    return host, int(port)


def _web_address(name: str, text: str) -> str:
    if "@" in text.partition("://")[2].partition("/")[0] or ("://" not in text and "@" in text):
        # It may be a password, so it is not shown.
        raise Invalid(
            f"{name} should hold no user name and no password: take away all before the @"
        )
    if not text.startswith(("https://", "http://")):
        raise Invalid(f"{name} should begin with https:// or http://, not {text!r}")
    return text


def _beat_address(text: str) -> str:
    # The address is a secret of its own, so it is not shown.
    if text and not text.startswith(("https://", "http://")):
        raise Invalid("FIRSTLANE_HEARTBEAT_URL should begin with https:// or http://")
    return text


def require_slack(settings: Settings) -> None:
    """Raises Invalid, naming what is missing, when the bot could not talk to Slack."""
    if not settings.bot_token:
        raise Invalid("SLACK_BOT_TOKEN is not set: copy the bot token (xoxb-…) of your Slack app.")
    if not settings.app_token and not settings.signing_secret:
        raise Invalid(
            "SLACK_APP_TOKEN is not set: copy the app-level token (xapp-…) for Socket Mode,"
            " or set SLACK_SIGNING_SECRET for HTTP mode."
        )
