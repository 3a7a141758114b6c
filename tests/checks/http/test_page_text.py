"""An error page in HTML is read as its words, whatever it holds and however broken it is."""

import pytest

from bot.checks import PROBES
from bot.checks.http.document import readable
from bot.checks.probe import Tools
from bot.checks.runner import Runner
from bot.core.monitoring.signals import Reading
from tests.checks.conftest import NOW, FarEnd, spec

GATEWAY = """<!DOCTYPE html>
<html><head><title>502 Bad Gateway</title><style>body { color: red }</style>
<script>var n = "<p>not a word</p>";</script></head>
<body><center><h1>502 Bad Gateway</h1></center>
<p>The upstream <b>erp-01</b> did not answer &amp; was given up</p><hr></body></html>"""


def test_a_page_is_its_title_and_its_words_once() -> None:
    said = readable(GATEWAY)

    assert said == "502 Bad Gateway. The upstream erp-01 did not answer & was given up."


@pytest.mark.parametrize(
    "text",
    ["quantity < 5 and > 2", "<Envelope><Fault>No</Fault></Envelope>", '{"error": "<b>x</b>"}', ""],
)
def test_what_is_no_page_stays_as_it_is(text: str) -> None:
    assert readable(text, "application/xml") == text


def test_a_fragment_is_read_when_it_says_that_it_is_html() -> None:
    assert readable("<h1>Runtime Error</h1><p>in /", "text/html; charset=utf-8") == (
        "Runtime Error. in /."
    )


@pytest.mark.parametrize(
    "filling", ["<", "<a ", "<!", "<!--", "&", "<p>", "<script>", "<![", "</", "<a b='", "x"]
)
def test_of_a_long_page_only_the_beginning_is_read(filling: str) -> None:
    page = "<html>" + filling * 700_000

    said = readable(page)

    assert said == readable(page[:6_000])
    assert len(said) <= 6_001


@pytest.mark.anyio
@pytest.mark.parametrize("status", [500, 200])
async def test_the_reason_of_a_check_holds_words_and_no_tags(
    far_end: FarEnd, tools: Tools, status: int
) -> None:
    far_end.answers(GATEWAY, status=status, content_type="text/html")
    check = spec(url=far_end.url, signals={"queue_depth": "$.n"})

    seen = await Runner(tools, PROBES).observe(check, NOW)

    assert isinstance(seen, Reading)
    assert "502 Bad Gateway. The upstream erp-01 did not answer & was given up." in seen.error
    assert "<" not in seen.error
