"""Whatever a command prints or writes, times and people are written out."""

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest

from bot.checks import settings_models
from bot.cli import main
from bot.clock import utc_now
from bot.core.incidents.severity import Severity
from bot.core.monitoring.heartbeat import Ping, PingKind
from bot.core.monitoring.signals import CheckResult, Reading, Signal
from bot.files.content import example_catalogue
from bot.files.library import Library
from bot.flows import handle_absence, looks
from bot.flows.incidents import open_incident, respond
from bot.store.store import Store
from tests.builders import runtime_of
from tests.unmarked import raw_marks

EXAMPLE = str(example_catalogue())


async def _lived(state: Path) -> None:
    """A bot has been at work here: an incident each by a check and by hand, a cover, a ping."""
    library = Library(Path(EXAMPLE), environ=os.environ, kinds=settings_models())
    now = utc_now()
    library.reload(now)
    knowledge = library.knowledge()
    shop = knowledge.catalogue.connections["shop-orders"]
    bad = Reading(at=now, signals={Signal.REACHABLE: False}, error="HTTP 401 invalid_client")
    results = [CheckResult(check=spec.key, observation=bad) for spec in shop.checks] * 6
    store = await Store.open(state / "firstlane.sqlite3")
    do, owner = runtime_of(store, knowledge, now).do, shop.owners.technical
    assert owner is not None
    await do(looks.record, results)
    await do(respond.acknowledge, 1, owner)
    other = next(one for one in knowledge.catalogue.connections.values() if one is not shop)
    said = open_incident.Report(by=owner, why="it is down", severity=Severity.SEV1)
    await do(open_incident.declare, other, said)
    boss = shop.owners.architecture
    away = {"person": owner, "stand_in": boss, "until": now + timedelta(days=1), "by": owner}
    await do(handle_absence.enter, **away)
    for spec in looks.all_checks(knowledge.catalogue):
        if spec.kind == "heartbeat":
            ping = Ping(at=now, kind=PingKind.START, rid="7")
            await store.run(lambda tx, key=spec.key, ping=ping: tx.save_ping(key, ping))
    await store.close()


@pytest.mark.parametrize("with_database", [True, False])
def test_no_command_prints_a_mark(
    with_database: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    state = tmp_path / "state"
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FIRSTLANE_STATE", str(state))
    monkeypatch.setenv("FIRSTLANE_CATALOGUE", EXAMPLE)
    monkeypatch.setenv("FIRSTLANE_ESTATE", "http://127.0.0.1:9")
    if with_database:
        state.mkdir()
        asyncio.run(_lived(state))
    for words in (
        *("check", "check --explain", "check --json --explain", "doctor", "doctor --json"),
        *("audit", "audit --json", "audit shop-orders", "kpi", "kpi --json", "lanes", "playbook"),
        *("releases list", "releases list --json", "addresses", "volume shop-orders", "validate"),
        *(f"handbook --format {form} --out book.{form}" for form in ("md", "html", "csv")),
    ):
        main(words.split())
        said = capsys.readouterr()
        assert raw_marks(said.out + said.err) == [], words
    for question in ("who owns the web shop orders?", "who covers?", "what changed?", "who is on?"):
        main(["ask", question])
        assert raw_marks(capsys.readouterr().out) == [], question
    for book in tmp_path.glob("book.*"):
        assert raw_marks(book.read_text(encoding="utf-8")) == [], book.name
