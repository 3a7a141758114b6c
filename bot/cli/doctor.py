"""`firstlane doctor`: is everything set up, and does the bot's own work go on?"""

import argparse
import asyncio
import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime

from bot.cli.loading import open_library
from bot.clock import utc_now
from bot.core.errors import BotError
from bot.core.text import render
from bot.core.units import say_count
from bot.flows import auditor
from bot.paging import ways_from
from bot.ports import Knowledge, Tx
from bot.settings import Settings, read, require_slack
from bot.store.sqlite import SqliteStore, sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at. `state` is ok, wrong or advice."""

    what: str
    state: str
    words: str


def run(arguments: argparse.Namespace) -> int:
    """0 when nothing is wrong, 1 otherwise; advice is not wrong."""
    settings = read(os.environ)
    found = asyncio.run(examine(settings, utc_now()))
    if arguments.json:
        print(json.dumps([asdict(line) for line in found], ensure_ascii=False, indent=2))
    else:
        marks = {"ok": "✓", "wrong": "✗", "advice": "·"}
        width = max(len(line.what) for line in found)
        for line in found:
            print(f"{marks[line.state]} {line.what:{width}}  {line.words}")
    return int(any(line.state == "wrong" for line in found))


async def examine(settings: Settings, now: datetime) -> list[Line]:
    """Settings and estate first, then what the auditor finds in the database. Changes nothing."""
    found = [*_settings(settings)]
    try:
        library = open_library(settings.catalogue, environ=os.environ, now=now)
    except BotError as error:
        return [*found, Line(what="estate file", state="wrong", words=str(error))]
    knowledge = library.knowledge()
    count = len(knowledge.catalogue.connections)
    found.append(Line(what="estate file", state="ok", words=say_count(count, "connection")))
    return [*found, *await _work(settings, knowledge, now)]


def _settings(settings: Settings) -> list[Line]:
    found = []
    for what, check in (
        ("Slack tokens", lambda: require_slack(settings)),
        ("fallback", lambda: ways_from(settings.fallback_urls.reveal())),
    ):
        try:
            check()
        except BotError as error:
            found.append(Line(what=what, state="wrong", words=str(error)))
        else:
            found.append(Line(what=what, state="ok", words="set"))
    unset = {
        "fallback": (
            settings.fallback_urls,
            "FIRSTLANE_FALLBACK_URLS is not set: while Slack is"
            " down only people with a `fallback` of their own are pinged.",
        ),
        "heartbeat": (
            settings.heartbeat_url,
            "FIRSTLANE_HEARTBEAT_URL is not set: nobody outside notices when the bot itself stops.",
        ),
    }
    for what, (value, advice) in unset.items():
        if not value:
            found = [line for line in found if line.what != what]
            found.append(Line(what=what, state="advice", words=advice))
        elif what == "heartbeat":
            found.append(Line(what=what, state="ok", words="set"))
    return found


async def _work(settings: Settings, knowledge: Knowledge, now: datetime) -> list[Line]:
    if not settings.database.exists():
        words = f"there is none yet in {settings.state}; the first run makes it"
        return [Line(what="database", state="advice", words=words)]
    try:
        await sound(settings.database)
        store = await SqliteStore.open(settings.database)
    except BotError as error:
        return [Line(what="database", state="wrong", words=str(error))]

    def look(tx: Tx) -> tuple[list[Line], str | None]:
        ailments = auditor.look(tx, knowledge.catalogue, now)
        found = [
            Line(what=f"auditor: {one.kind}", state="wrong", words=_plain(one.words, knowledge))
            for one in ailments
        ]
        return found, tx.fixture("heartbeat", "at")

    try:
        wrong, beaten = await store.run(look)
    finally:
        await store.close()
    if beaten:
        wrong.append(Line(what="last heartbeat", state="ok", words=beaten[:19] + " UTC"))
    return wrong or [Line(what="own work", state="ok", words="nothing is stuck")]


def _plain(text: str, knowledge: Knowledge) -> str:
    return render(
        text,
        time=lambda moment: moment.strftime("%Y-%m-%d %H:%M UTC"),
        person=knowledge.catalogue.person_name,
    )
