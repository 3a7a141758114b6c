"""What Slack refuses in an app manifest. Sections the stand-in does not use pass unchecked."""

from collections.abc import Mapping

from slack_standin.blockkit.rules import Rule, array, boolean, one_of, record, string, url

_NAME = string(35)
_COMMAND = record(
    {"command": string(32, pattern=r"/\S+"), "description": string(2000)},
    {"usage_hint": string(1000, shortest=0), "should_escape": boolean, "url": url()},
)
_SHORTCUT = record(
    {
        "name": string(24),
        "type": one_of("message", "global"),
        "callback_id": string(255),
        "description": string(150),
    }
)
_HOME = record(
    {},
    {
        "home_tab_enabled": boolean,
        "messages_tab_enabled": boolean,
        "messages_tab_read_only_enabled": boolean,
    },
)
_SECTIONS: Mapping[tuple[str, ...], Rule] = {
    ("display_information",): record(
        {"name": _NAME},
        {
            "description": string(140),
            "long_description": string(4000, shortest=174),
            "background_color": string(7, pattern=r"#([0-9a-fA-F]{3}){1,2}"),
        },
    ),
    ("features", "app_home"): _HOME,
    ("features", "bot_user"): record({"display_name": string(80)}, {"always_online": boolean}),
    ("features", "slash_commands"): array(_COMMAND, most=50),
    ("features", "shortcuts"): array(_SHORTCUT, most=10),
    ("features", "unfurl_domains"): array(string(255), most=5),
    ("oauth_config", "scopes", "bot"): array(string(255), most=255),
    ("settings", "event_subscriptions", "bot_events"): array(string(255), most=100),
    ("settings", "interactivity"): record(
        {"is_enabled": boolean}, {"request_url": url(), "message_menu_options_url": url()}
    ),
    ("settings", "socket_mode_enabled"): boolean,
}


class ManifestRefused(ValueError):
    """The manifest is not one Slack would take; `problems` are lines with a JSON pointer."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("invalid_manifest: " + "; ".join(problems))
        self.problems = problems


def check_manifest(raw: Mapping[str, object]) -> None:
    """Raise ManifestRefused with everything that is wrong; return silently if nothing is."""
    problems = [] if "display_information" in raw else ["missing required field [json-pointer:/]"]
    for path, rule in _SECTIONS.items():
        section = _section(raw, path)
        if section is not None:
            at = "/" + "/".join(path)
            problems += [f"{p.message} [json-pointer:{p.pointer}]" for p in rule(section, at)]
    if problems:
        raise ManifestRefused(tuple(problems))


def _section(raw: object, path: tuple[str, ...]) -> object:
    for name in path:
        raw = raw.get(name) if isinstance(raw, Mapping) else None
    return raw
