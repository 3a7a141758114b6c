"""What a member does in the client with people and channels. Used by the UI, tests and control.

Everything raises PersonError with a sentence when it cannot be done.
"""

from slack_standin.acts import channels, interactions, modals, posting
from slack_standin.acts.manifest import read_manifest
from slack_standin.acts.services import Services
from slack_standin.state.entities import Channel, Message, User
from slack_standin.state.refusal import Json, PersonError, Refusal
from slack_standin.state.text import rich_text_of, typed_text

_NAME_PROBLEMS = {
    "invalid_name_required": "Give the channel a name.",
    "invalid_name_maxlength": "A channel name has at most 80 characters.",
    "invalid_name_specials": "Use lower-case letters, digits, - and _ only.",
    "invalid_name_punctuation": "A channel name needs a letter or a digit.",
    "name_taken": "That name is already taken.",
}


def member_of(services: Services, member_id: str) -> User:
    user = services.workspace.users.get(member_id)
    if user is None or user.is_bot:
        raise PersonError("There is no such member.")
    if user.deleted:
        raise PersonError("This member is deactivated.")
    return user


def channel_for(
    services: Services, member: User, channel_id: str, *, joined: bool = True
) -> Channel:
    channel = services.workspace.channels.get(channel_id)
    if channel is None or (channel.is_private and member.id not in channel.members):
        raise PersonError("There is no such channel.")
    if joined and member.id not in channel.members:
        raise PersonError(f"Join #{channel.name} first.")
    return channel


async def send(
    services: Services,
    member: User,
    channel: Channel,
    text: str,
    *,
    thread_ts: str | None = None,
    also_channel: bool = False,
) -> Message | None:
    """Post what was typed, or run it if it is a slash command (then None is returned)."""
    if channel.is_archived:
        raise PersonError(f"#{channel.name} is archived.")
    if not text.strip():
        raise PersonError("Type something first.")
    _check_app_listens(services, channel)
    if text.startswith("/"):
        if thread_ts:
            raise PersonError("Slash commands do not work in threads.")
        command, _, rest = text.partition(" ")
        await interactions.run_command(services, member, channel, command, rest.strip())
        return None
    draft = posting.Draft(text=typed_text(text), thread_ts=thread_ts, broadcast=also_channel)
    return posting.post_as_user(services.workspace, channel, member.id, draft)


def _check_app_listens(services: Services, channel: Channel) -> None:
    for user_id in channel.members if channel.type == "im" else ():
        app = services.workspace.app_of(user_id)
        if app is None:
            continue
        manifest = read_manifest(app.manifest)
        if not manifest.messages_tab or manifest.messages_read_only:
            raise PersonError("Sending messages to this app has been turned off.")


def own_message(services: Services, member: User, channel: str, ts: str) -> Message:
    message = services.workspace.message(channel, ts)
    if message is None or message.author != member.id:
        raise PersonError("You can change only your own messages.")
    return message


def edit(services: Services, member: User, channel: str, ts: str, text: str) -> None:
    message = own_message(services, member, channel, ts)
    stored = typed_text(text)
    changes = {"text": stored, "blocks": rich_text_of(stored)}
    posting.edit(services.workspace, message, changes, editor=member.id)


def delete(services: Services, member: User, channel: str, ts: str) -> None:
    posting.delete(services.workspace, own_message(services, member, channel, ts))


def react(services: Services, member: User, channel: str, ts: str, name: str, *, add: bool) -> None:
    message = services.workspace.message(channel, ts)
    if message is None or message.viewer is not None:
        raise PersonError("This message is no longer there.")
    posting.react(services.workspace, message, member.id, name.strip(":"), add=add)


def join(services: Services, member: User, channel: Channel) -> None:
    if channel.is_archived:
        raise PersonError(f"#{channel.name} is archived.")
    if member.id not in channel.members:
        channels.add_member(services.workspace, channel, member.id)


def leave(services: Services, member: User, channel: Channel) -> None:
    if channel.is_general:
        raise PersonError("Nobody can leave #general.")
    if member.id in channel.members:
        channels.remove_member(services.workspace, channel, member.id)


def create_channel(services: Services, member: User, name: str, *, private: bool) -> Channel:
    try:
        channels.check_name(services.workspace, name)
    except Refusal as refusal:
        raise PersonError(_NAME_PROBLEMS[refusal.error]) from refusal
    return channels.create(services.workspace, name, member.id, private=private)


def invite(services: Services, member: User, channel: Channel, users: list[str]) -> None:
    for user_id in users:
        user = services.workspace.users.get(user_id)
        if user is None or user.deleted:
            raise PersonError("There is no such member.")
        if user_id not in channel.members:
            channels.add_member(services.workspace, channel, user_id, inviter=member.id)


def open_dm(services: Services, member: User, other: str) -> Channel:
    if other not in services.workspace.users:
        raise PersonError("There is no such member.")
    return channels.direct(services.workspace, [member.id, other])[0]


def open_home(services: Services, member: User, app_id: str, tab: str) -> Json | None:
    """Open the app's page; the app hears `app_home_opened`. Returns the home view, if any."""
    ws = services.workspace
    app = ws.apps.get(app_id)
    if app is None:
        raise PersonError("There is no such app.")
    channel = channels.app_dm(ws, app, member.id)
    view = modals.home_of(ws, app.id, member.id)
    event: Json = {
        "type": "app_home_opened",
        "user": member.id,
        "channel": channel.id,
        "tab": tab,
    }
    if view is not None and tab == "home":
        event["view"] = modals.shown(view)
    ws.emit(event, app_id=app.id)
    return modals.shown(view) if view is not None else None
