"""The `table` and `data_table` blocks."""

from collections.abc import Iterator, Mapping

from slack_standin.blockkit.elements import BUTTON
from slack_standin.blockkit.rules import (
    Problem,
    Rule,
    also,
    anything,
    array,
    boolean,
    by_type,
    general,
    integer,
    number,
    one_of,
    record,
    string,
)
from slack_standin.blockkit.texts import BLOCK_ID, RICH_TEXT_PARTS

_MAX_CHARACTERS = 10_000

_CELLS: Mapping[str, Rule] = {
    "raw_text": record({"text": string()}),
    "raw_number": record({"value": number()}, {"text": string()}),
    "rich_text": record({"elements": RICH_TEXT_PARTS}, {"block_id": BLOCK_ID}),
}
_COLUMN = record({}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean})


def _column(value: object, at: str) -> Iterator[Problem]:
    if value is not None:
        yield from _COLUMN(value, at)


def _size(value: object, at: str) -> Iterator[Problem]:
    if isinstance(value, dict) and _characters(value.get("rows")) > _MAX_CHARACTERS:
        yield Problem(f"must be less than {_MAX_CHARACTERS + 1} characters", f"{at}/rows")


def _characters(item: object) -> int:
    if isinstance(item, str):
        return len(item)
    if isinstance(item, dict):
        return sum(_characters(v) for k, v in item.items() if k != "type")
    return sum(_characters(v) for v in item) if isinstance(item, list) else 0


def _rows(cells: Mapping[str, Rule], *, most: int, least: int) -> Rule:
    return array(array(general(by_type(cells)), most=20, least=1), most=most, least=least)


TABLE = also(
    record(
        {"rows": _rows(_CELLS, most=100, least=1)},
        {"block_id": BLOCK_ID, "column_settings": array(_column, most=20)},
    ),
    _size,
)

DATA_TABLE = also(
    record(
        {
            "rows": _rows(
                {**_CELLS, "action_cell": record({"button": BUTTON}, {"text": anything})},
                most=101,
                least=2,
            )
        },
        {
            "block_id": BLOCK_ID,
            "caption": string(),
            "page_size": integer(1, 100),
            "row_header_column_index": integer(0, 19),
        },
    ),
    _size,
)
