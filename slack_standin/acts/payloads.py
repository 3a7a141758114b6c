"""The payloads of slash commands and interactions, field by field as Slack sends them."""

from slack_standin.acts import modals
from slack_standin.acts.services import Services
from slack_standin.state.entities import App, Channel, Message, User, View
from slack_standin.state.refusal import Json
from slack_standin.state.shapes import message_shape


def command_payload(
    services: Services, app: App, user: User, channel: Channel, *, command: str, text: str
) -> Json:
    ws = services.workspace
    names = {"im": "directmessage", "mpim": channel.name, "group": "privategroup"}
    path = services.tickets.response_url(app.id, user.id, channel.id)
    return {
        "token": "verification",
        "team_id": ws.team.id,
        "team_domain": ws.team.domain,
        "channel_id": channel.id,
        "channel_name": names.get(channel.type, channel.name),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": text,
        "api_app_id": app.id,
        "is_enterprise_install": "false",
        "response_url": services.origin + path,
        "trigger_id": services.tickets.trigger(app.id, user.id),
    }


def _common(services: Services, app: App, user: User, kind: str) -> Json:
    team = services.workspace.team
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": team.id},
        "api_app_id": app.id,
        "token": "verification",
        "team": {"id": team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _channel_name(channel: Channel) -> str:
    return {"im": "directmessage", "group": "privategroup"}.get(channel.type, channel.name)


def in_message(
    services: Services,
    app: App,
    user: User,
    message: Message,
    *,
    kind: str,
    values: Json,
    attachment: int | None = None,
) -> Json:
    """What `block_actions` and `block_suggestion` share when they come from a message."""
    ws = services.workspace
    channel = ws.channels[message.channel]
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.viewer is not None,
    }
    if attachment is not None:
        container.update({"type": "message_attachment", "attachment_id": attachment})
    if "thread_ts" in message.body:
        container["thread_ts"] = message.body["thread_ts"]
    return {
        **_common(services, app, user, kind),
        "container": container,
        "channel": {"id": channel.id, "name": _channel_name(channel)},
        "message": message_shape(ws, message),
        "state": {"values": values},
    }


def in_view(services: Services, app: App, user: User, view: View, *, kind: str) -> Json:
    return {
        **_common(services, app, user, kind),
        "container": {"type": "view", "view_id": view.id},
        "view": modals.shown(view),
    }


def view_payload(services: Services, app: App, user: User, view: View, *, kind: str) -> Json:
    """`view_submission` or `view_closed`, without their own extra fields."""
    return {**_common(services, app, user, kind), "view": modals.shown(view)}


def shortcut_payload(
    services: Services, app: App, user: User, callback_id: str, message: Message | None
) -> Json:
    """A global shortcut, or with a message a message shortcut."""
    ws = services.workspace
    kind = "shortcut" if message is None else "message_action"
    payload: Json = {
        **_common(services, app, user, kind),
        "callback_id": callback_id,
        "action_ts": ws.next_ts(),
        "trigger_id": services.tickets.trigger(app.id, user.id),
    }
    if message is not None:
        channel = ws.channels[message.channel]
        place = (channel.id, message.ts)
        thread_ts = message.body.get("thread_ts")
        path = services.tickets.response_url(
            app.id, user.id, channel.id, message=place, thread_ts=thread_ts
        )
        payload.update(
            {
                "channel": {"id": channel.id, "name": _channel_name(channel)},
                "message": message_shape(ws, message),
                "message_ts": message.ts,
                "response_url": services.origin + path,
            }
        )
    return payload
