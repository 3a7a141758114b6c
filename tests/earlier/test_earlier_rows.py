"""What an earlier version said is read from its rows; said again, it is stored in the same ones."""

from pathlib import Path
from typing import Any

import pytest

from tests.earlier import rows

pytestmark = pytest.mark.anyio
HERE = Path(__file__).parent
STORED = sorted(HERE.glob("*/outbox.jsonl"))
ADDRESSED = sorted(HERE.glob("*/addresses.jsonl"))
SAMPLES = {"<n>": "7", "<id>": "alice"}  # in place of what a form says of itself alone


@pytest.mark.parametrize("stored", STORED, ids=lambda path: path.parent.name)
async def test_every_row_is_read_and_is_stored_again_as_it_was(stored: Path) -> None:
    then = rows.kept(stored)

    messages = await rows.read(then)
    now = await rows.write(map(rows.again, messages))

    read = [(one.what, str(one.to), one.subject, one.stream) for one in messages]
    assert read == [(one["what"], one["recipient"], one["subject"], one["stream"]) for one in then]
    assert [{name: row[name] for name in one} for one, row in zip(then, now, strict=True)] == then


@pytest.mark.parametrize("stored", ADDRESSED, ids=lambda path: path.parent.name)
async def test_every_address_keeps_its_stream_and_its_turn(stored: Path) -> None:
    then = rows.kept(stored)

    assert [await _addressed(one) for one in then] == then


async def _addressed(form: dict[str, Any]) -> dict[str, Any]:
    """The form with the stream and the turn that this version gives it, alone and as the second
    of its kind."""
    effect = rows.effect(form["what"], _with_samples(form["to"]), _with_samples(form["subject"]))
    alone, *_, behind = [*await rows.write([effect]), *await rows.write([effect, effect])]
    kept = alone["stream"] == _with_samples(form["stream"])
    return {
        **form,
        "stream": form["stream"] if kept else alone["stream"],
        "priority": alone["priority"],
        "behind": behind["priority"],
    }


def _with_samples(form: str) -> str:
    for name, sample in SAMPLES.items():
        form = form.replace(name, sample)
    return form
