"""How a release is called: its system is named once."""

import pytest

from bot.core.estate.history import Release
from tests.builders import NOW


@pytest.mark.parametrize(
    ("system", "version", "called", "with_noun"),
    [
        ("ERP", "26.2", "ERP 26.2", "ERP release 26.2"),
        ("ERP", "ERP 26.2 update", "ERP 26.2 update", "release ERP 26.2 update"),
        ("Web shop", "web-shop theme v7", "web-shop theme v7", "release web-shop theme v7"),
        ("ERP", "ERPNext 15", "ERP ERPNext 15", "ERP release ERPNext 15"),
    ],
)
def test_a_title_that_names_its_system_is_not_given_the_name_again(
    system: str, version: str, called: str, with_noun: str
) -> None:
    release = Release(system="erp", version=version, at=NOW)

    assert release.called(system) == called
    assert release.called(system, "release") == with_noun
