"""Junk gets a refusal, never a crash."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slack_standin import Standin
from slack_standin.blockkit import check_blocks, check_view
from slack_standin.blockkit.blocks import ALL_BLOCKS
from slack_standin.webapi.method_table import method_table
from tests.slack_standin.conftest import Api

_FIELDS = [
    "type",
    "text",
    "elements",
    "element",
    "accessory",
    "options",
    "option_groups",
    "initial_option",
    "blocks",
    "title",
    "block_id",
    "action_id",
    "child_blocks",
    "rows",
    "chart",
    "series",
    "data",
    "actions",
    "slack_file",
    "fields",
]
_KINDS = [*ALL_BLOCKS, "modal", "home", "button", "static_select", "plain_text", "mrkdwn", "bar"]

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(_KINDS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_FIELDS), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(blocks=st.lists(_JSON, max_size=3), surface=st.sampled_from(["message", "modal", "home"]))
def test_any_json_is_judged_as_blocks(blocks: list[Any], surface: str) -> None:
    problems = check_blocks(blocks, surface=surface)

    assert all(problem.pointer.startswith("/blocks") for problem in problems)
    assert problems or all(isinstance(block, dict) for block in blocks)


@given(view=st.dictionaries(st.sampled_from(_FIELDS), _JSON, max_size=5))
def test_any_json_is_judged_as_a_view(view: dict[str, Any]) -> None:
    problems = check_view(view)

    assert problems or view["type"] in ("modal", "home")


@pytest.mark.anyio
@pytest.mark.parametrize("junk", [[], {}, [1], "1e400", -1, [{"type": []}], {"type": []}], ids=str)
async def test_every_method_takes_junk_with_a_refusal(
    api: Api, standin: Standin, junk: object
) -> None:
    standin.services.limiter.settings = type(standin.services.limiter.settings)(enabled=False)
    statuses = set()

    for method, spec in method_table().items():
        await api(method, **dict.fromkeys(spec.args, junk))
        statuses.add(api.status)

    assert statuses == {200}
