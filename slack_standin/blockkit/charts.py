"""The `data_visualization` block: pies, bars, lines and areas."""

from collections.abc import Iterator

from slack_standin.blockkit.rules import (
    Problem,
    also,
    array,
    by_type,
    general,
    number,
    record,
    string,
)
from slack_standin.blockkit.texts import BLOCK_ID

_MAX_SERIES = 12
_POINT = record({"label": string(20), "value": number()})
_SERIES = record({"name": string(20), "data": array(_POINT, most=20, least=1)})
_AXES = record(
    {"categories": array(string(20), most=20, least=1)},
    {"x_label": string(50), "y_label": string(50)},
)


def _one_point_per_category(value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, dict) or not isinstance(value.get("series"), list):
        return
    axes = value.get("axis_config")
    categories = axes.get("categories") if isinstance(axes, dict) else None
    names = []
    for index, series in enumerate(value["series"]):
        if not isinstance(series, dict) or not isinstance(series.get("data"), list):
            continue
        names.append(series.get("name"))
        if isinstance(categories, list) and len(series["data"]) != len(categories):
            message = f"must provide exactly {len(categories)} items"
            yield Problem(message, f"{at}/series/{index}/data")
    if len(set(map(str, names))) != len(names):
        yield Problem("Input contains duplicate items", f"{at}/series")


_AXIS_CHART = also(
    record({"series": array(_SERIES, most=_MAX_SERIES, least=1), "axis_config": _AXES}),
    _one_point_per_category,
)
_PIE = record(
    {
        "segments": array(
            record({"label": string(20), "value": number(above=0)}), most=_MAX_SERIES, least=1
        )
    }
)

DATA_VISUALIZATION = record(
    {
        "title": string(50),
        "chart": general(
            by_type({"pie": _PIE, "bar": _AXIS_CHART, "line": _AXIS_CHART, "area": _AXIS_CHART})
        ),
    },
    {"block_id": BLOCK_ID},
)
