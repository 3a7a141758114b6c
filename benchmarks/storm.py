"""A storm: a thousand connections fail at once, and everybody who has to act must hear of it.

The real bot over real sockets, against the local Slack stand-in with Slack's limits in force. Read
the counts; the seconds are this machine's, except where Slack's own allowances set them.
"""

import argparse
import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot.app.firstlane import Firstlane
from bot.app.schedule import Intervals
from bot.checks import settings_models
from bot.cli.standin import app_manifest
from bot.files.library import Library
from bot.language.redaction import Secret
from bot.settings import Settings
from slack_standin.acts.call_log import LoggedCall
from slack_standin.server import Member, Standin

PING = "You are the first responder"
ERRORS = (
    "HTTP 401 invalid_client",
    "HTTP 503 Service Unavailable",
    "connect ECONNREFUSED",
    "The field Posting Group must have a value",
)


INTERVALS = Intervals(prefetch_users=timedelta(seconds=5))  # what takes minutes after a first start


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """`causes` pairs of systems share the connections, `crew` responders share each cause."""

    connections: int = 1000
    causes: int = 10
    crew: int = 6
    every: int = 10  # seconds between two looks

    @property
    def people(self) -> list[str]:
        crews = [f"r{cause}-{one}" for cause in range(self.causes) for one in range(self.crew)]
        return [*crews, *(f"owner{cause}" for cause in range(self.causes)), "keeper"]

    def responder(self, number: int) -> str:
        return f"r{number % self.causes}-{number // self.causes % self.crew}"

    @property
    def pings(self) -> int:
        """One for each responder of each cause, however many connections are theirs."""
        return len({self.responder(number) for number in range(self.connections)})


def member(person: str) -> Member:
    return Member(name=person, real_name=person.title(), email=f"{person}@example.com")


def estate(plan: Plan, url: str) -> str:
    """The estate file. Half of the causes are a shared credential, half a dead system."""
    check = (
        'signals: {status: $.status}, failed: {path: "$.errors[*]", text: text, count: count},'
        ' rules: [{signal: status, fail: "!= ok"}]'
    )
    rows = ["version: 1", "company: {name: Storm Ltd, timezone: UTC}"]
    rows += [f"defaults: {{check: {{every: {plan.every}s, timeout: 5s, confirm: 1, recover: 1}}}}"]
    rows += ["people:"]
    rows += [f"  {one}: {{name: {one.title()}, email: {one}@example.com}}" for one in plan.people]
    rows += ["systems:"]
    for cause in range(plan.causes):
        rows += [f"  shop{cause}: {{name: Shop {cause}}}", f"  erp{cause}: {{name: ERP {cause}}}"]
    rows += ["connections:"]
    for number in range(plan.connections):
        cause = number % plan.causes
        same = f", same_as: flow-{cause}/key{cause}" if number != cause else ""
        rows += [
            f"  flow-{number}:",
            f"    name: Flow {number}",
            f"    from: shop{cause}",
            f"    to: erp{cause}",
            "    criticality: critical",
            f"    owners: {{technical: owner{cause}, architecture: keeper}}",
            f"    first_responder: {plan.responder(number)}",
            f"    credentials: [{{id: key{cause}, name: Key {cause}, kind: oauth{same}}}]",
            f'    checks: [{{id: status, kind: http, url: "{url}/{number}", {check}}}]',
        ]
    return "\n".join(rows) + "\n"


@dataclass(slots=True, kw_only=True)
class Pages:
    """The connectors' status pages, all good until `broken`."""

    plan: Plan
    url: str = ""
    broken: bool = False
    seen: set[str] = field(default_factory=set)

    @asynccontextmanager
    async def served(self) -> AsyncIterator["Pages"]:
        app = web.Application()
        app.router.add_get("/{number}", self._page)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield self
        finally:
            await runner.cleanup()

    async def _page(self, request: web.Request) -> web.Response:
        number = request.match_info["number"]
        self.seen.add(number)
        error = ERRORS[int(number) % self.plan.causes % len(ERRORS)]
        errors = [{"text": error, "count": 20}] if self.broken else []
        return web.json_response({"status": "down" if errors else "ok", "errors": errors})


