"""One story per test; at its end no call may have been one that Slack refuses as malformed, and
whatever the bot showed has to say from which database it is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.e2e.harness import Story, told


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    async with told(tmp_path) as running:
        yield running
        assert running.our_faults() == []
        assert running.unsigned() == []
