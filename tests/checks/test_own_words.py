"""What our own checks say has the meaning that they know, whatever words came with it."""

from datetime import timedelta

import pytest

from bot.checks.probe import Tools
from bot.checks.probes.heartbeat import probe as heartbeat
from bot.checks.probes.http import probe as http
from bot.core.estate.catalogue import Catalogue
from bot.core.monitoring.heartbeat import Ping, PingKind, fold
from bot.core.monitoring.signals import Cause, Reading
from bot.core.triage.facts import MEANT, ConnectionRecord, LastLooks, gather
from bot.core.triage.playbook import ErrorClass, match
from tests.builders import a_check, a_connection
from tests.checks.conftest import NOW, FarEnd, Memory, spec
from tests.shipped import shipped_playbook

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
PLAYBOOK = shipped_playbook()
# Of these the answer itself says what is wrong, or nothing failed.
TELLS_NOTHING = {Cause.STATUS, Cause.LACKING, Cause.OWN_NETWORK, Cause.NOT_CALLED}


@pytest.mark.parametrize("cause", [one for one in Cause if one not in TELLS_NOTHING])
def test_how_a_look_ended_has_a_meaning_without_any_word_of_it(cause: Cause) -> None:
    seen = LastLooks(errors=("glorp",), calls={"glorp": cause})
    record = ConnectionRecord(now=NOW, seen=seen)

    facts = gather(a_connection(), Catalogue(), PLAYBOOK, record)

    assert facts.best_hits["glorp"].entry.id == MEANT[cause]


@pytest.mark.parametrize("body", ["<h1>Willkommen</h1>", "", "glorp", "[1, 2"])
async def test_an_answer_that_is_no_data_is_known_as_that(
    far_end: FarEnd, tools: Tools, body: str
) -> None:
    far_end.answers(body, content_type="text/html")
    seen = await http(
        a_check(settings={"url": far_end.url, "signals": {"status": "$.status"}}), tools, NOW
    )

    assert isinstance(seen, Reading)
    assert match(PLAYBOOK, seen.error)[0].entry.error_class is ErrorClass.CONNECTIVITY


PINGS = {
    "nothing ever": (),
    "none in time": ((PingKind.SUCCESS, 80),),
    "no end": ((PingKind.SUCCESS, 300), (PingKind.START, 15)),
    "an end too late": ((PingKind.START, 15), (PingKind.START, 14)),
}


@pytest.mark.parametrize("pings", PINGS.values(), ids=PINGS)
async def test_a_job_that_gives_no_sign_of_life_is_known_as_that(
    tools: Tools, memory: Memory, pings: tuple[tuple[PingKind, int], ...]
) -> None:
    check = spec("heartbeat", period=HOUR, grace=HOUR / 6)
    memory.seen[check.key] = NOW - timedelta(days=1)
    for kind, minutes in pings:
        one = Ping(at=NOW - timedelta(minutes=minutes), kind=kind, rid=str(minutes))
        memory.pings[check.key] = fold(memory.pings.get(check.key), one)

    seen = await heartbeat(check, tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.error
    assert match(PLAYBOOK, seen.error)[0].entry.error_class is ErrorClass.BACKLOG
