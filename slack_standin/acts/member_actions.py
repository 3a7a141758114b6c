"""What a browser (or a test over HTTP) can ask a member to do, by name.

Each deed takes the services, the member and the JSON body, and returns the fields of the answer.
"""

from collections.abc import Awaitable, Callable, Mapping

from slack_standin.acts import channels, interactions, members, posting
from slack_standin.acts.services import Services
from slack_standin.state.entities import User
from slack_standin.state.refusal import Json, PersonError

Deed = Callable[[Services, User, Json], Awaitable[Json]]


async def _send(services: Services, member: User, body: Json) -> Json:
    channel = members.channel_for(services, member, str(body["channel"]))
    message = await members.send(
        services,
        member,
        channel,
        str(body["text"]),
        thread_ts=body.get("thread_ts"),
        also_channel=bool(body.get("also_channel")),
    )
    return {"ts": message.ts} if message is not None else {}


async def _action(services: Services, member: User, body: Json) -> Json:
    await interactions.act(
        services, member, body["container"], body["action"], body.get("state") or {}
    )
    return {}


async def _submit(services: Services, member: User, body: Json) -> Json:
    return await interactions.submit(
        services, member, str(body["view_id"]), body.get("state") or {}
    )


async def _close(services: Services, member: User, body: Json) -> Json:
    clear = bool(body.get("clear"))
    interactions.close_view(services, member, str(body["view_id"]), clear=clear)
    return {}


async def _shortcut(services: Services, member: User, body: Json) -> Json:
    message = None
    if body.get("message_ts"):
        channel = members.channel_for(services, member, str(body["channel"]))
        message = services.workspace.message(channel.id, str(body["message_ts"]))
        if message is None:
            raise PersonError("This message is no longer there.")
    await interactions.use_shortcut(services, member, str(body["callback_id"]), message)
    return {}


async def _suggest(services: Services, member: User, body: Json) -> Json:
    return await interactions.suggest(
        services,
        member,
        body["container"],
        str(body["block_id"]),
        str(body["action_id"]),
        str(body.get("value", "")),
    )


async def _open_home(services: Services, member: User, body: Json) -> Json:
    tab = str(body.get("tab", "home"))
    return {"view": members.open_home(services, member, str(body["app"]), tab)}


async def _open_dm(services: Services, member: User, body: Json) -> Json:
    return {"channel": members.open_dm(services, member, str(body["with"])).id}


async def _react(services: Services, member: User, body: Json) -> Json:
    channel = members.channel_for(services, member, str(body["channel"]))
    name, add = str(body["name"]), bool(body.get("add", True))
    members.react(services, member, channel.id, str(body["ts"]), name, add=add)
    return {}


async def _read(services: Services, member: User, body: Json) -> Json:
    channel = members.channel_for(services, member, str(body["channel"]))
    posting.mark_read(services.workspace, channel, member.id, str(body["ts"]))
    return {}


async def _join(services: Services, member: User, body: Json) -> Json:
    channel = members.channel_for(services, member, str(body["channel"]), joined=False)
    members.join(services, member, channel)
    return {}


async def _leave(services: Services, member: User, body: Json) -> Json:
    members.leave(services, member, members.channel_for(services, member, str(body["channel"])))
    return {}


async def _create(services: Services, member: User, body: Json) -> Json:
    private = bool(body.get("is_private"))
    return {
        "channel": members.create_channel(services, member, str(body["name"]), private=private).id
    }


async def _invite(services: Services, member: User, body: Json) -> Json:
    channel = members.channel_for(services, member, str(body["channel"]))
    members.invite(services, member, channel, list(body["users"]))
    return {}


async def _edit(services: Services, member: User, body: Json) -> Json:
    channel = members.channel_for(services, member, str(body["channel"]))
    members.edit(services, member, channel.id, str(body["ts"]), str(body["text"]))
    return {}


async def _delete(services: Services, member: User, body: Json) -> Json:
    channel = members.channel_for(services, member, str(body["channel"]))
    members.delete(services, member, channel.id, str(body["ts"]))
    return {}


async def _archive(services: Services, member: User, body: Json) -> Json:
    channel = members.channel_for(services, member, str(body["channel"]))
    channels.set_archived(services.workspace, channel, True, by=member.id)
    return {}


DEEDS: Mapping[str, Deed] = {
    "action": _action,
    "archive": _archive,
    "create_channel": _create,
    "delete": _delete,
    "edit": _edit,
    "invite": _invite,
    "join": _join,
    "leave": _leave,
    "open_dm": _open_dm,
    "open_home": _open_home,
    "react": _react,
    "read": _read,
    "send": _send,
    "shortcut": _shortcut,
    "suggest": _suggest,
    "view_close": _close,
    "view_submit": _submit,
}


async def perform(services: Services, name: str, body: Json) -> Json:
    """Run a deed and return the whole answer, `ok` included; a mistake is an answer too."""
    deed = DEEDS.get(name)
    if deed is None:
        return {"ok": False, "error": f"There is no action {name}."}
    try:
        member = members.member_of(services, str(body.get("member", "")))
        result = await deed(services, member, body)
    except PersonError as problem:
        return {"ok": False, "error": str(problem)}
    except KeyError as problem:
        return {"ok": False, "error": f"The request lacks {problem}."}
    except (AttributeError, TypeError, ValueError) as problem:
        return {"ok": False, "error": f"The request has a value of the wrong kind: {problem}."}
    finally:
        services.workspace.flush()
    return {"ok": True, **result}
