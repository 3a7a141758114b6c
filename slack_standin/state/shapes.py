"""How entities look in Slack's API. Pure: an entity and the workspace in, a JSON object out."""

import hashlib
import mimetypes
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from slack_standin.state.entities import App, Channel, Message, StoredFile, User, View
from slack_standin.state.refusal import Json
from slack_standin.state.workspace import Workspace


def user_shape(ws: Workspace, user: User, *, email: bool = True) -> Json:
    zone = _zone(user.tz)
    now = datetime.fromtimestamp(ws.now(), zone)
    offset = now.utcoffset()
    return {
        "id": user.id,
        "team_id": user.team_id or ws.team.id,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "color": color_of(user.id),
        "tz": user.tz,
        "tz_label": now.tzname() or user.tz,
        "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
        "profile": profile_shape(ws, user, email=email),
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": user.updated,
    }


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def profile_shape(ws: Workspace, user: User, *, email: bool = True) -> Json:
    profile: Json = {
        "title": user.title,
        "phone": "",
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.display_name,
        "display_name_normalized": user.display_name,
        "status_text": "",
        "status_emoji": "",
        "image_color": color_of(user.id),
        "team": ws.team.id,
        **user.profile,
    }
    if email and not user.is_bot:
        profile["email"] = user.email
    if user.is_bot:
        profile.update({"api_app_id": user.app_id, "bot_id": user.bot_id})
    return profile


def color_of(identity: str) -> str:
    """A steady colour for an avatar, six hex digits."""
    hue = hashlib.sha256(identity.encode()).digest()
    return "".join(f"{60 + byte % 120:02x}" for byte in hue[:3])


def channel_shape(ws: Workspace, channel: Channel, *, viewer: str) -> Json:
    """A conversation object as the member or bot `viewer` gets it."""
    shape: Json = {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.type == "channel",
        "is_group": channel.type == "group",
        "is_im": channel.type == "im",
        "is_mpim": channel.type == "mpim",
        "is_private": channel.is_private,
        "created": channel.created,
        "creator": channel.creator,
        "is_archived": channel.is_archived,
        "is_general": channel.is_general,
        "is_member": viewer in channel.members,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "context_team_id": ws.team.id,
        "topic": channel.topic,
        "purpose": channel.purpose,
        "previous_names": channel.previous_names,
        "last_read": channel.last_read.get(viewer, "0000000000.000000"),
    }
    if channel.type == "im":
        others = [m for m in channel.members if m != viewer]
        shape["user"] = others[0] if others else viewer
        del shape["name"], shape["name_normalized"]
    return shape


def message_shape(
    ws: Workspace, message: Message, *, metadata: bool = False, viewer: str = ""
) -> Json:
    """A message; thread counters are computed from its replies."""
    shape: Json = {"type": "message", **message.body, "ts": message.ts, "team": ws.team.id}
    if message.viewer is not None:
        shape["is_ephemeral"] = True
    replies = replies_to(ws, message)
    if replies:
        users = list(dict.fromkeys(reply.author for reply in replies))
        shape.update(
            {
                "thread_ts": message.ts,
                "reply_count": len(replies),
                "reply_users": users[:5],
                "reply_users_count": len(users),
                "latest_reply": replies[-1].ts,
                "is_locked": False,
                "subscribed": viewer in users,
            }
        )
    pins = [p for p in ws.channels[message.channel].pins if p["ts"] == message.ts]
    if pins:
        shape["pinned_to"] = [message.channel]
    if metadata and message.metadata:
        shape["metadata"] = message.metadata
    return shape


def replies_to(ws: Workspace, message: Message) -> list[Message]:
    return list(ws.threads.get((message.channel, message.ts), {}).values())


def view_shape(view: View) -> Json:
    return {**view.body, "state": {"values": view.values}}


def file_shape(ws: Workspace, file: StoredFile, *, origin: str) -> Json:
    kind = file.name.rpartition(".")[2].lower() or "txt"
    mimetype = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return {
        "id": file.id,
        "created": file.created,
        "timestamp": file.created,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": mimetype,
        "filetype": kind,
        "size": file.size,
        "user": file.user,
        "user_team": ws.team.id,
        "mode": "hosted",
        "is_external": False,
        "is_public": bool(file.shares.get("public")),
        "url_private": f"{origin}/files-pri/{file.id}/{file.name}",
        "url_private_download": f"{origin}/files-pri/{file.id}/{file.name}",
        "permalink": f"{origin}/files/{file.id}/{file.name}",
        "alt_txt": file.alt_text,
        "channels": list(file.shares.get("public", {})),
        "groups": list(file.shares.get("private", {})),
        "ims": [],
        "shares": file.shares,
    }


def bot_profile(ws: Workspace, app: App) -> Json:
    return {
        "id": app.bot_id,
        "app_id": app.id,
        "user_id": app.bot_user,
        "name": app.name,
        "icons": {},
        "deleted": app.revoked,
        "updated": 0,
        "team_id": ws.team.id,
    }
