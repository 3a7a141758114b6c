"""What a member does with an app: commands, clicks, forms, shortcuts.

The app has 3 seconds to acknowledge. If it does not, the member is told and a late ack is ignored.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from slack_standin.acts import modals, payloads
from slack_standin.acts.app_answers import answer
from slack_standin.acts.manifest import read_manifest
from slack_standin.acts.services import Services
from slack_standin.state.entities import App, Channel, Message, User, View
from slack_standin.state.naming import command_text
from slack_standin.state.refusal import Json, PersonError, Refusal
from slack_standin.state.view_state import (
    VALUE_FIELDS,
    elements_of,
    flat,
    initial_values,
    input_problems,
    merged,
)
from slack_standin.state.workspace import Change, Workspace
from slack_standin.transports.socket_mode import NoAnswer
from slack_standin.webapi.methods.views import checked_view

# Parts of an element that its action repeats.
_REPEATED = ("text", "style", "url", "placeholder", "confirm", "icon")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an interactive element sits: a message or a view, and the app behind it."""

    app: App
    source: Message | View

    @property
    def blocks(self) -> list[Json]:
        body = self.source.body
        attached = (a.get("blocks") or [] for a in body.get("attachments") or [])
        return [*(body.get("blocks") or []), *(b for blocks in attached for b in blocks)]

    def attachment_of(self, block_id: str) -> int | None:
        """The id of the attachment that holds the block, None for a block of the message."""
        for attachment in self.source.body.get("attachments") or ():
            if any(b.get("block_id") == block_id for b in flat(attachment.get("blocks") or ())):
                return int(attachment["id"])
        return None

    def find(self, block_id: str, action_id: str) -> tuple[Json, Json]:
        """The block and the element; raises PersonError when they are gone."""
        for block in flat(self.blocks):
            if block.get("block_id") == block_id:
                for element in elements_of(block):
                    if element.get("action_id") == action_id:
                        return block, element
        raise PersonError("This control is no longer there.")


def place_of(services: Services, member: User, container: Json) -> Place:
    """Find what a container object points at; raises PersonError when it is not there."""
    ws = services.workspace
    source: Message | View | None
    if container.get("type") == "view":
        source = ws.views.get(str(container.get("view_id")))
        seen = source is not None and source.user == member.id
    else:
        source = ws.message(str(container.get("channel")), str(container.get("ts")))
        seen = source is not None and _sees(ws, member, source)
    if source is None or not seen or source.app_id not in ws.apps:
        raise PersonError("This message or view is no longer there.")
    return Place(ws.apps[source.app_id], source)


def _sees(ws: Workspace, member: User, message: Message) -> bool:
    channel = ws.channels[message.channel]
    inside = member.id in channel.members or not channel.is_private
    return inside and message.viewer in (None, member.id)


async def run_command(
    services: Services, member: User, channel: Channel, command: str, text: str
) -> None:
    """Send a slash command; raises PersonError if no app has it or the app fails."""
    app = _owner(services, command)
    entry = read_manifest(app.manifest).command(command) or {}
    text = command_text(services.workspace, text, escape=bool(entry.get("should_escape")))
    payload = payloads.command_payload(services, app, member, channel, command=command, text=text)
    try:
        reply = await services.courier.ask(app, "slash_commands", payload)
    except NoAnswer as missing:
        raise failed(services, member, command, missing) from missing
    if reply and (reply.get("text") or reply.get("blocks") or reply.get("attachments")):
        try:
            answer(services.workspace, app, channel, member.id, reply, thread_ts=None)
        except Refusal as refusal:
            raise PersonError(f'{command} failed with the error "{refusal.error}"') from refusal


def _owner(services: Services, command: str) -> App:
    for app in services.workspace.apps.values():
        if not app.revoked and read_manifest(app.manifest).command(command) is not None:
            return app
    raise PersonError(
        f"{command} is not a valid command. Messages that start with / are read as commands."
    )


