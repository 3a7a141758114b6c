"""`firstlane demo`: a local Slack, a simulated estate and the real bot between them.

One process, three servers, real sockets. What people did stays in the state folder, so that the
next start goes on where this one ended.
"""

import argparse
import asyncio
import json
import os
import sys
import webbrowser
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.app.firstlane import Firstlane
from bot.app.loading import usable
from bot.checks import settings_models
from bot.checks.probes.heartbeat import HeartbeatSettings
from bot.cli.run import on_stop, set_up_logging, until_told
from bot.cli.standin import app_manifest, port_in_use
from bot.clock import utc_now
from bot.core.estate.catalogue import Catalogue
from bot.core.estate.check_spec import CheckSpec
from bot.core.estate.pacing import paced
from bot.files.content import example_catalogue
from bot.files.library import Library
from bot.language.errors import Invalid
from bot.language.redaction import Secret
from bot.settings import Settings, cache_folder, log_level
from estate_sim.estate import Estate
from estate_sim.world import EstateConnection
from slack_standin.server import Member, Standin

WORKSPACE = "slack.sqlite3"  # what a demo has and a bot has not
SWITCHES = "switches.json"  # of the simulated estate
HOST = "127.0.0.1"
PERIOD, GRACE = timedelta(minutes=45), timedelta(minutes=15)  # of jobs, before the pace


def run(arguments: argparse.Namespace) -> int:
    set_up_logging(log_level(os.environ.get("FIRSTLANE_LOG", "").strip() or "warning"))
    state: Path = arguments.state
    # `--fresh` deletes, and a real bot's database must never be what it deletes.
    if (state / "firstlane.sqlite3").exists() and not (state / WORKSPACE).exists():
        raise Invalid(
            f"{state} is the folder of a bot, not of a demo: give another one as --state."
        )
    state.mkdir(parents=True, exist_ok=True)
    if arguments.fresh:
        for path in state.glob("*.sqlite3*"):
            path.unlink()
        (state / SWITCHES).unlink(missing_ok=True)
    return asyncio.run(_demo(arguments))


async def _demo(arguments: argparse.Namespace) -> int:
    _say(arguments, "Reading the example estate …")
    async with AsyncExitStack() as stack:
        library = _library(arguments)
        catalogue = library.knowledge().catalogue
        for problem in library.catalogue_problems:
            _say(arguments, f"  On purpose, as a finding of /conn audit: {problem.message}")
        slack, estate = await _world(stack, arguments, catalogue)
        _say(arguments, "Starting the bot …")
        firstlane = await stack.enter_async_context(Firstlane(_settings(arguments, slack), library))
        await _beat(estate, firstlane, catalogue)
        told = asyncio.Event()
        on_stop(told.set)  # before anybody is told that it runs
        _ready(arguments, slack, estate, catalogue)
        await until_told(firstlane, told)
        _say(arguments, "\nStopping. The next start goes on from here.")
    return 0


def _library(arguments: argparse.Namespace) -> Library:
    path = example_catalogue()
    library = Library(
        path,
        environ={**os.environ, "FIRSTLANE_ESTATE": f"http://{HOST}:{arguments.port + 1}"},
        kinds=settings_models(),
        cache=cache_folder(os.environ, arguments.state),
        adapt=lambda catalogue: paced(with_quick_jobs(catalogue), arguments.pace),
    )
    library.reload(utc_now())
    return library if library.usable else usable(library, path)


def with_quick_jobs(catalogue: Catalogue) -> Catalogue:
    """The same estate, where no job runs less often than `PERIOD`: at the demo's pace, nobody
    would wait for the silence of a nightly one."""
    connections = {
        key: replace(item, checks=tuple(map(_quick, item.checks)))
        for key, item in catalogue.connections.items()
    }
    return replace(catalogue, connections=connections)


def _quick(spec: CheckSpec) -> CheckSpec:
    if not isinstance(spec.settings, HeartbeatSettings):
        return spec
    told = spec.settings
    often = {"period": min(told.period, PERIOD), "grace": min(told.grace, GRACE)}
    return replace(spec, settings=told.model_copy(update=often))


