"""Which app hears which event, and the envelope it comes in. Pure."""

from slack_standin.acts.manifest import read_manifest
from slack_standin.state.entities import App, Channel
from slack_standin.state.ids import random_id
from slack_standin.state.refusal import Json
from slack_standin.state.workspace import Happening, Workspace

_MESSAGE_KINDS = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}

# Heard about public channels without being a member.
_PUBLIC = frozenset({"channel_archive", "channel_created", "channel_rename", "channel_unarchive"})


def subscription_name(event: Json, channel: Channel | None) -> str:
    """The name under which an app subscribes to the event, such as `message.im`."""
    kind = str(event["type"])
    if kind == "message" and channel is not None:
        return f"message.{_MESSAGE_KINDS[channel.type]}"
    return kind


def hears(app: App, happening: Happening) -> bool:
    if app.revoked or (happening.app_id is not None and happening.app_id != app.id):
        return False
    manifest = read_manifest(app.manifest)
    channel = happening.channel
    if not manifest.hears(subscription_name(happening.event, channel)):
        return False
    if channel is None:
        return True
    if channel.type == "im" and not manifest.messages_tab:
        return False
    if happening.event["type"] in _PUBLIC and not channel.is_private:
        return True
    return app.bot_user in channel.members


def event_envelope(ws: Workspace, app: App, event: Json) -> Json:
    """The `event_callback` object; `event_id` stays the same over all deliveries of it."""
    return {
        "token": "verification",
        "team_id": ws.team.id,
        "context_team_id": ws.team.id,
        "context_enterprise_id": None,
        "api_app_id": app.id,
        "event": event,
        "type": "event_callback",
        "event_id": random_id("Ev"),
        "event_time": ws.now(),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": ws.team.id,
                "user_id": app.bot_user,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": "4-" + random_id(""),
    }
