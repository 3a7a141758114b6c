"""Methods about the app itself and the team."""

import hashlib

from slack_standin.acts.services import Call
from slack_standin.blockkit import check_blocks, check_view
from slack_standin.state.refusal import Json, Refusal
from slack_standin.state.shapes import bot_profile


def api_test(call: Call) -> Json:
    error = call.args.get("error")
    if error:
        raise Refusal(str(error), extra={"args": call.args})
    return {"args": call.args}


def auth_test(call: Call) -> Json:
    user = call.ws.users[call.bot]
    return {
        "url": f"{call.services.origin}/",
        "team": call.ws.team.name,
        "user": user.name,
        "team_id": call.ws.team.id,
        "user_id": user.id,
        "bot_id": call.app.bot_id,
        "app_id": call.app.id,
        "is_enterprise_install": False,
    }


def connections_open(call: Call) -> Json:
    if call.services.faults.take("refuse_connections_open"):
        raise Refusal("internal_error", status=503)
    if not call.app.socket_mode:
        raise Refusal("forbidden_team")
    ticket = call.services.tickets.socket_ticket(call.app.id)
    app_hash = hashlib.sha256(call.app.id.encode()).hexdigest()
    return {"url": f"{call.services.socket_origin}/link/?ticket={ticket}&app_id={app_hash}"}


def blocks_validate(call: Call) -> Json:
    problems = []
    if isinstance(call.args.get("view"), dict):
        problems = check_view(call.args["view"])
        error = "invalid_view"
    else:
        content = call.args.get("message") or call.args.get("blocks")
        blocks = content.get("blocks") if isinstance(content, dict) else content
        problems = check_blocks(blocks, surface="message")
        error = "invalid_blocks"
    if problems:
        listed = [
            {"code": "failed_constraint", "message": p.message, "pointer": p.pointer}
            for p in problems
        ]
        raise Refusal(error, extra={"errors": listed})
    return {}


def bots_info(call: Call) -> Json:
    wanted = call.text("bot", call.app.bot_id)
    for app in call.ws.apps.values():
        if app.bot_id == wanted:
            return {"bot": bot_profile(call.ws, app)}
    raise Refusal("bot_not_found")


def team_info(call: Call) -> Json:
    team = call.ws.team
    return {
        "team": {
            "id": team.id,
            "name": team.name,
            "domain": team.domain,
            "url": f"{call.services.origin}/",
            "email_domain": "",
            "icon": {"image_default": True},
        }
    }


def emoji_list(call: Call) -> Json:
    return {"emoji": {}, "cache_ts": call.ws.next_ts()}


METHODS = {
    "api.test": api_test,
    "apps.connections.open": connections_open,
    "auth.test": auth_test,
    "blocks.validate": blocks_validate,
    "bots.info": bots_info,
    "emoji.list": emoji_list,
    "team.info": team_info,
}
