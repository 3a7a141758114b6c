"""Opening, pushing, updating and publishing views."""

from slack_standin.acts import modals
from slack_standin.acts.manifest import read_manifest
from slack_standin.acts.services import Call
from slack_standin.blockkit import check_view
from slack_standin.state.entities import View
from slack_standin.state.refusal import Json, Refusal, invalid_arguments


def checked_view(view: object, kind: str) -> Json:
    """The view if Slack would take it as a `modal` or `home`; raises `invalid_arguments`."""
    if not isinstance(view, dict):
        raise invalid_arguments("must provide an object [json-pointer:/view]")
    problems = [f"{p.message} [json-pointer:/view{p.pointer}]" for p in check_view(view)]
    if not problems and view.get("type") != kind:
        problems = ["must be a valid enum value [json-pointer:/view/type]"]
    if problems:
        raise invalid_arguments(*problems)
    return view


def _answer(view: View) -> Json:
    return {"view": modals.shown(view)}


def _trigger(call: Call) -> str:
    trigger = call.text("trigger_id") or call.text("interactivity_pointer")
    if not trigger:
        raise invalid_arguments("missing required field: trigger_id")
    return trigger


def open_view(call: Call) -> Json:
    shape = checked_view(call.args["view"], "modal")
    trigger = call.services.tickets.redeem_trigger(_trigger(call), call.app.id)
    return _answer(modals.open_modal(call.ws, call.app, trigger.user, shape))


def push_view(call: Call) -> Json:
    shape = checked_view(call.args["view"], "modal")
    trigger = call.services.tickets.redeem_trigger(_trigger(call), call.app.id)
    return _answer(modals.push_modal(call.ws, call.app, trigger.user, shape))


def update_view(call: Call) -> Json:
    view = _existing(call)
    shape = checked_view(call.args["view"], str(view.body["type"]))
    if call.text("hash") and call.text("hash") != view.hash:
        raise Refusal("hash_conflict")
    return _answer(modals.replace(call.ws, view, shape))


def _existing(call: Call) -> View:
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if not view_id and not external_id:
        raise invalid_arguments("missing required field: view_id")
    for view in call.ws.views.values():
        mine = view.app_id == call.app.id
        if mine and (
            view.id == view_id or (external_id and view.body["external_id"] == external_id)
        ):
            return view
    raise Refusal("not_found")


def publish(call: Call) -> Json:
    if not read_manifest(call.app.manifest).home_tab:
        raise Refusal("not_enabled")
    user = call.ws.users.get(call.text("user_id"))
    if user is None or user.deleted:
        raise invalid_arguments("user not found [json-pointer:/user_id]")
    shape = checked_view(call.args["view"], "home")
    known = modals.home_of(call.ws, call.app.id, user.id)
    if call.text("hash") and known is not None and call.text("hash") != known.hash:
        raise Refusal("hash_conflict")
    return _answer(modals.publish_home(call.ws, call.app, user.id, shape))


METHODS = {
    "views.open": open_view,
    "views.publish": publish,
    "views.push": push_view,
    "views.update": update_view,
}