def failed(services: Services, member: User, what: str, missing: NoAnswer) -> PersonError:
    """Show the member that the app did not answer; returns the error to raise."""
    words = {
        "timeout": "because the app did not respond",
        "http_timeout": "because the app did not respond",
        "connection_failed": "because the app is not connected",
    }
    text = f"{what} failed {words.get(missing.reason, 'because the app returned an error')}"
    services.workspace.publish(Change(type="app_error", member=member.id, body={"text": text}))
    return PersonError(text)


async def act(services: Services, member: User, container: Json, action: Json, typed: Json) -> None:
    """Click or choose something; sends `block_actions`. Raises PersonError if the app fails."""
    place = place_of(services, member, container)
    block, element = place.find(str(action.get("block_id")), str(action.get("action_id")))
    chosen = {k: v for k, v in action.items() if k not in ("block_id", "action_id", "type")}
    if "value" in element and "value" not in chosen:
        chosen["value"] = element["value"]
    values = _remember(services, place, block, element, chosen=chosen, typed=typed)
    if block["type"] == "input" and not block.get("dispatch_action"):
        return
    ws = services.workspace
    sent = {
        "type": element["type"],
        "block_id": block["block_id"],
        "action_id": element["action_id"],
        **{key: element[key] for key in _REPEATED if key in element},
        **chosen,
        "action_ts": ws.next_ts(),
    }
    payload = _from_place(
        services, member, place, kind="block_actions", values=values, block_id=block["block_id"]
    )
    view_id = place.source.id if isinstance(place.source, View) else None
    payload["trigger_id"] = services.tickets.trigger(place.app.id, member.id, view_id=view_id)
    payload["actions"] = [sent]
    try:
        await services.courier.ask(place.app, "block_actions", payload)
    except NoAnswer as missing:
        raise failed(services, member, "Your action", missing) from missing


def _remember(
    services: Services, place: Place, block: Json, element: Json, *, chosen: Json, typed: Json
) -> Json:
    field = VALUE_FIELDS.get(element["type"])
    if field is not None:
        own = {element["action_id"]: {"type": element["type"], field: chosen.get(field)}}
        typed = {**typed, block["block_id"]: {**typed.get(block["block_id"], {}), **own}}
    if isinstance(place.source, Message):
        return merged(initial_values(place.blocks), typed)
    place.source.values = merged(place.source.values, typed)
    services.workspace.save(place.source)
    return place.source.values


def _from_place(
    services: Services, member: User, place: Place, *, kind: str, values: Json, block_id: str
) -> Json:
    source = place.source
    if isinstance(source, View):
        return payloads.in_view(services, place.app, member, source, kind=kind)
    payload = payloads.in_message(
        services,
        place.app,
        member,
        source,
        kind=kind,
        values=values,
        attachment=place.attachment_of(block_id),
    )
    if kind == "block_actions":
        path = services.tickets.response_url(
            place.app.id,
            member.id,
            source.channel,
            message=(source.channel, source.ts),
            thread_ts=source.body.get("thread_ts"),
        )
        payload["response_url"] = services.origin + path
    return payload


async def suggest(
    services: Services, member: User, container: Json, block_id: str, action_id: str, value: str
) -> Json:
    """Ask the app for the options of an external select; `{"options": []}` when it fails."""
    place = place_of(services, member, container)
    place.find(block_id, action_id)
    payload = _from_place(
        services, member, place, kind="block_suggestion", values={}, block_id=block_id
    )
    payload.update({"block_id": block_id, "action_id": action_id, "value": value})
    try:
        reply = await services.courier.ask(place.app, "block_suggestion", payload) or {}
    except NoAnswer as missing:
        raise failed(services, member, "Loading the options", missing) from missing
    if "option_groups" in reply:
        return {"option_groups": reply["option_groups"]}
    return {"options": reply.get("options", [])}


