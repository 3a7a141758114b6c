"""An estate file that an earlier version read means the same."""

import json
from pathlib import Path

import pytest

from tests.earlier.estates import compiled

STORED = sorted(Path(__file__).parent.glob("*/connections.yaml"))


@pytest.mark.parametrize("stored", STORED, ids=lambda path: path.parent.name)
def test_an_estate_file_means_what_it_meant(stored: Path) -> None:
    meant = json.loads(stored.with_name("estate.json").read_text(encoding="utf-8"))

    assert json.loads(json.dumps(compiled(stored))) == meant
