"""A letter about one connection of several shows what that one says, and the error that stands for
all of them only beside it."""

import re

import pytest

from bot.core.incidents.correlation import BY_HAND
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.address import ToPersonElsewhere
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What
from bot.flows.outbox import fallback
from tests.builders import MINUTE
from tests.flows.incidents.grouping.test_shared_outage import ERROR, Outage, outage

pytestmark = pytest.mark.anyio


async def says(scene: Outage, *errors: str) -> None:
    """The flows that fail, each with words of its own or with none."""
    for place, text in enumerate(errors):
        groups = (FailedRecords(text=text, count=20),) if text else ()
        seen = Reading(at=scene.now, signals={Signal.FAILED: 20.0}, failed=groups)
        await scene.records(seen, check=f"flow-{place}/api")
    scene.later(MINUTE)


@pytest.mark.parametrize(
    "errors",
    [
        (ERROR, ERROR, ERROR),
        (ERROR, "unit code 7 is unknown", "period 2026-11 is shut"),
        (ERROR, "unit code 7 is unknown", ""),
        ("", "unit code 7 is unknown", ERROR),
    ],
)
async def test_each_letter_shows_the_error_of_its_own_connection(errors: tuple[str, ...]) -> None:
    async with await outage([(20, 0)] * len(errors)) as scene:
        sent = await scene.post()
        await says(scene, *errors)
        view = await scene.view()
        spoken = next(text for text in errors if text)
        about = [one for one in sent if one.facts.get("parts")]
        assert {one.what for one in about} >= {What.OWNER_ALERT}
        for letter in about:
            places = [int(str(one).removeprefix("flow-")) for one in letter.facts["parts"]]
            own = [f"Flow {chr(65 + one)}: {errors[one]}" for one in places if errors[one]]
            shown = str((await scene.read(letter)).blocks)

            found = re.findall(r"\*Error:\* (.*?)\\n", shown)
            beside = re.findall(r"\*Shared cause, Big ERP:\* (.*?)\\n", shown)

            assert found == (list(dict.fromkeys(own))[:3] or [view.error])
            others = spoken not in {errors[one] for one in places}
            assert beside == ([view.error] if own and others else [])


async def test_by_another_way_it_is_the_same() -> None:
    async with await outage([(20, 0), (20, 0)]) as scene:
        await says(scene, ERROR, "unit code 7 is unknown")
        letter = OutboxMessage(
            id=1,
            kind="say",
            stream="fallback:bob",
            subject="incident:1",
            to=ToPersonElsewhere("bob"),
            what=What.PING,
            facts={"rung": 1, "parts": ["flow-1"]},
            created_at=scene.now,
        )
        written = await scene.do(fallback.write, letter)

        assert "Error: Flow B: unit code 7 is unknown" in written.body
        assert f"Shared cause, Big ERP: Flow A: {ERROR}" in written.body
        assert BY_HAND not in written.body
