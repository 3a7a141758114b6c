"""`firstlane run`: the bot in a real workspace, until it is told to stop."""

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.clock import utc_now
from bot.language.units import say_count
from bot.settings import SETTINGS, Settings, read, require_slack
from bot.terminal.log_lines import OneLine

if TYPE_CHECKING:
    from bot.app.firstlane import Firstlane
    from bot.files.library import Library

log = logging.getLogger(__name__)


def run(arguments: argparse.Namespace) -> int:
    settings = read(os.environ)
    require_slack(settings)
    set_up_logging(settings.log)
    allow_many_files()
    return asyncio.run(serve(settings, os.environ))


def settings_help() -> str:
    rows = "\n".join(
        f"  {item.name:22} {item.help}{f' (default {item.default})' if item.default else ''}"
        for item in SETTINGS
    )
    return f"Settings, from the environment:\n{rows}"


async def serve(settings: Settings, environ: Mapping[str, str]) -> int:
    """Run until SIGINT or SIGTERM. Raises BotError for anything the admin can mend."""
    # Loaded after the settings were found good: a missing token is named at once.
    from bot.app.firstlane import Firstlane
    from bot.app.loading import open_library

    library = open_library(
        settings.catalogue, environ=environ, now=utc_now(), extra=settings.runbooks
    )
    told = asyncio.Event()
    start = asyncio.current_task()
    assert start is not None
    on_stop(start.cancel)  # a start may wait for a database or for Slack
    try:
        async with Firstlane(settings, library) as firstlane:
            on_stop(told.set)
            say_ready(settings, library)
            await until_told(firstlane, told)
    except asyncio.CancelledError:
        log.warning("stopped while_starting")
    return 0


def on_stop(act: Callable[[], object]) -> None:
    """Do this at SIGINT or SIGTERM, and nothing else that was said before."""
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            loop.add_signal_handler(sign, act)


def say_ready(settings: Settings, library: "Library") -> None:
    count = len(library.knowledge().catalogue.connections)
    way = "Socket Mode" if settings.app_token else "HTTP, POST /slack/events"
    print(
        f"Firstlane watches {say_count(count, 'connection')} and talks to Slack by {way}."
        f" Health: http://{settings.http_host}:{settings.http_port}/readyz",
        file=sys.stderr,
    )


async def until_told(firstlane: "Firstlane", told: asyncio.Event) -> None:
    """Return once it is told to stop; raise when the bot cannot go on."""
    waits = {asyncio.create_task(told.wait()), asyncio.create_task(firstlane.wait())}
    try:
        done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in waits:
            task.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


def allow_many_files() -> None:
    """Raise the limit of open files to what the system lets us have. The usual 1,024 would be
    used up by a burst of pings, and every check that then opens a socket would look broken."""
    with suppress(ImportError, OSError, ValueError):  # Windows has no such limit
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def set_up_logging(level: str) -> None:
    """Log to stderr."""
    logging.basicConfig(
        level=level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    # These report every call or beat at info level, which would bury our own lines.
    for noisy in ("apscheduler", "httpx", "slack_sdk"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    # What they say below this are whole requests and answers, with logins and bound values.
    for wordy in ("httpcore", "hpack", "asyncssh", "sqlalchemy", "urllib3", "apprise", "aiohttp"):
        logging.getLogger(wordy).setLevel(max(logging.WARNING, logging.getLevelName(level.upper())))
    # It names every beat that it leaves out while the one before is still at work.
    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    # It warns of our own way of giving it a client, and of sockets that our supervisor watches.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    for reader in ("aiohttp.server", "slack_bolt"):
        logging.getLogger(reader).addFilter(OneLine())
