"""What an answer says beyond its fields: errors with status 200, versions, quotas, pages."""

from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from bot.checks.http.settings import HttpSettings
from bot.checks.probe import Tools
from bot.checks.probes.http import probe
from bot.core.monitoring.signals import Blind, Reading, Signal
from tests.checks.conftest import NOW, FarEnd, spec

pytestmark = pytest.mark.anyio


async def look(far_end: FarEnd, tools: Tools, **settings: Any) -> Reading | Blind:
    return await probe(spec(**{"url": far_end.url, **settings}), tools, NOW)


async def test_an_error_in_a_body_with_status_200_is_an_error(
    far_end: FarEnd, tools: Tools
) -> None:
    far_end.answers({"data": None, "errors": [{"message": "Field 'ordersCount' is gone"}]})

    seen = await look(
        far_end,
        tools,
        signals={"processed": "$.data.ordersCount.count"},
        error_when=["$.errors"],
        error_text="$.errors[*].message",
    )

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is False
    assert "reports an error at $.errors: Field 'ordersCount' is gone" in seen.error


@pytest.mark.parametrize(
    ("rules", "good"),
    [
        ({"error_when": ["$.errors"]}, True),
        ({"error_when": [{"path": "$.state", "is": "ok"}]}, False),
        ({"error_when": [{"path": "$.state", "is_not": "ok"}]}, True),
        ({"error_when": [{"path": "$.gone", "is_not": "ok"}]}, True),
        ({"ok_when": [{"path": "$.state", "is": "OK"}]}, True),
        ({"ok_when": [{"path": "$.gone", "is": "ok"}]}, False),
        ({"ok_when": [{"path": "$.gone", "exists": False}]}, True),
        ({"ok_when": [{"path": "$.flag", "is": True}, {"path": "$.code", "is": 0}]}, True),
        ({"ok_when": [{"path": "$.code", "is": 1}]}, False),
    ],
)
async def test_conditions_say_whether_a_body_is_an_error(
    far_end: FarEnd, tools: Tools, rules: dict[str, Any], good: bool
) -> None:
    far_end.answers({"errors": [], "state": "ok", "flag": True, "code": 0})

    seen = await look(far_end, tools, **rules)

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is good


async def test_an_error_about_our_own_login_can_be_said_to_make_us_blind(
    far_end: FarEnd, tools: Tools
) -> None:
    far_end.answers({"errors": "access denied"})

    seen = await look(far_end, tools, error_when=["$.errors"], error_means="blind")

    assert isinstance(seen, Blind)


@pytest.mark.parametrize(
    ("status", "meaning", "kind", "reachable"),
    [
        (404, "read", Reading, True),
        (404, "blind", Blind, None),
        (401, "unreachable", Reading, False),
        (200, "unreachable", Reading, False),
    ],
)
async def test_a_check_can_say_what_a_status_code_means(
    far_end: FarEnd, tools: Tools, status: int, meaning: str, kind: type, reachable: bool | None
) -> None:
    far_end.answers({}, status=status)

    seen = await look(far_end, tools, on_status={status: meaning})

    assert isinstance(seen, kind)
    if isinstance(seen, Reading):
        assert seen.signals[Signal.REACHABLE] is reachable


@pytest.mark.parametrize(
    ("served", "drift"),
    [("2026-10", "none"), ("2025-01", "asked for 2026-10, got 2025-01"), (None, None)],
)
async def test_a_version_other_than_the_one_asked_for_is_said(
    far_end: FarEnd, tools: Tools, served: str | None, drift: str | None
) -> None:
    far_end.answers({}, headers={"X-Api-Version": served} if served else {})

    seen = await look(
        far_end,
        tools,
        requested_version="2026-10",
        signals={"version": {"header": "X-Api-Version"}},
    )

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.VERSION_REQUESTED] == "2026-10"
    assert seen.signals.get(Signal.VERSION_DRIFT) == drift


