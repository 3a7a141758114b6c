"""Messages apps send as an answer: in the ack of a slash command, or to a response URL.

Ephemeral unless `response_type` is `in_channel`; an ephemeral message never becomes public.
"""

from aiohttp import web

from slack_standin.acts import posting
from slack_standin.acts.services import Services
from slack_standin.blockkit import check_blocks
from slack_standin.state.entities import App, Channel, Message
from slack_standin.state.refusal import Json, Refusal
from slack_standin.state.text import stored_text
from slack_standin.state.tickets import ResponseUrl
from slack_standin.state.workspace import Workspace


def answer(
    ws: Workspace, app: App, channel: Channel, user: str, payload: Json, *, thread_ts: str | None
) -> Message:
    """Post the payload for `user` to see, or for the channel. Raises Refusal for bad content."""
    draft = _draft(payload, thread_ts)
    public = payload.get("response_type") == "in_channel"
    return posting.post_as_app(ws, channel, app, draft, viewer=None if public else user)


def _draft(payload: Json, thread_ts: str | None) -> posting.Draft:
    blocks = _blocks(payload)
    text = stored_text(str(payload.get("text") or ""))
    attachments = payload.get("attachments") or []
    if not text.strip() and not blocks and not attachments:
        raise Refusal("no_text")
    return posting.Draft(
        text=text, blocks=tuple(blocks), attachments=tuple(attachments), thread_ts=thread_ts
    )


def _blocks(payload: Json) -> list[Json]:
    blocks = payload.get("blocks") or []
    if not isinstance(blocks, list) or check_blocks(blocks, surface="message"):
        raise Refusal("invalid_blocks")
    return blocks


def _said(payload: Json, name: str) -> bool:
    return payload.get(name) in (True, "true")


async def handle_response_url(services: Services, request: web.Request) -> web.Response:
    """Serve `/hooks/...`: 404 with a word when the URL is spent, 400 for bad content."""
    try:
        url = services.tickets.redeem_url(request.match_info["key"])
        payload = await request.json()
        if not isinstance(payload, dict):
            raise Refusal("invalid_payload", status=400)
        _use(services, url, payload)
    except ValueError:
        return web.Response(status=400, text="invalid_payload")
    except Refusal as refusal:
        status = refusal.status if refusal.status != 200 else 400
        return web.Response(status=status, text=refusal.error)
    services.workspace.flush()
    return web.Response(text="ok")


def _use(services: Services, url: ResponseUrl, payload: Json) -> None:
    ws = services.workspace
    app = ws.apps[url.app_id]
    channel = ws.channels[url.channel]
    source = ws.message(*url.message) if url.message is not None else None
    if _said(payload, "delete_original") and source is not None:
        posting.delete(ws, source)
        if not payload.get("text") and not payload.get("blocks"):
            return
    elif _said(payload, "replace_original") and source is not None:
        _replace(ws, source, payload, editor=app.bot_user)
        return
    thread_ts = payload.get("thread_ts") or url.thread_ts
    answer(ws, app, channel, url.user, payload, thread_ts=thread_ts)


def _replace(ws: Workspace, source: Message, payload: Json, *, editor: str) -> None:
    draft = _draft(payload, None)
    changes: Json = {
        "text": draft.text,
        "blocks": list(draft.blocks) or None,
        "attachments": list(draft.attachments) or None,
    }
    posting.edit(ws, source, changes, editor=editor)