@dataclass(slots=True, kw_only=True)
class Storm:
    """The bot, Slack and the connectors, started and all well."""

    plan: Plan
    pages: Pages
    standin: Standin
    bot: Firstlane
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    def breaks(self) -> None:
        self.began = datetime.now(UTC)
        self.pages.broken = True

    def after(self, call: LoggedCall) -> float:
        """Seconds from the break to the call."""
        return (datetime.fromisoformat(call.ts) - self.began).total_seconds()

    @property
    def calls(self) -> list[LoggedCall]:
        return [call for call in self.standin.services.log.calls if self.after(call) >= 0]

    @property
    def pings(self) -> list[tuple[str, float]]:
        """Slack user and seconds of every ping that arrived, oldest first."""
        channels = self.standin.workspace.channels
        return [
            (next(iter(channels[call.args["channel"]].members)), self.after(call))
            for call in self.calls
            if call.method == "chat.postMessage" and call.ok and PING in str(call.args.get("text"))
        ]

    @property
    def pinged_channels(self) -> Counter[str]:
        posts = (call for call in self.calls if call.method == "chat.postMessage" and call.ok)
        return Counter(str(call.args["channel"]) for call in posts if PING in str(call.args))

    @property
    def channels(self) -> list[str]:
        channels = self.standin.workspace.channels.values()
        return [
            channel.name for channel in channels if channel.name and channel.name.startswith("inc-")
        ]


@asynccontextmanager
async def storm(plan: Plan, folder: Path, *, warm: bool = True) -> AsyncIterator[Storm]:
    """Everything up and looked at once; with `warm`, the people are known to the bot too."""
    async with AsyncExitStack() as stack:
        pages = await stack.enter_async_context(Pages(plan=plan).served())
        standin = await stack.enter_async_context(
            Standin(members=[member(one) for one in plan.people], manifest=app_manifest())
        )
        file = folder / "connections.yaml"
        file.write_text(estate(plan, pages.url), encoding="utf-8")
        library = Library(file, environ={}, kinds=settings_models())
        library.reload(datetime.now(UTC))
        assert library.usable, library.catalogue_problems
        settings = Settings(
            bot_token=Secret(standin.bot_token),
            app_token=Secret(standin.app_token),
            signing_secret=Secret(standin.signing_secret),
            api_url=standin.api_url,
            catalogue=file,
            runbooks=None,
            state=folder,
            http_host="127.0.0.1",
            http_port=0,
            log="warning",
        )
        intervals = INTERVALS if warm else Intervals()
        bot = await stack.enter_async_context(Firstlane(settings, library, intervals=intervals))
        running = Storm(plan=plan, pages=pages, standin=standin, bot=bot)
        await until(lambda: len(pages.seen) == plan.connections)
        if warm:
            await until(lambda: opened(standin) >= len(plan.people) - 1)
        yield running


def opened(standin: Standin) -> int:
    return sum(call.ok for call in standin.services.log.of("conversations.open"))


async def until(holds: Callable[[], bool], patience: float = 600) -> None:
    async with asyncio.timeout(patience):
        while not holds():  # noqa: ASYNC110 - what it waits for happens in another program
            await asyncio.sleep(0.1)


def report(run: Storm) -> list[str]:
    plan, pings = run.plan, run.pings
    limited = Counter(call.method for call in run.calls if call.status == 429)
    methods = Counter(call.method for call in run.calls)
    made = [run.after(c) for c in run.calls if c.method == "conversations.create" and c.ok]
    return [
        f"{plan.connections} connections, {plan.causes} causes, {plan.pings} first responders",
        f"pings: {len(pings)}, the last after {max((at for _, at in pings), default=0):.1f} s;"
        f" twice to the same person for one cause: {len(pings) - len(run.pinged_channels)}",
        f"channels: {len(run.channels)}, the last after {max(made, default=0):.1f} s",
        f"answers 429: {sum(limited.values())} {dict(limited)}",
        "calls: " + ", ".join(f"{name} {count}" for name, count in methods.most_common()),
    ]


async def measure(plan: Plan, seconds: float, *, warm: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with storm(plan, Path(folder), warm=warm) as run:
            run.breaks()
            end = asyncio.get_running_loop().time() + seconds
            while asyncio.get_running_loop().time() < end:
                await asyncio.sleep(0.5)
                if len(run.pings) >= plan.pings and len(run.channels) >= plan.causes:
                    await asyncio.sleep(5)  # whatever comes too often comes now
                    break
            print("\n".join(report(run)), flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=1000)
    parser.add_argument("--causes", type=int, nargs="+", default=[10, 40])
    parser.add_argument("--crew", type=int, default=4, help="first responders of each cause")
    parser.add_argument("--seconds", type=float, default=240, help="give up after so long")
    parser.add_argument("--cold", action="store_true", help="the bot knows nobody in Slack yet")
    given = parser.parse_args(argv)
    for causes in given.causes:
        plan = Plan(connections=given.connections, causes=causes, crew=given.crew)
        asyncio.run(measure(plan, given.seconds, warm=not given.cold))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
