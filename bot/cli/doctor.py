"""`firstlane doctor`: is everything set up, and does the bot's own work go on?"""

import argparse
import asyncio
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from slack_sdk.web.async_client import AsyncWebClient

from bot.app.loading import open_library
from bot.clock import utc_now
from bot.core.governance.audit.situation import few
from bot.core.knowledge import Knowledge
from bot.delivery.email import mail_server
from bot.delivery.page import ways_from
from bot.flows import processes, self_check
from bot.flows.monitoring import health
from bot.flows.people.presence import Reach, reach_now
from bot.flows.work import Work
from bot.language.errors import BotError
from bot.language.marks import render
from bot.language.units import say_count, say_duration
from bot.settings import Settings, read, require_slack
from bot.slack.platform import inbox
from bot.slack.platform.supervisor import identify
from bot.slack.platform.wire import slack_session
from bot.store.store import Store, can_be_written, sound
from bot.store.troubles import little_room
from bot.store.tx import Tx
from bot.terminal.printing import print_json

_PATIENCE_S = 5.0
SILENT = timedelta(minutes=1)  # a running bot shows every few seconds that it lives


@dataclass(frozen=True, slots=True)
class DoctorLine:
    """One thing that was looked at. `state` is ok, wrong or advice."""

    what: str
    state: str
    words: str


def run(arguments: argparse.Namespace) -> int:
    """0 when nothing is wrong, 1 otherwise; advice is not wrong."""
    settings = read(os.environ)
    found = asyncio.run(examine(settings, utc_now()))
    if arguments.json:
        print_json([asdict(line) for line in found])
    else:
        marks = {"ok": "✓", "wrong": "✗", "advice": "·"}
        width = max(len(line.what) for line in found)
        for line in found:
            print(f"{marks[line.state]} {line.what:{width}}  {line.words}")
    return int(any(line.state == "wrong" for line in found))


async def examine(settings: Settings, now: datetime) -> list[DoctorLine]:
    """Settings, Slack and estate first, then what the self check finds in the database; without an
    estate, whether the bot runs. Changes nothing."""
    found = [*_settings(settings), await _slack(settings)]
    try:
        library = open_library(
            settings.catalogue, environ=os.environ, now=now, extra=settings.runbooks
        )
    except BotError as error:
        found.append(DoctorLine("estate file", "wrong", str(error)))
        return [*found, *await _work(settings, None, now)]
    knowledge = library.knowledge()
    count = len(knowledge.catalogue.connections)
    found.append(DoctorLine("estate file", "ok", say_count(count, "connection")))
    return [*found, *await _work(settings, knowledge, now)]


def _settings(settings: Settings) -> list[DoctorLine]:
    fallback, smtp = settings.fallback_urls, settings.smtp_url
    found = [_tried("Slack tokens", lambda: require_slack(settings))]
    if fallback:
        found.append(_tried("fallback", lambda: ways_from(fallback.reveal())))
    if smtp:
        found.append(_tried("mail", lambda: mail_server(smtp.reveal())))
    if not fallback:
        words = (
            "FIRSTLANE_FALLBACK_URLS is not set: while Slack is"
            " down only people with a `fallback` of their own are pinged."
        )
        found.append(DoctorLine("fallback", "advice", words))
    if settings.heartbeat_url:
        return [*found, DoctorLine("heartbeat", "ok", "set")]
    words = "FIRSTLANE_HEARTBEAT_URL is not set: nobody outside notices when the bot itself stops."
    return [*found, DoctorLine("heartbeat", "advice", words)]


def _tried(what: str, check: Callable[[], object]) -> DoctorLine:
    try:
        check()
    except BotError as error:
        return DoctorLine(what, "wrong", str(error))
    return DoctorLine(what, "ok", "set")


async def _slack(settings: Settings) -> DoctorLine:
    """Whether Slack takes the bot's token now, which a start asks before all else."""
    if not settings.bot_token:
        return DoctorLine("Slack", "advice", "not asked: there is no bot token to ask with")
    async with slack_session(_PATIENCE_S) as session:
        client = AsyncWebClient(
            token=settings.bot_token.reveal(),
            base_url=settings.api_url,
            session=session,
            timeout=int(_PATIENCE_S),
            retry_handlers=[],
        )
        try:
            await identify(client)
        except BotError as error:
            return DoctorLine("Slack", "wrong", str(error))
    return DoctorLine("Slack", "ok", "answers, and takes the bot token")


