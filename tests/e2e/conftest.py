"""One story per test; at its end no call may have been one that Slack refuses as malformed, and no
mark of ours may stand in anything that was shown."""

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
