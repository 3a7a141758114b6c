"""What the commands work out of the shipped playbook is worked out once for all tests."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def kept_between_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FIRSTLANE_CACHE", str(tmp_path_factory.mktemp("kept")))
        yield
