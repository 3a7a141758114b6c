"""Brings events and interactions to apps, by socket or by HTTP, whichever the app uses.

Events are retried and kept for an app that is away; interactions are sent once.
"""

import asyncio
import json
from collections.abc import Coroutine
from typing import Any

from slack_standin.acts.events import event_envelope, hears
from slack_standin.acts.manifest import read_manifest
from slack_standin.state.clock import Timing
from slack_standin.state.entities import App, PendingEvent
from slack_standin.state.faults import Faults
from slack_standin.state.refusal import Json
from slack_standin.state.workspace import Happening, Workspace
from slack_standin.transports.http_mode import HttpSender, NoRetry, Retry
from slack_standin.transports.socket_mode import NoAnswer, SocketHub

# Envelope types whose ack may carry an answer.
_ANSWERED = frozenset({"slash_commands", "view_submission", "block_suggestion"})


class Courier:
    """`ask` for what needs an answer within 3 s, `hear` for what happened."""

    def __init__(
        self,
        *,
        workspace: Workspace,
        hub: SocketHub,
        http: HttpSender,
        timing: Timing,
        faults: Faults,
    ) -> None:
        self.hub = hub
        self.http = http
        self._ws = workspace
        self._timing = timing
        self._faults = faults
        self._tasks: set[asyncio.Task[None]] = set()
        self._underway: set[str] = set()
        self._passed = asyncio.Event()
        workspace.listen_events(self.hear)

    async def ask(self, app: App, kind: str, payload: Json) -> Json | None:
        """Send a slash command or an interaction and return what the app answered with.

        `kind` is `slash_commands` or the `type` of the interaction. Raises NoAnswer after 3 s, or
        when the socket is lost on which it was sent.
        """
        if not app.socket_mode:
            return await self._ask_http(app, kind, payload)
        frame = {
            "type": "slash_commands" if kind == "slash_commands" else "interactive",
            "payload": payload,
            "accepts_response_payload": kind in _ANSWERED,
        }
        return await self.hub.deliver(
            app.id, frame, timeout=self._timing.ack, fails_with_socket=True
        )

    async def _ask_http(self, app: App, kind: str, payload: Json) -> Json | None:
        manifest = read_manifest(app.manifest)
        if kind == "slash_commands":
            command = manifest.command(str(payload["command"])) or {}
            url = str(command.get("url") or app.request_url)
            return await self.http.send_form(app, url, payload, timeout=self._timing.ack)
        url = manifest.interactivity_url or app.request_url
        fields = {"payload": json.dumps(payload)}
        return await self.http.send_form(app, url, fields, timeout=self._timing.ack)

    def hear(self, happening: Happening) -> None:
        """Deliver the event to every app that subscribed to it."""
        for app in self._ws.apps.values():
            if hears(app, happening):
                envelope = event_envelope(self._ws, app, happening.event)
                event = PendingEvent(
                    id=envelope["event_id"], app_id=app.id, since=self._ws.now(), envelope=envelope
                )
                self._ws.save(event)
                self.spawn(self._deliver(app, event))

    def resume(self) -> None:
        """Go on with the events of an earlier run; those that waited too long are dropped."""
        for event in sorted(self._ws.pending.values(), key=_event_ts):
            app = self._ws.apps.get(event.app_id)
            if app is None or self._ws.now() - event.since > self._timing.undelivered:
                self._ws.forget(event)
            else:
                self.spawn(self._deliver(app, event))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something in the background until `close`."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    @property
    def underway(self) -> int:
        """How many events were sent and neither acknowledged nor given up yet."""
        return len(self._underway)

    @property
    def waiting(self) -> int:
        """How many deliveries there are in all, those for absent apps included."""
        return len(self._tasks)

    async def _deliver(self, app: App, event: PendingEvent) -> None:
        if app.socket_mode and not await self.hub.connected(app.id, self._timing.undelivered):
            self._ws.forget(event)
            return
        self._underway.add(event.key)
        try:
            await self._try_all(app, event.envelope)
            # Only now: an event cut short by the end of the process is sent again by the next.
            self._ws.forget(event)
        finally:
            self._underway.discard(event.key)

    async def _try_all(self, app: App, envelope: Json) -> None:
        reason = ""
        for attempt, delay in enumerate((0.0, *self._timing.retries)):
            # A lost socket is followed by an immediate try on the next one.
            await asyncio.sleep(0.0 if reason == "connection_failed" and app.socket_mode else delay)
            try:
                await self._try_once(app, envelope, attempt=attempt, reason=reason)
            except NoRetry:
                return
            except NoAnswer as missing:
                reason = missing.reason
            else:
                return

    async def _try_once(self, app: App, envelope: Json, *, attempt: int, reason: str) -> None:
        if not app.socket_mode:
            await self.http.send_json(
                app,
                app.request_url,
                envelope,
                timeout=self._timing.ack,
                retry=Retry(num=attempt, reason=reason),
            )
            return
        if not await self.hub.connected(app.id, self._timing.undelivered):
            raise NoAnswer("connection_failed")
        frame = {
            "type": "events_api",
            "payload": envelope,
            "accepts_response_payload": False,
            "retry_attempt": attempt,
            "retry_reason": reason,
        }
        if self._faults.take("hold_events"):
            # Out of order on purpose: the next event overtakes this one.
            self._passed.clear()
            await self._passed.wait()
        if self._faults.take("deliver_twice"):
            await self.hub.send_copy(app.id, frame)
        asyncio.get_running_loop().call_soon(self._passed.set)
        await self.hub.deliver(app.id, frame, timeout=self._timing.ack, fails_with_socket=True)

    async def close(self) -> None:
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.hub.close()
        await self.http.close()


def _event_ts(event: PendingEvent) -> str:
    return str(event.envelope["event"].get("event_ts", ""))
