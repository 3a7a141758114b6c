"""The stack of modals each member has open, and their home tabs."""

import json

from slack_standin.state.entities import App, View
from slack_standin.state.ids import random_id
from slack_standin.state.refusal import Json, Refusal
from slack_standin.state.shapes import view_shape
from slack_standin.state.text import fill_block_ids
from slack_standin.state.view_state import initial_values, kept_values
from slack_standin.state.workspace import Change, Workspace

MAX_DEPTH = 3
_MAX_BYTES = 250_000


def stack_of(ws: Workspace, user: str) -> list[View]:
    """The open modals of a member, bottom first."""
    chain = [v for v in ws.views.values() if v.user == user and v.body["type"] == "modal"]
    return sorted(chain, key=lambda view: int(view.body["depth"]))


def home_of(ws: Workspace, app_id: str, user: str) -> View | None:
    return ws.views.get(_home_id(app_id, user))


def _home_id(app_id: str, user: str) -> str:
    return f"VH{app_id[1:]}{user}"


def open_modal(ws: Workspace, app: App, user: str, shape: Json) -> View:
    """Start a new stack; what was open before is gone."""
    _check_size(shape)
    _check_external_id(ws, shape)
    clear(ws, user, announce=False)
    view = _new(ws, app, user, shape, below=None)
    ws.publish(Change(type="view_open", member=user, body={"view": shown(view)}))
    return view


def push_modal(ws: Workspace, app: App, user: str, shape: Json) -> View:
    _check_size(shape)
    _check_external_id(ws, shape)
    stack = stack_of(ws, user)
    if not stack:
        raise Refusal("not_found")
    if len(stack) >= MAX_DEPTH:
        raise Refusal("push_limit_reached")
    view = _new(ws, app, user, shape, below=stack[-1])
    ws.publish(Change(type="view_push", member=user, body={"view": shown(view)}))
    return view


def replace(ws: Workspace, view: View, shape: Json) -> View:
    """Put new content into a view. What was typed stays where block_id and action_id stay."""
    _check_size(shape)
    if shape.get("external_id") != view.body.get("external_id"):
        _check_external_id(ws, shape)
    fixed = ("id", "team_id", "app_id", "bot_id", "root_view_id", "previous_view_id", "depth")
    body = {**_filled(ws, shape), **{key: view.body[key] for key in fixed}}
    body["app_installed_team_id"] = ws.team.id
    body["hash"] = _hash(ws)
    view.values = kept_values(view.values, initial_values(body["blocks"]))
    view.body = body
    ws.save(view)
    kind = "home" if body["type"] == "home" else "view_update"
    ws.publish(_change(kind, view))
    return view


def publish_home(ws: Workspace, app: App, user: str, shape: Json) -> View:
    known = home_of(ws, app.id, user)
    if known is not None:
        return replace(ws, known, shape)
    _check_size(shape)
    view = _new(ws, app, user, shape, below=None, view_id=_home_id(app.id, user))
    ws.publish(_change("home", view))
    return view


def close_top(ws: Workspace, view: View) -> None:
    ws.forget(view)
    ws.publish(Change(type="view_close", member=view.user, body={"view_id": view.id}))


def clear(ws: Workspace, user: str, *, announce: bool = True) -> None:
    for view in stack_of(ws, user):
        ws.forget(view)
    if announce:
        ws.publish(Change(type="view_clear", member=user))


def shown(view: View) -> Json:
    return {key: value for key, value in view_shape(view).items() if key != "depth"}


def _change(kind: str, view: View) -> Change:
    body: Json = {"view": shown(view)}
    if kind == "home":
        body["app"] = view.app_id
    return Change(type=kind, member=view.user, body=body)


def _check_size(shape: Json) -> None:
    if len(json.dumps(shape)) > _MAX_BYTES:
        raise Refusal("view_too_large")


def _check_external_id(ws: Workspace, shape: Json) -> None:
    wanted = shape.get("external_id")
    if wanted and any(v.body.get("external_id") == wanted for v in ws.views.values()):
        raise Refusal("duplicate_external_id")


def _hash(ws: Workspace) -> str:
    return f"{ws.now()}.{random_id('')}"


def _filled(ws: Workspace, shape: Json) -> Json:
    defaults: Json = {
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "close": None,
        "submit": None,
        "title": {"type": "plain_text", "text": "View Title", "emoji": True},
        "clear_on_close": False,
        "notify_on_close": False,
    }
    blocks = fill_block_ids(shape["blocks"], ws.next_ts())
    return {**defaults, **shape, "blocks": blocks}


def _new(
    ws: Workspace, app: App, user: str, shape: Json, *, below: View | None, view_id: str = ""
) -> View:
    view_id = view_id or random_id("V")
    body = _filled(ws, shape)
    body.update(
        {
            "id": view_id,
            "team_id": ws.team.id,
            "app_id": app.id,
            "bot_id": app.bot_id,
            "app_installed_team_id": ws.team.id,
            "hash": _hash(ws),
            "root_view_id": below.body["root_view_id"] if below is not None else view_id,
            "previous_view_id": below.id if below is not None else None,
            "depth": int(below.body["depth"]) + 1 if below is not None else 0,
        }
    )
    view = View(
        id=view_id, app_id=app.id, user=user, body=body, values=initial_values(body["blocks"])
    )
    ws.save(view)
    return view
