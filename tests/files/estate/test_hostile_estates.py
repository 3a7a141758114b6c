"""Estate files that nobody would write: the loader answers with problems and never raises."""

import json
import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ConfigDict

from bot.checks.probe import ProbeSettings
from bot.files.estate.load import load_text
from bot.files.estate.schema import EstateShape
from bot.files.estate.schema_connection import CheckShape, ConnectionShape
from bot.files.problems import errors
from bot.files.validate import keys_of
from tests.files.estate_text import KINDS, NOW, load

KEYS = sorted(
    {*keys_of(EstateShape, ()), *keys_of(ConnectionShape, ()), *keys_of(CheckShape, ()), "orders"}
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(["orders", "alice", "+3d", "> 3m", "{name}", "{0}", "%s", "0m", "${X:-y}"])
    | st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=8)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)
SECTIONS = st.dictionaries(
    st.sampled_from(keys_of(EstateShape, ())),
    VALUES | st.dictionaries(st.sampled_from(["alice", "orders"]), VALUES, max_size=2),
    max_size=6,
)


@given(SECTIONS)
def test_a_file_of_any_shape_gives_a_catalogue_or_an_error(sections: dict[str, object]) -> None:
    loaded = load(json.dumps({"version": 1, **sections}, ensure_ascii=False))

    has_error = any(problem.severity == "error" for problem in loaded.problems)
    assert (loaded.catalogue is None) == has_error


def test_a_foreign_name_with_braces_is_told_as_it_stands() -> None:
    loaded = load("version: 1\nreleases: [{system: '{0} {what} %s', version: v, at: 2026-01-01}]")

    assert [problem.message for problem in errors(loaded.problems)] == [
        "unknown system '{0} {what} %s' in system"
    ]


def test_a_name_without_end_is_cut_where_it_is_told() -> None:
    loaded = load(
        f"version: 1\nreleases: [{{system: {'x' * 100_000}, version: v, at: 2026-01-01}}]"
    )

    assert errors(loaded.problems)[0].message == f"unknown system '{'x' * 284}…"


class AnySettings(ProbeSettings):
    model_config = ConfigDict(extra="allow")


def test_the_file_on_the_reference_page_loads_without_a_word() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "catalogue.md"
    example = re.search(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None

    loaded = load_text(
        example.group(1),
        path=Path("connections.yaml"),
        environ={},
        kinds={**KINDS, "http": AnySettings},
        runbooks=("generic",),
        now=NOW,
    )

    assert loaded.problems == ()
    assert loaded.catalogue is not None