@pytest.mark.parametrize(
    ("quota", "used"),
    [
        ({"used": {"header": "X-Calls"}}, 0.8),
        ({"remaining": {"header": "X-Left"}, "limit": {"header": "X-Limit"}}, 0.75),
        ({"remaining": "$.left", "limit": "$.max"}, 0.9),
        ({"used": {"header": "X-Info", "regex": "usage=([0-9/]+)"}}, 0.2),
        ({"used": {"header": "X-Gone"}}, None),
    ],
)
async def test_the_share_of_the_quota_that_is_used_is_read(
    far_end: FarEnd, tools: Tools, quota: dict[str, Any], used: float | None
) -> None:
    headers = {"X-Calls": "32/40", "X-Left": "25", "X-Limit": "100", "X-Info": "api-usage=18/90"}
    far_end.answers({"left": 10, "max": 100}, headers=headers)

    seen = await look(far_end, tools, quota=quota, signals={"processed": "$.max"})

    assert isinstance(seen, Reading)
    assert seen.signals.get(Signal.QUOTA_USED) == (pytest.approx(used) if used else None)


def paged(rows: int, size: int, way: str) -> Any:
    """A far end with `rows` rows that gives `size` at a time and names the next page by `way`."""

    async def handler(request: web.Request) -> web.Response:
        start = int(request.query.get("from", "0"))
        page = [{"id": n, "error": f"kind {n % 2}"} for n in range(start, min(start + size, rows))]
        after = start + size
        body: dict[str, Any] = {"rows": page}
        headers = {}
        if after < rows:
            body |= {"next": f"/list?from={after}", "mark": after}
            headers["Link"] = f'</list?from={after}>; rel="next"'
        return web.json_response(body, headers=headers if way == "link" else {})

    return handler


@pytest.mark.parametrize(
    ("way", "settings"),
    [
        ("next", {"next": "$.next"}),
        ("link", {"link": True}),
        ("cursor", {"cursor": "$.mark", "param": "from"}),
        ("offset", {"offset": "from"}),
    ],
)
async def test_the_items_of_all_pages_are_read_together(
    far_end: FarEnd, tools: Tools, way: str, settings: dict[str, Any]
) -> None:
    far_end.handler = paged(250, 100, way)

    seen = await look(
        far_end,
        tools,
        url=far_end.url + "/list?state=failed",
        pages={"items": "$.rows", **settings},
        failed={"path": "$.rows", "text": "error", "ids": "id"},
    )

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.FAILED] == 250
    assert [(group.text, group.count) for group in seen.failed] == [
        ("kind 0", 125),
        ("kind 1", 125),
    ]
    assert seen.error == ""


async def test_pages_without_end_are_cut_and_the_reading_says_so(
    far_end: FarEnd, tools: Tools
) -> None:
    far_end.handler = paged(10**9, 10, "next")

    seen = await look(
        far_end,
        tools,
        pages={"items": "$.rows", "next": "$.next", "most": 3},
        signals={"queue_depth": {"path": "$.rows", "pick": "count"}},
    )

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.QUEUE_DEPTH] == 30
    assert "only the first 3 pages were read" in seen.error
    assert len(far_end.requests) == 3


async def test_a_next_page_elsewhere_does_not_get_our_login(far_end: FarEnd, tools: Tools) -> None:
    far_end.answers({"rows": [1], "next": "https://elsewhere.example/steal"})

    seen = await look(
        far_end,
        tools,
        bearer="t0ken-1",
        pages={"items": "$.rows", "next": "$.next"},
        signals={"queue_depth": {"path": "$.rows", "pick": "count"}},
    )

    assert isinstance(seen, Reading)
    assert "the next page is said to be at elsewhere.example; not followed" in seen.error


async def test_pages_that_grow_too_large_together_are_refused(
    far_end: FarEnd, tools: Tools
) -> None:
    far_end.answers({"rows": ["x" * 1_900_000], "next": "/again"})

    seen = await look(
        far_end,
        tools,
        pages={"items": "$.rows", "next": "$.next", "most": 20},
        signals={"queue_depth": {"path": "$.rows", "pick": "count"}},
    )

    assert isinstance(seen, Reading)
    assert "larger than 8 MB together" in seen.error
    assert len(far_end.requests) == 5


@pytest.mark.parametrize(
    "settings",
    [
        {"bearer": "a", "basic": {"user": "b"}},
        {"body": {}, "body_text": "x"},
        {"requested_version": "1"},
        {"pages": {"items": "$.a"}},
        {"pages": {"items": "$.a", "cursor": "$.b"}},
        {"quota": {"remaining": "$.left"}},
        {"error_when": [{"path": "$.a", "is": 1, "exists": True}]},
        {"on_status": {404: "fine"}},
    ],
)
async def test_settings_that_contradict_each_other_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        HttpSettings.model_validate({"url": "https://example.com/", **settings})
