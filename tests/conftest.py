"""Fixtures that every layer shares, and how properties are looked at."""

import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

HERE = Path(__file__).resolve().parent

# How long an example takes says how busy the machine is, not whether a property holds. In CI the
# same commit meets the same examples; elsewhere they are new ones each time, and one that fails
# prints what repeats it. They are few each time, since each time they are others.
settings.register_profile(
    "firstlane",
    deadline=None,
    max_examples=40,
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


def pytest_collection(session: pytest.Session) -> None:
    """Of two workers that read all tests, one begins at the end: each then finds half of them
    compiled by the other. On a fresh clone compiling them is more than half of the collecting."""
    config = session.config
    worker = getattr(config, "workerinput", {}).get("workerid", "")
    everything = [Path(one).resolve() for one in config.args] == [HERE]
    if worker == "gw1" and everything and not config.getoption("ignore"):
        for file in sorted(HERE.rglob("test_*.py"), reverse=True):
            _import(file)


def _import(file: Path) -> None:
    """As pytest does it. What goes wrong here goes wrong once more there, and is told."""
    package = (file.parent / "__init__.py").exists()
    if not package and str(file.parent) not in sys.path:
        sys.path.insert(0, str(file.parent))
    parts = file.relative_to(HERE.parent).with_suffix("").parts
    with suppress(Exception):
        import_module(".".join(parts) if package else file.stem)
