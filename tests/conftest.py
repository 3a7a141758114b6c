"""Fixtures that every layer shares, and how properties are looked at."""

import gc
import os

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, not whether a property holds. In CI the
# same commit meets the same examples; elsewhere they are new ones each time, and one that fails
# prints what repeats it. They are few each time, since each time they are others.
settings.register_profile(
    "firstlane",
    deadline=None,
    max_examples=20,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
    print_blob=True,
)
settings.load_profile("firstlane")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


# To look through all that is loaded each time that some hundred objects were made is a tenth of
# what the whole suite costs.
gc.set_threshold(100_000, 20, 20)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()  # what is loaded by now stays for good
