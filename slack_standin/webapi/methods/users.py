"""Members, presence, do-not-disturb and user groups."""

from slack_standin.acts.services import Call
from slack_standin.state.entities import User, UserGroup
from slack_standin.state.refusal import Json, Refusal
from slack_standin.state.shapes import profile_shape, user_shape
from slack_standin.webapi.methods.lookup import page, user_of


def _shape(call: Call, user: User) -> Json:
    return user_shape(call.ws, user, email="users:read.email" in call.scopes)


def listing(call: Call) -> Json:
    members = [_shape(call, user) for user in call.ws.users.values()]
    limit = int(call.args.get("limit", 0)) or 1000
    call.args["limit"] = min(limit, 1000)
    return {
        **page(call, members, key="members", default=1000, most=1000),
        "cache_ts": call.ws.now(),
    }


def info(call: Call) -> Json:
    return {"user": _shape(call, user_of(call))}


def by_email(call: Call) -> Json:
    wanted = call.text("email").casefold()
    for user in call.ws.users.values():
        if user.email and user.email.casefold() == wanted and not user.deleted:
            return {"user": _shape(call, user)}
    raise Refusal("users_not_found")


def presence(call: Call) -> Json:
    user = user_of(call) if call.text("user") else call.ws.users[call.bot]
    return {"presence": user.presence}


def profile_get(call: Call) -> Json:
    user = user_of(call) if call.text("user") else call.ws.users[call.bot]
    return {"profile": profile_shape(call.ws, user, email="users:read.email" in call.scopes)}


def profile_set(call: Call) -> Json:
    raise Refusal("not_allowed_token_type")


def dnd_info(call: Call) -> Json:
    user = user_of(call) if call.text("user") else call.ws.users[call.bot]
    return _dnd(call, user)


def dnd_team(call: Call) -> Json:
    wanted = [u for u in call.text("users").split(",") if u]
    known = [call.ws.users[u] for u in wanted[:50] if u in call.ws.users]
    return {"users": {user.id: _dnd(call, user) for user in known}}


def _dnd(call: Call, user: User) -> Json:
    active = user.dnd_until > call.ws.now()
    return {
        "dnd_enabled": active,
        "next_dnd_start_ts": call.ws.now() if active else 1,
        "next_dnd_end_ts": user.dnd_until if active else 1,
        "snooze_enabled": False,
    }


def groups(call: Call) -> Json:
    disabled, with_users = call.flag("include_disabled"), call.flag("include_users")
    chosen = [g for g in call.ws.usergroups.values() if disabled or not g.disabled]
    return {"usergroups": [_group(call, g, with_users) for g in chosen]}


def _group(call: Call, group: UserGroup, with_users: bool) -> Json:
    shape: Json = {
        "id": group.id,
        "team_id": call.ws.team.id,
        "is_usergroup": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_delete": 1 if group.disabled else 0,
        "user_count": len(group.users),
        "prefs": {"channels": [], "groups": []},
    }
    return {**shape, "users": group.users} if with_users else shape


def group_users(call: Call) -> Json:
    group = call.ws.usergroups.get(call.text("usergroup"))
    if group is None:
        raise Refusal("no_such_subteam")
    return {"users": group.users}


METHODS = {
    "dnd.info": dnd_info,
    "dnd.teamInfo": dnd_team,
    "usergroups.list": groups,
    "usergroups.users.list": group_users,
    "users.getPresence": presence,
    "users.info": info,
    "users.list": listing,
    "users.lookupByEmail": by_email,
    "users.profile.get": profile_get,
    "users.profile.set": profile_set,
}
