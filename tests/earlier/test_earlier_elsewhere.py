"""Messages that leave our own Slack say what they said."""

from pathlib import Path

import pytest

from tests.earlier import rows
from tests.earlier.elsewhere import said_elsewhere

pytestmark = pytest.mark.anyio
STORED = sorted(Path(__file__).parent.glob("*/elsewhere.jsonl"))


@pytest.mark.parametrize("stored", STORED, ids=lambda path: path.parent.name)
async def test_each_says_what_it_said(stored: Path, tmp_path: Path) -> None:
    then = rows.kept(stored)

    now = await said_elsewhere(then, tmp_path)

    assert [{**one, "said": said} for one, said in zip(then, now, strict=True)] == then
