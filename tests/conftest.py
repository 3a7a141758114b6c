"""Fixtures that every layer shares."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
