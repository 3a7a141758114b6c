"""Builds every object once, starts them, and stops them in order. Nothing else builds anything."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import readiness
from bot.app.letterbox import STARTS, Letterbox
from bot.app.opening import open_store
from bot.app.schedule import STEADY, Intervals, ScheduledJobs
from bot.checks import with_plugins
from bot.checks.calendar_feed import fetch_calendar
from bot.checks.clients import Clients
from bot.checks.runner import Runner
from bot.checks.secrets.estate_secrets import EstateSecrets
from bot.checks.webhook_call import call_hook
from bot.clock import utc_now
from bot.core.knowledge import Knowledge
from bot.delivery.email import mail_server
from bot.delivery.page import page_person, ways_from
from bot.files.changes.ical import read_feed
from bot.files.library import Library
from bot.flows.estate import ping_addresses
from bot.flows.governance import audit, credential_expiry
from bot.flows.incidents import channels
from bot.flows.outbox import fallback
from bot.jobs import CheckLoop, Intake, Metronome, ReleaseCalendar, SelfWatch, Timekeeper, beaten
from bot.jobs.ask_vitals import Vitals
from bot.jobs.check_loop import tools_for
from bot.language.errors import BotError
from bot.language.redaction import Secret
from bot.runtime import Clock, Runtime
from bot.settings import Settings
from bot.slack.app import build_app, http_events
from bot.slack.handler import Handler
from bot.slack.home import HomeTab
from bot.slack.ids import origin
from bot.slack.incidents.channel import ChannelArchiver, ChannelLocations
from bot.slack.outbox.channel_view import ChannelView
from bot.slack.outbox.outside_parties import OutsideParties
from bot.slack.outbox.prefetch_users import UserPrefetch
from bot.slack.outbox.transport import Dispatcher
from bot.slack.platform import inbox
from bot.slack.platform.gateway import Gateway
from bot.slack.platform.posts import Poster
from bot.slack.platform.supervisor import SlackSilent, Supervisor, identify, try_app_token
from bot.slack.platform.users import Users
from bot.slack.platform.wire import slack_session
from bot.store.store import Store
from bot.web.app import registry, set_up, web_app
from bot.web.webhooks import hook_routes

log = logging.getLogger(__name__)

_BACKLOG = 4096  # callers that may wait to be let in: a burst of pings is not turned away


class Firstlane:
    """The running bot. `async with` builds and starts it; `wait` returns when it should end."""

    def __init__(
        self,
        settings: Settings,
        library: Library,
        *,
        clock: Clock = utc_now,
        steady: Callable[[], float] = time.monotonic,
        intervals: Intervals = STEADY,
    ) -> None:
        """`clock` is the wall clock; `steady` counts seconds and never jumps."""
        self._intervals = intervals
        self._steady = steady
        self._settings = settings
        self._mail = mail_server(settings.smtp_url.reveal())  # refused before anything is stored
        self._library = library
        self._clock = clock
        self._stack = AsyncExitStack()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._supervisor: Supervisor | None = None
        self._sender: Dispatcher | None = None
        self._user_prefetch: UserPrefetch | None = None
        self._self_watch: SelfWatch | None = None
        self._gateway: Gateway | None = None
        self._metronome = Metronome({})
        self._metrics = registry(lambda: len(library.knowledge().catalogue.connections))
        self._vitals = Vitals(clock, steady, me=inbox.this_process(), is_dead=inbox.is_dead)
        self._letterbox = Letterbox()
        self._secrets = EstateSecrets(lambda: library.knowledge().catalogue, settings.secrets())
        self._bolt_app: AsyncApp | None = None
        self._port = settings.http_port  # the one in use, once we serve: port 0 takes any
        self.runtime: Runtime | None = None

    async def __aenter__(self) -> "Firstlane":
        async with AsyncExitStack() as building:
            await self._build(building)
            self._stack = building.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def wait(self) -> None:
        """Until one of the recurring tasks ends, which only an error makes it do; raises that."""
        done, _ = await asyncio.wait(self._tasks.values(), return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()

    async def ping_url(self, check: str) -> str:
        """The address that the job behind a heartbeat check calls."""
        runtime = self._running()
        token = await runtime.store.run(ping_addresses.ping_token, check)
        return self._address(ping_addresses.path_of("heartbeat", token))

    def _knowledge(self) -> Knowledge:
        return replace(self._library.knowledge(), access=self._settings.access)

    def _address(self, path: str) -> str:
        return self._settings.address(path, port=self._port)

    def _running(self) -> Runtime:
        if self.runtime is None:
            raise RuntimeError("Firstlane is not running")
        return self.runtime

    async def _build(self, stack: AsyncExitStack) -> None:
        settings = self._settings
        client = await self._client(stack)
        ways = await asyncio.to_thread(ways_from, settings.fallback_urls.reveal())
        serving = await self._serve(stack)
        store = await open_store(settings.database, self._vitals)
        stack.push_async_callback(store.close)
        stack.push_async_callback(self._vitals.leave)  # while the store is still open
        bot_user = await self._introduce(store, client)
        runtime = self.runtime = Runtime(
            store=store, knowledge=self._knowledge, clock=self._clock, steady=self._steady
        )
        await runtime.do(fallback.configure, everybody=bool(ways))
        timekeeper = Timekeeper(runtime, wake=self._beat_again)
        work = self._scheduled_jobs(runtime, timekeeper)
        await work.enter_in_ledger()
        clients = self._clients = Clients()
        stack.push_async_callback(clients.close)
        tools = tools_for(runtime, clients, settings.commands, self._secrets)
        watch = CheckLoop(runtime, Runner(tools, with_plugins()), timekeeper, wake=self._wake)
        stack.push_async_callback(watch.close)
        gateway = Gateway(client, await store.run(origin, self._clock), self._clock, self._steady)
        self._self_watch = self._watch_over(runtime, gateway, watch, timekeeper)
        handler, home = self._slack(runtime, gateway, bot_user, watch, ways)
        stack.push_async_callback(handler.drain)
        app = self._bolt_app = self._bolt(client, handler, home)
        intake = self._letterbox.opens(Intake(runtime, clean=self._secrets.clean))
        self._spawn(stack, "intake", intake.run())
        stack.push_async_callback(intake.drain)
        stack.push_async_callback(serving.cleanup)  # before what it serves is stopped
        await handler.take_over()  # what a dead process left comes before anything new
        fetch = partial(fetch_calendar, clients)
        calendar = ReleaseCalendar(
            runtime, fetch=fetch, read=read_feed, wake=self._wake, elsewhere=self._secrets.forms
        )
        await self._start(stack, watch, app, calendar, work)
        await self._keep_time(stack, timekeeper)

    async def _client(self, stack: AsyncExitStack) -> AsyncWebClient:
        settings, patience = self._settings, self._intervals.answer.total_seconds()
        session = await stack.enter_async_context(slack_session(patience))
        return AsyncWebClient(
            token=settings.bot_token.reveal(),
            base_url=settings.api_url,
            session=session,
            timeout=patience,  # type: ignore[arg-type]  # the client passes it on to aiohttp
            retry_handlers=[],  # repeating is the outbox's business
        )

    async def _introduce(self, store: Store, client: AsyncWebClient) -> str:
        """The bot's own user. A Slack that cannot be reached stops only the very first start:
        whoever watches must go on, and ping by another way. Raises SlackRefused."""
        try:
            bot_user = await identify(client)
            if self._settings.app_token:
                await try_app_token(client, self._settings.app_token.reveal())
        except SlackSilent as error:
            known = await store.run(lambda tx: tx.recall("workspace", "bot_user"))
            if known is None:
                raise
            log.error("slack_silent_at_start why=%s I go on and keep trying.", error.why)
            return known
        await store.run(lambda tx: tx.remember("workspace", "bot_user", bot_user))
        return bot_user

    def _scheduled_jobs(self, runtime: Runtime, timekeeper: Timekeeper) -> ScheduledJobs:
        return ScheduledJobs(
            runtime,
            self._library,
            moment=timekeeper.moment,
            source=self._settings.catalogue.name,
            wake=self._wake,
            ticked=self._ticked,
        )

    def _slack(
        self,
        runtime: Runtime,
        gateway: Gateway,
        bot_user: str,
        watch: CheckLoop,
        ways: tuple[Secret, ...],
    ) -> tuple[Handler, HomeTab]:
        people = Users(runtime, gateway)
        self._user_prefetch = UserPrefetch(runtime, people)
        poster = Poster(runtime, gateway)
        private = self._settings.private_channels
        locations = ChannelLocations(runtime, gateway, people, poster, bot_user, private=private)
        channel_view = ChannelView(runtime, gateway, people, poster, locations)
        home = HomeTab(runtime, gateway, people)
        mail = self._mail.send if self._mail else None
        parties = OutsideParties(runtime, poster, mail, page_person(ways))
        self._sender = Dispatcher(
            runtime,
            gateway,
            people,
            poster,
            channel_view,
            locations,
            home,
            parties,
            ChannelArchiver(runtime, gateway, after=self._settings.quiet, bot_user=bot_user),
            process_id=inbox.this_process(),
            is_dead=inbox.is_dead,
        )
        handler = Handler(
            runtime,
            gateway,
            people,
            wake=self._wake,
            check_now=watch.look_now,
            timeline_emoji=self._settings.timeline_emoji,
            bot_user=bot_user,
            address=self._address,
            clean=self._secrets.clean,
            call_hook=partial(call_hook, self._clients, elsewhere=self._secrets.forms),
        )
        return handler, home

    def _watch_over(
        self, runtime: Runtime, gateway: Gateway, watch: CheckLoop, timekeeper: Timekeeper
    ) -> SelfWatch:
        self._gateway = gateway
        return SelfWatch(
            runtime,
            self._settings.heartbeat_url,
            timekeeper=timekeeper,
            dark=lambda: gateway.dark_since is not None,
            late=watch.overdue,
            wake=self._wake,
            metrics=self._metrics,
        )

    def _bolt(self, client: AsyncWebClient, handler: Handler, home: HomeTab) -> AsyncApp:
        secret = self._settings.signing_secret.reveal() or None
        http_mode = not self._settings.app_token
        return build_app(client, handler, home, signing_secret=secret if http_mode else None)

    async def _serve(self, stack: AsyncExitStack) -> web.AppRunner:
        """Health, metrics and heartbeats, and Slack's requests in HTTP mode; from the first moment
        on, so that whoever asks hears what the start waits for."""
        application = web_app(
            mailbox=self._letterbox,
            ready=self._vitals.parts,
            alive=self._vitals.alive,
            metrics=self._metrics,
            now=self._clock,
            routes=self._routes(),
            clean=self._secrets.cleaned,
        )
        runner = await set_up(application, shutdown_s=2.0)
        stack.push_async_callback(runner.cleanup)
        host, port = self._settings.http_host, self._settings.http_port
        try:
            await web.TCPSite(runner, host, port, backlog=_BACKLOG).start()
        except OSError as error:
            raise BotError(
                f"Cannot serve on {host}:{port}: {error.strerror}."
                " Choose another address with FIRSTLANE_HTTP."
            ) from error
        self._port = runner.addresses[0][1]
        return runner

    def _routes(self) -> list[web.RouteDef]:
        routes = hook_routes(self._letterbox, self._clock, self._secrets.cleaned)
        if not self._settings.app_token:
            routes.append(web.post("/slack/events", self._events))
        return routes

    async def _events(self, request: web.Request) -> web.Response:
        if self._bolt_app is None:
            return web.Response(status=503, text=STARTS)  # Slack delivers it again
        secret = self._settings.signing_secret.reveal()
        return await http_events(self._bolt_app, secret)(request)

    async def _start(
        self,
        stack: AsyncExitStack,
        watch: CheckLoop,
        app: AsyncApp,
        calendar: ReleaseCalendar,
        work: ScheduledJobs,
    ) -> None:
        assert self._sender is not None
        assert self._self_watch is not None
        assert self._user_prefetch is not None
        assert self._gateway is not None
        self._spawn(stack, "vitals", self._vitals.run())
        self._spawn(stack, "record", watch.record())
        self._spawn(stack, "sender", self._sender.run(self._intervals.send))
        self._listen(stack, app, self._gateway)
        slack = readiness.slack_of(self._gateway, lambda: self._supervisor, self._steady)
        self._vitals.looks = readiness.looks(watch, self._self_watch, slack, self._library)
        self._metronome = Metronome(
            {
                "ask_slack": (self._ask_slack, self._intervals.turn_over),
                "checks": (watch.look, self._intervals.look),
                "deadlines": (work.tick, self._intervals.tick),
                "reload": (work.reload, self._intervals.reload),
                "governance": (partial(work.round, audit.tick), self._intervals.govern),
                "expiry": (partial(work.round, credential_expiry.tick), self._intervals.expiry),
                "channels": (
                    partial(work.round, partial(channels.tick, after=self._settings.quiet)),
                    self._intervals.expiry,
                ),
                "releases": (calendar.look, self._intervals.releases),
                "prefetch_users": (self._user_prefetch.meet, self._intervals.prefetch_users),
                "audit": (self._self_watch.audit, self._intervals.audit),
                "turn_over": (self._self_watch.turn_over, self._intervals.turn_over),
                "beat": (self._self_watch.beat, self._intervals.beat),
                "prune": (work.prune, self._intervals.prune),
            }
        )

    def _listen(self, stack: AsyncExitStack, app: AsyncApp, gateway: Gateway) -> None:
        if self._settings.app_token:
            token = self._settings.app_token.reveal()
            self._supervisor = Supervisor(app, token, self._intervals.socket, gateway.answers)
            self._spawn(stack, "socket", self._supervisor.run())

    async def _keep_time(self, stack: AsyncExitStack, timekeeper: Timekeeper) -> None:
        """Put right what a wrong clock left behind, before anything is done by it."""
        await timekeeper.look()
        self._spawn(stack, "clock", beaten("clock", timekeeper.look, self._intervals.tick))
        # Last, so that nothing recurs by a clock that was not looked at.
        self._metronome.start()
        stack.push_async_callback(self._metronome.stop)
        self._vitals.starting = ""

    def _beat_again(self) -> None:
        self._metronome.again()
        self._wake()

    def _spawn(self, stack: AsyncExitStack, name: str, work: Awaitable[None]) -> None:
        async def run() -> None:
            await work

        # Kept by name: asyncio holds tasks weakly, and `wait` ends when one of them fails.
        task = asyncio.create_task(run(), name=name)
        self._tasks[name] = task
        stack.push_async_callback(_stopped, task)

    def _ticked(self) -> None:
        if self._self_watch is not None:
            self._self_watch.ticked()

    def _wake(self) -> None:
        if self._sender is not None:
            self._sender.wake()

    async def _ask_slack(self) -> None:
        """Ask Slack for a sign: nothing may have to be said for hours, and then it has to be
        there."""
        assert self._gateway is not None
        answered = self._gateway.answered_at
        if answered is None or self._steady() - answered >= readiness.ASK_AFTER_S:
            await self._gateway.answers()


async def _stopped(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
