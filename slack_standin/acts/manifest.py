"""Reads a Slack app manifest. What it does not list, the app does not get."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from slack_standin.state.refusal import Json

# Which scope an event needs (any of); message.* events are in the same table.
EVENT_SCOPES: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "app_uninstalled": (),
    "channel_archive": ("channels:read",),
    "channel_created": ("channels:read",),
    "channel_left": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "file_shared": ("files:read",),
    "group_archive": ("groups:read",),
    "group_left": ("groups:read",),
    "group_rename": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "subteam_members_changed": ("usergroups:read",),
    "team_join": ("users:read",),
    "tokens_revoked": (),
    "user_change": ("users:read",),
}

_WIDE_SCOPES = (
    "app_mentions:read bookmarks:read bookmarks:write channels:history channels:join "
    "channels:manage channels:read chat:write chat:write.customize chat:write.public commands "
    "dnd:read emoji:read files:read files:write groups:history groups:read groups:write "
    "im:history im:read im:write links:read mpim:history mpim:read mpim:write pins:read "
    "pins:write reactions:read reactions:write team:read usergroups:read users:read "
    "users:read.email users.profile:read"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The parts of a manifest the stand-in obeys. `any_command` lets every slash command pass."""

    name: str
    bot_name: str
    scopes: frozenset[str]
    bot_events: frozenset[str]
    commands: tuple[Json, ...]
    shortcuts: tuple[Json, ...]
    home_tab: bool
    messages_tab: bool
    messages_read_only: bool
    interactive: bool
    socket_mode: bool
    request_url: str
    interactivity_url: str
    any_command: bool

    def command(self, name: str) -> Json | None:
        for command in self.commands:
            if command["command"] == name:
                return command
        return {"command": name, "description": ""} if self.any_command else None

    def shortcut(self, callback_id: str, kind: str) -> Json | None:
        for shortcut in self.shortcuts:
            if shortcut["callback_id"] == callback_id and shortcut["type"] == kind:
                return shortcut
        if self.any_command:
            return {"name": callback_id, "type": kind, "callback_id": callback_id}
        return None

    def hears(self, event: str) -> bool:
        """Whether the app subscribed to the event and holds a scope for it."""
        scopes = EVENT_SCOPES.get(event, ())
        return event in self.bot_events and (not scopes or not self.scopes.isdisjoint(scopes))


def wide_manifest() -> Json:
    """A manifest that allows everything the stand-in can do; used when none is given."""
    return {
        "display_information": {"name": "App"},
        "features": {
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "bot_user": {"display_name": "app"},
        },
        "oauth_config": {"scopes": {"bot": _WIDE_SCOPES.split()}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENT_SCOPES)},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
        },
        "any_command": True,
    }


def read_manifest(raw: Mapping[str, object]) -> Manifest:
    """Parse a manifest mapping; sections that are missing count as switched off."""
    return _read(json.dumps(raw, sort_keys=True))


@lru_cache(maxsize=32)
def _read(text: str) -> Manifest:
    raw: Json = json.loads(text)
    features: Json = raw.get("features") or {}
    settings: Json = raw.get("settings") or {}
    home: Json = features.get("app_home") or {}
    events: Json = settings.get("event_subscriptions") or {}
    interactivity: Json = settings.get("interactivity") or {}
    scopes: Json = (raw.get("oauth_config") or {}).get("scopes") or {}
    name = str((raw.get("display_information") or {}).get("name", "App"))
    return Manifest(
        name=name,
        bot_name=str((features.get("bot_user") or {}).get("display_name", name)),
        scopes=frozenset(scopes.get("bot") or ()),
        bot_events=frozenset(events.get("bot_events") or ()),
        commands=tuple(features.get("slash_commands") or ()),
        shortcuts=tuple(features.get("shortcuts") or ()),
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab=bool(home.get("messages_tab_enabled", False)),
        messages_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
        interactive=bool(interactivity.get("is_enabled", False)),
        socket_mode=bool(settings.get("socket_mode_enabled", False)),
        request_url=str(events.get("request_url", "")),
        interactivity_url=str(interactivity.get("request_url", "")),
        any_command=bool(raw.get("any_command", False)),
    )
