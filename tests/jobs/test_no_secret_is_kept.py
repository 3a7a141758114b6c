"""Whatever way in a secret of the estate takes, and however it is written: it is in no table."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import pytest

from bot.checks.clients import Clients
from bot.checks.http.settings import HttpSettings
from bot.checks.probe import ProbeKind, Tools
from bot.checks.runner import Runner
from bot.checks.secrets.estate_secrets import EstateSecrets
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.heartbeat import Ping, PingKind
from bot.core.monitoring.signals import Blind, FailedRecords, Observation, Reading
from bot.flows.estate import ping_addresses
from bot.jobs import CheckLoop, Timekeeper
from bot.jobs.intake import Intake
from bot.language.redaction import Secret
from bot.runtime import Runtime
from bot.store.store import Store
from bot.store.tx import Tx
from slack_standin.state.clock import Clock
from tests.builders import NOW, a_check, a_connection, an_estate, knowledge_of
from tests.checks.secrets.test_canary import CANARY, NOTATIONS, notations

pytestmark = pytest.mark.anyio
LOGIN = f"int-user:{CANARY}"
WAYS = ("error", "status", "group", "id", "currency", "blind", "note", "run", "changed", "reporter")


class Echo:
    """A far end and a job that repeat a text, by one way after the other."""

    said = ""
    way = "error"

    async def probe(self, spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
        said = {self.way: self.said}
        if self.way == "blind":
            return Blind(at=now, reason=self.said)
        group = FailedRecords(
            text=said.get("group", "wrong"),
            count=1,
            sample_ids=(said.get("id", "1"),),
            currency=said.get("currency", "EUR"),
        )
        signals = {"reachable": True, "status": said.get("status", "ok")}
        return Reading(at=now, signals=signals, failed=(group,), error=said.get("error", ""))

    def ping(self) -> Ping:
        said = {self.way: self.said}
        ids = (said.get("id", "1"),)
        group = FailedRecords(text=said.get("group", "wrong"), count=1, sample_ids=ids)
        return Ping(
            at=NOW,
            kind=PingKind.FAIL,
            failed=(group,),
            rid=said.get("run", "7"),
            note=said.get("note", ""),
            about=said.get("reporter", ""),
            changed=(said["changed"],) if "changed" in said else (),
        )


async def _never(_: str) -> Ping | None:
    return None


async def _now(_: str) -> datetime:
    return NOW


def rows(tx: Tx) -> str:
    return "\n".join(tx.db.conn.iterdump())  # type: ignore[attr-defined]


def traces(kept: str) -> list[str]:
    forms = {one.strip("\"'=") for part in (LOGIN, CANARY) for one in notations(part)}
    forms |= {json.dumps(form)[1:-1] for form in forms} | {"S3CRET", "int-user"}
    return [form for form in forms if form in kept]


@dataclass
class House:
    echo: Echo
    store: Store
    watch: CheckLoop
    intake: Intake

    async def hears(self) -> str:
        """All rows after a look and a message."""
        token = await self.store.run(ping_addresses.ping_token, "orders/job")
        await self.watch.look_now("orders")
        async with asyncio.TaskGroup() as tasks:
            storing = tasks.create_task(self.intake.run())
            await self.intake.take(token, self.echo.ping())
            storing.cancel()
        return await self.store.run(rows)


@asynccontextmanager
async def a_house() -> AsyncIterator[House]:
    """The check that looks is not the one that the secret is of."""
    look = a_check(settings={"url": "https://far.example"}, rules=(), confirm=1)
    job = a_check(id="job", kind="heartbeat", rules=(), settings={"period": "1h"})
    estate_of_it = an_estate(a_connection(checks=(look, job)), secrets=frozenset({Secret(LOGIN)}))
    knowledge = knowledge_of(estate_of_it)
    store, clients, echo = await Store.open(None), Clients(), Echo()
    runtime = Runtime(
        store=store, knowledge=lambda: knowledge, clock=lambda: NOW, steady=Clock().steady
    )
    timekeeper = Timekeeper(runtime, wake=lambda: None)
    secrets = EstateSecrets(lambda: knowledge.catalogue)
    tools = Tools(http=clients, last_ping=_never, first_seen=_now, elsewhere=secrets.forms)
    runner = Runner(tools, {"http": ProbeKind(HttpSettings, echo.probe)})
    watch = CheckLoop(runtime, runner, timekeeper, wake=lambda: None)
    yield House(echo, store, watch, Intake(runtime, clean=secrets.clean))
    await watch.close()
    await clients.close()
    await store.close()


@pytest.mark.parametrize("way", WAYS)
async def test_no_secret_of_the_estate_is_in_any_table(way: str) -> None:
    async with a_house() as house:
        house.echo.way = way
        for part in (LOGIN, CANARY, "int-user"):
            texts = [write(part) for write in NOTATIONS.values()]
            for house.echo.said in (", ".join(texts[:20]), ", ".join(texts[20:])):
                kept = await house.hears()

                assert "orders/job" in kept
                assert traces(kept) == []
