"""One story per test; at its end no call may have been one that Slack refuses as malformed, no
mark of ours stands in anything that was shown, and all of it says from which database it is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.harness import Story, told
from tests.unmarked import raw_marks


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    async with told(tmp_path) as running:
        yield running
        assert running.our_faults() == []
        assert raw_marks(running.everything_shown()) == []
        assert running.unsigned() == []