async def _world(
    stack: AsyncExitStack, arguments: argparse.Namespace, catalogue: Catalogue
) -> tuple[Standin, Estate]:
    _say(arguments, "Starting the local Slack …")
    slack = Standin(
        members=tuple(
            Member(
                name=person.id,
                real_name=person.name,
                email=person.email or "",
                title=person.title,
                tz=person.timezone,
            )
            for person in catalogue.people.values()
        ),
        manifest=app_manifest(),
        channels=(catalogue.announce_channel,) if catalogue.announce_channel else (),
        state=arguments.state / WORKSPACE,
        log_calls=arguments.log_calls,
        host=HOST,
        port=arguments.port,
    )
    await _enter(stack, slack, arguments.port)
    _say(arguments, "Starting the simulated estate …")
    estate = Estate(
        connections=_simulated(catalogue),
        host=HOST,
        port=arguments.port + 1,
        pace=arguments.pace,
        slack_url=slack.url,
        state=arguments.state / SWITCHES,
    )
    await _enter(stack, estate, arguments.port + 1)
    return slack, estate


async def _enter(stack: AsyncExitStack, server: Standin | Estate, port: int) -> None:
    try:
        await stack.enter_async_context(server)
    except OSError as error:
        raise port_in_use(HOST, port, error) from error


def _simulated(catalogue: Catalogue) -> tuple[EstateConnection, ...]:
    return tuple(
        EstateConnection(
            id=item.id,
            name=item.name,
            source=item.source,
            target=item.target,
            source_name=catalogue.system_name(item.source),
            target_name=catalogue.system_name(item.target),
            both_ways=item.both_ways,
            ping_every=_period(catalogue, item.id),
        )
        for item in catalogue.connections.values()
    )


def _period(catalogue: Catalogue, connection: str) -> timedelta:
    """How often the simulated job runs, in simulated time: far more often than its check expects,
    so that whoever mends it sees that soon."""
    for spec in catalogue.connections[connection].checks:
        if isinstance(spec.settings, HeartbeatSettings):
            return spec.settings.period
    return timedelta(hours=1)


async def _beat(estate: Estate, firstlane: Firstlane, catalogue: Catalogue) -> None:
    """Let the simulated jobs call the bot's heartbeat addresses."""
    for connection in catalogue.connections.values():
        for spec in connection.checks:
            if spec.kind == "heartbeat":
                estate.push_to(connection.id, await firstlane.ping_url(spec.key))


def _settings(arguments: argparse.Namespace, slack: Standin) -> Settings:
    return Settings(
        bot_token=Secret(slack.bot_token),
        app_token=Secret(slack.app_token),
        signing_secret=Secret(slack.signing_secret),
        api_url=slack.api_url,
        catalogue=example_catalogue(),
        runbooks=None,
        state=arguments.state,
        http_host=HOST,
        http_port=arguments.port + 2,
        log="warning",
    )


def _ready(
    arguments: argparse.Namespace, slack: Standin, estate: Estate, catalogue: Catalogue
) -> None:
    address = f"{slack.url}/?as={_first_member(slack, catalogue)}"
    health = f"http://{HOST}:{arguments.port + 2}/readyz"
    if arguments.headless:
        found = {"slack": address, "estate": estate.url, "api_url": slack.api_url, "health": health}
        print(json.dumps(found), flush=True)
        return
    print(
        f"\n  Local Slack   {address}\n  The estate    {estate.url}\n\n"
        "Open both. In the estate, switch on “Credential expired” for the web shop orders, and\n"
        "watch the local Slack. What checks and people wait for (intervals, the ages that rules\n"
        f"allow, the ladder, leases) is {arguments.pace:g} times shorter than in the file; contract"
        " times, the\nlimits of runbook steps, tolerances and end dates are as there.\n"
        "Ctrl-C stops everything; starting again goes on from there.",
        flush=True,
    )
    if not arguments.no_browser:
        webbrowser.open(address)


def _first_member(slack: Standin, catalogue: Catalogue) -> str:
    """Slack id of the first responder of the estate's first connection: who sees the most."""
    first = next(iter(catalogue.connections.values()), None)
    name = first.first_responder if first else None
    users = slack.workspace.users.values()
    return next((user.id for user in users if user.name == name), "")


def _say(arguments: argparse.Namespace, text: str) -> None:
    if not arguments.headless:
        print(text, file=sys.stderr, flush=True)
