"""Fixtures that every layer shares, and how properties are looked at."""

import os

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether a property holds. In CI the
# same commit meets the same examples; elsewhere they are new ones each time, and one that fails
# prints what repeats it.
settings.register_profile(
    "firstlane",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
    print_blob=True,
)
settings.load_profile("firstlane")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
