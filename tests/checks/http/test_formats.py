"""Answers that are XML or plain text, and what hostile ones can do."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import web
from pydantic import ValidationError

from bot.checks.http.document import JsonDocument, TextDocument, UnreadableAnswer, XmlDocument
from bot.checks.http.extract import HttpAnswered, _shape
from bot.checks.http.settings import HttpSettings
from bot.checks.probe import Tools
from bot.checks.probes.http import probe
from bot.core.monitoring.signals import Reading, Signal
from tests.checks.conftest import NOW, FarEnd, spec
from tests.checks.http.test_extract import asked, found_in

SOAP = b"""<?xml version="1.0" encoding="iso-8859-1"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:erp">
 <s:Body><Queue name="orders">
  <Row id="7"><State>64</State><Created>2026-11-20T08:00:00Z</Created></Row>
  <Row id="8"><State>53</State><Created>2026-11-20T09:00:00Z</Created></Row>
  <Row id="9"><State>64</State><Created>2026-11-20T07:00:00Z</Created></Row>
  <Errors><Error id="SO-1"><Text>Artikel gesp\xf6rrt</Text><N>2</N></Error></Errors>
 </Queue></s:Body>
</s:Envelope>"""


def read(document: Any, signal: Signal, source: Any) -> Any:
    text = "last run: 2026-11-20T09:00:00Z, 12 orders"
    answered = HttpAnswered(document=document, headers={}, text=text)
    form = {JsonDocument: "json", XmlDocument: "xml", TextDocument: "text"}[type(document)]
    return asked(answered, format=form, signals={signal: source}).signals.get(signal)


@pytest.mark.parametrize(
    ("signal", "source", "value"),
    [
        (Signal.QUEUE_DEPTH, {"path": "//Queue/Row[State='64']", "pick": "count"}, 2.0),
        (
            Signal.QUEUE_OLDEST,
            {"path": "/Envelope/Body/Queue/Row[State='64']/Created", "pick": "min"},
            datetime(2026, 11, 20, 7, 0, tzinfo=UTC),
        ),
        (Signal.STATUS, "//Queue/@name", "orders"),
        (Signal.VERSION, "//Row/@id", "7"),
        (Signal.STATUS, "//Gone", None),
        (Signal.QUEUE_DEPTH, {"path": "/Envelope/Body/Renamed/Row", "pick": "count"}, None),
        (Signal.QUEUE_DEPTH, {"path": "/Envelope/Body/Queue/None", "pick": "count"}, 0.0),
    ],
)
def test_xml_is_asked_by_element_names_without_namespaces(
    signal: Signal, source: Any, value: object
) -> None:
    assert read(XmlDocument.read(SOAP), signal, source) == value


@pytest.mark.anyio
async def test_failed_records_are_read_from_a_soap_answer(far_end: FarEnd, tools: Tools) -> None:
    asked: list[str] = []

    async def service(request: web.Request) -> web.Response:
        asked.append(await request.text())
        return web.Response(body=SOAP, content_type="text/xml")

    far_end.handler = service

    seen = await probe(
        spec(
            url=far_end.url,
            method="POST",
            body_text="<Status since='{{now-1h}}'/>",
            headers={"Content-Type": "text/xml"},
            format="xml",
            failed={"path": "//Errors/Error", "text": "Text", "count": "N", "ids": "@id"},
        ),
        tools,
        NOW,
    )

    assert isinstance(seen, Reading)
    (group,) = seen.failed
    assert (group.text, group.count, group.sample_ids) == ("Artikel gespörrt", 2, ("SO-1",))
    assert asked == ["<Status since='2026-11-20T09:00:00Z'/>"]


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><x>&a;</x>",
        b"<x xmlns:xi='u'><![CDATA[",
        b"{}",
        b"",
        b"<?xml version='1.0' encoding='no-such'?><x/>",
        b"\xff\xfe<",
    ],
    ids=["entities", "cut off", "json", "empty", "encoding", "half a character"],
)
def test_xml_that_is_broken_or_dangerous_is_not_read(body: bytes) -> None:
    with pytest.raises(UnreadableAnswer):
        XmlDocument.read(body)


def nested(depth: int) -> bytes:
    return b"<a>x" * depth + b"<b>5</b>" + b"</a>" * depth


@pytest.mark.parametrize("depth", [1, 100, 199])
def test_nested_xml_is_read(depth: int) -> None:
    assert read(XmlDocument.read(nested(depth)), Signal.PROCESSED, "//b") == 5.0


@pytest.mark.parametrize("depth", [200, 20_000, 100_000])
def test_very_deep_xml_is_refused_since_reading_it_would_cost_its_square(depth: int) -> None:
    with pytest.raises(UnreadableAnswer, match="XML of at most 200 levels"):
        XmlDocument.read(nested(depth))


@pytest.mark.parametrize(
    ("signal", "source", "value"),
    [
        (
            Signal.LAST_SUCCESS,
            {"regex": r"last run: (\S+),"},
            datetime(2026, 11, 20, 9, tzinfo=UTC),
        ),
        (Signal.PROCESSED, {"regex": r"(\d+) orders"}, 12.0),
        (Signal.PROCESSED, {"regex": r"(\d+) invoices"}, None),
    ],
)
def test_plain_text_is_read_by_patterns(signal: Signal, source: Any, value: object) -> None:
    assert read(TextDocument(), signal, source) == value


def test_a_pattern_that_explodes_is_stopped() -> None:
    """Unless it were stopped, this would outlive whoever waits for it."""
    answered = HttpAnswered(document=TextDocument(), headers={}, text="a" * 5000 + "!")

    found = asked(answered, signals={Signal.STATUS: {"regex": "(?:a|aa)+$"}})

    assert found_in(found) == {}


@pytest.mark.parametrize(
    ("signal", "source", "value"),
    [
        (Signal.COMPLETENESS, {"path": "$.rows[?@.vat]", "of": "$.rows[*]"}, 0.5),
        (Signal.COMPLETENESS, {"path": "$.none[?@.vat]", "of": "$.none[*]"}, 1.0),
        (Signal.COMPLETENESS, {"path": "$.gone[?@.vat]", "of": "$.gone[*]"}, None),
        (Signal.ENABLED, {"path": "$.paused", "map": {"true": False, "false": True}}, True),
        (Signal.ENABLED, {"path": "$.state", "map": {"Stopped": False}}, None),
        (Signal.ENABLED, {"path": "$.state", "map": {"Stopped": False, "*": True}}, True),
        (Signal.RUN_TIME, {"path": "$.took[1]", "scale": 0.001}, 1.5),
        (Signal.RUN_TIME, "$.iso", 482.0),
        (Signal.PROCESSED, {"path": "$.note", "regex": r"(\d+) of"}, 3.0),
        (Signal.QUOTA_USED, "$.calls", 0.8),
    ],
)
def test_a_value_is_turned_into_what_the_signal_means(
    signal: Signal, source: Any, value: object
) -> None:
    body = {
        "rows": [{"vat": "NL1"}, {"name": "x"}],
        "none": [],
        "paused": False,
        "state": "Running",
        "took": ["Long", 1500],
        "iso": "PT8M2S",
        "note": "3 of 9",
        "calls": "32/40",
    }

    assert read(JsonDocument(body), signal, source) == value


def test_the_shape_of_lists_within_lists_stays_small_and_still_tells_them_apart() -> None:
    def deep(inner: Any) -> Any:
        for _ in range(19):
            inner = [inner]
        return inner

    texts = [json.dumps(_shape(deep(one))) for one in ({"a": 1}, {"b": 1})]

    assert max(map(len, texts)) < 20_000
    assert texts[0] != texts[1]


def test_the_fingerprint_of_a_shape_changes_with_fields_and_not_with_values() -> None:
    def shape(rows: list[dict[str, Any]]) -> Any:
        source = {"path": "$.rows[*]", "pick": "shape"}
        return read(JsonDocument({"rows": rows}), Signal.FINGERPRINT, source)

    before = shape([{"sku": "A1", "price": 5}, {"sku": "B2", "price": 6}])

    assert shape([{"sku": "Z9", "price": 99}]) == before
    assert shape([{"sku": "Z9", "net_price": 99}]) != before
    assert shape([{"sku": "Z9", "price": "on request"}]) != before


@pytest.mark.parametrize(
    "settings",
    [
        {"format": "xml", "signals": {"status": "$.status"}},
        {"signals": {"status": "//Status"}},
        {"format": "text", "failed": {"path": "$.errors"}},
        {"format": "xml", "signals": {"status": "//Status["}},
        {"signals": {"status": {"regex": "("}}},
        {"format": "xml", "pages": {"items": "$.a", "next": "$.b"}},
    ],
)
def test_paths_that_do_not_fit_the_format_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        HttpSettings.model_validate({"url": "https://example.com/", **settings})


def test_a_field_that_is_no_path_into_xml_finds_nothing() -> None:
    document = XmlDocument.read(b"<x><e>hello</e></x>")

    answered = HttpAnswered(document=document, headers={})
    found = asked(answered, format="xml", failed={"path": "//x/e", "text": "a["})

    assert found.failed[0].text == "no error text given"
