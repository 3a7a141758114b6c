"""Bolt, wired: every command, button, modal and event leads to one function, and whatever nobody
asked for is acknowledged, so that Slack does not deliver it again."""

import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.people.permissions import RULES, Deed, Role
from bot.language.marks import cleaned
from bot.slack import commands, messages, permissions, registry
from bot.slack.forms.form import FORMS
from bot.slack.forms.sending import Act, submitted
from bot.slack.handler import Ack, Body, DurableListener, Handler, channel_of, clicked
from bot.slack.home import HomeTab
from bot.slack.ids import WORDED, Action, Shortcut
from bot.slack.incidents import channel, pinned_messages
from bot.slack.people import presence
from bot.slack.platform.wire import NoRequest, read, without_secrets
from bot.slack.registry import ACTIONS

log = logging.getLogger(__name__)

_STALE_S = 300  # Slack's own limit for the age of a request
ANYTHING = re.compile(".*", re.DOTALL)
Listener = Callable[[Ack, Body], Awaitable[None]]


def build_app(
    client: AsyncWebClient, handler: Handler, home: HomeTab, *, signing_secret: str | None
) -> AsyncApp:
    """Requests are verified with the signing secret; without one (Socket Mode) there are none.
    What has to be stored is stored before every listener, since Bolt acknowledges an event first.
    Slack wants each action_id once in a message, so steps add their own word to it; Bolt takes the
    first listener that fits, so the one for unknown buttons comes last."""
    app = _bolt(client, signing_secret)

    def listener(act: Act) -> Listener:
        async def work(body: Body) -> None:
            await act(handler, body)

        return handler.listener(work)

    def durable(name: str, act: Act) -> DurableListener:
        async def work(body: Body) -> None:
            await act(handler, body)

        return handler.durable(name, work)

    async def keep(body: Body, context: Body, next: Callable[[], Awaitable[None]]) -> None:
        words = without_secrets(cleaned(body), handler.clean)
        body.update(words)  # every listener is given this very object
        await handler.keep_event(body, context)
        await next()

    app.middleware(keep)
    app.command("/conn")(durable("/conn", commands.slash))
    _events(app, home, listener, durable)
    for action, act in ACTIONS.items():
        guarded = _ours(action, _guarded(permissions.deed_of(action), act))
        tail = ":.+" if action in WORDED else ""
        app.action(re.compile(rf"{re.escape(action)}({tail})?\Z", re.DOTALL))(
            durable(action, guarded)
        )
    for callback in FORMS:
        app.view(callback)(_submission(handler))
    app.shortcut(Shortcut.DECLARE.value)(listener(_guarded(Deed.DECLARE, ACTIONS[Action.DECLARE])))
    app.shortcut(Shortcut.TIMELINE.value)(durable(Shortcut.TIMELINE, pinned_messages.by_shortcut))
    app.action(ANYTHING)(listener(registry.stale))
    app.view_closed(ANYTHING)(listener(registry.nothing))
    return app


def _bolt(client: AsyncWebClient, signing_secret: str | None) -> AsyncApp:
    return AsyncApp(
        name="firstlane",  # else Bolt reads the sources of whoever called, to find one
        client=client,
        # As loud as this one is; a logger of its own would be as loud as the root, and warn the
        # admin of a token in the environment that is the very one of the client.
        logger=logging.getLogger("slack_bolt"),
        signing_secret=signing_secret,
        request_verification_enabled=signing_secret is not None,
        raise_error_for_unhandled_request=False,
    )


def _guarded(deed: Deed, act: Act) -> Act:
    """The same, for whoever may do it wherever they come from."""
    # Nothing to look up, so nothing that could delay the answer.
    if Role.ANYBODY in RULES[deed].may:
        return act

    async def guarded(handler: Handler, body: Body) -> None:
        by = await handler.actor(body)
        await permissions.admit(handler, deed, by, clicked(body), channel_of(body))
        await act(handler, body)

    return guarded


def _ours(action: Action, act: Act) -> Act:
    """The same, for what this database made: the numbers of another one mean something else."""
    if action is Action.LINK:
        return act  # Slack opened it already, and nothing else comes of it

    async def checked(handler: Handler, body: Body) -> None:
        handler.origin.must_have_made(body)
        await act(handler, body)

    return checked


def _submission(handler: Handler) -> Listener:
    async def listen(ack: Ack, body: Body) -> None:
        await submitted(handler, ack, body)

    return listen


def _events(
    app: AsyncApp,
    home: HomeTab,
    listener: Callable[[Act], Listener],
    durable: Callable[[str, Act], DurableListener],
) -> None:
    """Events that only bring something up to date are not kept: the next look does it too."""

    async def opened(handler: Handler, body: Body) -> None:
        event = body["event"]
        if event.get("tab", "home") == "home":
            await home.opened(await handler.people.person(str(event["user"])))

    async def spoken(handler: Handler, body: Body) -> None:
        if body["event"].get("channel_type") == "im":
            await messages.direct(handler, body)
        else:
            await pinned_messages.followed(handler, body)

    app.event("channel_archive")(durable("channel_archive", channel.archived))
    app.event("group_archive")(durable("group_archive", channel.archived))
    app.event("member_joined_channel")(durable("member_joined_channel", presence.joined))
    app.event("app_mention")(durable("app_mention", messages.mentioned))
    app.event("message")(durable("message", spoken))
    app.event("reaction_added")(durable("reaction_added", pinned_messages.reacted))
    app.event("reaction_removed")(durable("reaction_removed", pinned_messages.reacted))
    app.event("app_home_opened")(listener(opened))
    app.event("user_change")(listener(presence.changed))
    app.event(ANYTHING)(listener(registry.nothing))


def http_events(
    app: AsyncApp, signing_secret: str
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Slack's requests in HTTP mode, as a handler of our own server. What Slack did not sign is
    refused before anything of it is read."""
    verifier = SignatureVerifier(signing_secret)

    async def events(request: web.Request) -> web.Response:
        # Checked before Bolt parses it: whoever has no secret gets no JSON read.
        why = unsigned(verifier, await request.read(), request.headers)
        if why:
            log.warning("request_refused from=%s why=%s", request.remote, why)
            return web.Response(status=401, text="not signed by Slack")
        try:
            bolt_request = await read(request)
        except NoRequest as error:
            log.warning("request_refused from=%s why=%s", request.remote, error)
            return web.Response(status=400, text="not a request of Slack's")
        return await to_aiohttp_response(await app.async_dispatch(bolt_request))

    return events


def unsigned(verifier: SignatureVerifier, body: bytes, headers: Mapping[str, str]) -> str:
    """Why this is no request of Slack's; empty when it is one."""
    stamp = headers.get("X-Slack-Request-Timestamp", "")
    signature = headers.get("X-Slack-Signature", "")
    if not re.fullmatch(r"[0-9]{1,12}", stamp) or not signature.isascii():
        return "no signature"
    # The verifier would refuse it as well, but without saying that a clock is wrong.
    off = time.time() - int(stamp)
    if abs(off) > _STALE_S:
        return f"signed {off:+.0f} s away from this machine's clock"
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "a body that is no text"
    return "" if verifier.is_valid(body, stamp, signature) else "another signature"