async def submit(services: Services, member: User, view_id: str, typed: Json) -> Json:
    """Submit a modal. Returns what happened: `response_action` and for errors the messages."""
    ws = services.workspace
    place = place_of(services, member, {"type": "view", "view_id": view_id})
    view = place.source
    assert isinstance(view, View)
    view.values = merged(view.values, typed)
    ws.save(view)
    problems = input_problems(view.body["blocks"], view.values)
    if problems:
        return _show_errors(services, view, problems)
    payload = payloads.view_payload(services, place.app, member, view, kind="view_submission")
    payload["trigger_id"] = services.tickets.trigger(place.app.id, member.id, view_id=view.id)
    payload["response_urls"] = list(_response_urls(services, view))
    try:
        reply = await services.courier.ask(place.app, "view_submission", payload) or {}
    except NoAnswer as missing:
        raise failed(services, member, "Sending the form", missing) from missing
    try:
        return _apply(services, place.app, view, reply)
    except Refusal as refusal:
        text = f"The app answered the form with something invalid ({refusal.error})"
        ws.publish(Change(type="app_error", member=member.id, body={"text": text}))
        raise PersonError(text) from refusal


def _show_errors(services: Services, view: View, errors: Json) -> Json:
    body = {"view_id": view.id, "errors": errors}
    services.workspace.publish(Change(type="view_errors", member=view.user, body=body))
    return {"response_action": "errors", "errors": errors}


def _apply(services: Services, app: App, view: View, reply: Json) -> Json:
    ws = services.workspace
    action = reply.get("response_action")
    match action:
        case "errors":
            inputs = {b["block_id"] for b in view.body["blocks"] if b["type"] == "input"}
            errors = reply.get("errors")
            if not isinstance(errors, dict) or not inputs.issuperset(errors):
                raise Refusal("invalid_arguments")
            return _show_errors(services, view, errors)
        case "update":
            modals.replace(ws, view, checked_view(reply.get("view"), "modal"))
        case "push":
            modals.push_modal(ws, app, view.user, checked_view(reply.get("view"), "modal"))
        case "clear":
            modals.clear(ws, view.user)
        case None:
            if view.id in ws.views:
                modals.close_top(ws, view)
        case _:
            raise Refusal("invalid_arguments")
    return {"response_action": action}


def _response_urls(services: Services, view: View) -> Iterator[Json]:
    for block in view.body["blocks"]:
        for element in elements_of(block):
            if not element.get("response_url_enabled"):
                continue
            entry = view.values.get(block["block_id"], {}).get(element["action_id"], {})
            channel = entry.get(VALUE_FIELDS[element["type"]])
            if channel in services.workspace.channels:
                path = services.tickets.response_url(view.app_id, view.user, channel)
                yield {
                    "block_id": block["block_id"],
                    "action_id": element["action_id"],
                    "channel_id": channel,
                    "response_url": services.origin + path,
                }


def close_view(services: Services, member: User, view_id: str, *, clear: bool) -> None:
    """Close one modal (Cancel) or the whole stack (X); tells the app if it asked to be told."""
    ws = services.workspace
    view = ws.views.get(view_id)
    if view is None or view.user != member.id or view.body["type"] != "modal":
        raise PersonError("This view is no longer open.")
    clear = clear or bool(view.body.get("clear_on_close"))
    told = ws.views.get(view.body["root_view_id"], view) if clear else view
    if told.body.get("notify_on_close"):
        app = ws.apps[told.app_id]
        payload = payloads.view_payload(services, app, member, told, kind="view_closed")
        payload["is_cleared"] = clear
        services.courier.spawn(_tell_closed(services, app, payload))
    if clear:
        modals.clear(ws, member.id)
    else:
        modals.close_top(ws, view)


async def _tell_closed(services: Services, app: App, payload: Json) -> None:
    try:
        await services.courier.ask(app, "view_closed", payload)
    except NoAnswer:
        return  # Nobody waits for this one: the view is gone either way.


async def use_shortcut(
    services: Services, member: User, callback_id: str, message: Message | None
) -> None:
    """Run a global or message shortcut; raises PersonError if there is none or the app fails."""
    kind = "global" if message is None else "message"
    for app in services.workspace.apps.values():
        if not app.revoked and read_manifest(app.manifest).shortcut(callback_id, kind):
            break
    else:
        raise PersonError(f"There is no {kind} shortcut {callback_id}.")
    payload = payloads.shortcut_payload(services, app, member, callback_id, message)
    try:
        await services.courier.ask(app, str(payload["type"]), payload)
    except NoAnswer as missing:
        raise failed(services, member, "The shortcut", missing) from missing