async def _work(settings: Settings, knowledge: Knowledge | None, now: datetime) -> list[DoctorLine]:
    path = settings.database
    try:
        await sound(path)  # first, as a start does
        await can_be_written(path)
        if not path.exists():
            words = f"there is none yet in {settings.state}; the first run makes it"
            return [DoctorLine("database", "advice", words)]
        store = await Store.open(path)
    except BotError as error:
        return [DoctorLine("database", "wrong", str(error))]

    def look(tx: Tx) -> list[DoctorLine]:
        running = [*_disk(path), *_company(tx, now), _running(tx, path, now)]
        if knowledge is None:
            return running
        work = Work(tx, knowledge, now)
        return [*running, *_people(work), *_own(work)]

    try:
        return await store.run(look)
    finally:
        await store.close()


def _disk(path: Path) -> list[DoctorLine]:
    left = little_room(path)
    words = f"{left}: the next storm may not be stored. Make room on the disk of {path}."
    return [DoctorLine("disk", "advice", words)] if left else []


def _company(tx: Tx, now: datetime) -> list[DoctorLine]:
    """One is meant to work on a database."""
    company = processes.alive(tx, now, inbox.is_dead)
    words = (
        f"more than one Firstlane works with it: {processes.named(company)}. Stop all but one; what"
        " ended without a word is forgotten within half a minute."
    )
    return [DoctorLine("database", "wrong", words)] if len(company) > 1 else []


def _running(tx: Tx, path: Path, now: datetime) -> DoctorLine:
    """Whether anybody works on this database now."""
    last = health.last_sign(tx)
    ended = _ended(tx)
    if last is not None and now - last <= SILENT and not ended:
        words = f"runs: it gave a sign of life {say_duration(now - last)} ago"
        return DoctorLine("the bot", "ok", words)
    since = f"its last sign of life was {last:%Y-%m-%d %H:%M UTC}" if last else "it never ran here"
    since += ended if last else ""
    words = (
        f"does not run: {since}. Start `firstlane run`. If it does run, it keeps another database"
        f" than {path}: ask with its FIRSTLANE_STATE."
    )
    return DoctorLine("the bot", "wrong", words)


def _ended(tx: Tx) -> str:
    """How the last process ended, where all that worked here did; empty while one may live."""
    # A stop in order takes the note away, a kill leaves it.
    names = [one.name for one in processes.last_seen(tx)]
    if not names:
        return ", and it was stopped then"
    gone = all(inbox.is_dead(name) for name in names)
    return f", and its process is gone ({', '.join(names)})" if gone else ""


def _people(work: Work) -> list[DoctorLine]:
    """Whether everybody who is pinged or asked would be found."""
    knowledge, reach = work.knowledge, reach_now(work)
    found = _gone(reach, knowledge)
    if reach.strangers:
        names = few(map(knowledge.catalogue.person_name, reach.strangers))
        words = (
            f"not looked up yet in Slack by the address in the estate file: {names}. A running bot"
            " does so in the minutes after its start or a change of the file; ask again then."
        )
        # Two lines of one name would read as one that contradicts itself.
        found.append(DoctorLine("people" if not found else "others", "advice", words))
    return found or [DoctorLine("people", "ok", "everybody named is in Slack and there")]


def _gone(reach: Reach, knowledge: Knowledge) -> list[DoctorLine]:
    """Who cannot be reached by what Slack said of them, with what hangs on it."""
    name = knowledge.catalogue.person_name
    gone = [f"{name(person)} ({_plain(why, knowledge)})" for person, why in reach.gone.items()]
    if reach.silent:
        words = (
            f"nobody who is named for {few(reach.silent)} can be reached now: {few(gone)}."
            " Mend their addresses in the estate file, name somebody who is there, or enter a"
            " cover (`/conn cover`)."
        )
        return [DoctorLine("people", "wrong", words)]
    if reach.lost:
        named = (
            f"{name(person)} ({_plain(reach.gone[person], knowledge)}) is {few(duties)}"
            for person, duties in reach.lost.items()
        )
        words = (
            f"what they are asked or told reaches nobody: {'; '.join(named)}. Mend their addresses"
            " in the estate file, or name somebody who is there."
        )
        return [DoctorLine("people", "wrong", words)]
    if gone:
        words = (
            f"{few(gone)} cannot be reached now: others on their ladders are pinged, and what only"
            " they can answer waits."
        )
        return [DoctorLine("people", "advice", words)]
    return []


def _own(work: Work) -> list[DoctorLine]:
    faults = self_check.look(work)
    found = [
        DoctorLine(f"auditor: {one.kind}", "wrong", _plain(one.words, work.knowledge))
        for one in faults
    ]
    if beaten := work.tx.recall("heartbeat", "at"):
        found.append(DoctorLine("last heartbeat", "ok", beaten[:19] + " UTC"))
    return found or [DoctorLine("own work", "ok", "nothing is stuck")]


def _plain(text: str, knowledge: Knowledge) -> str:
    return render(
        text,
        time=lambda moment: moment.strftime("%Y-%m-%d %H:%M UTC"),
        person=knowledge.catalogue.person_name,
    )
