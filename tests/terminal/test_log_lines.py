"""What others send us and is no request is one line of the log, and seldom."""

import asyncio
import json
import logging

import pytest
from aiohttp import web

from bot.language.marks import outside
from bot.terminal.log_lines import EVERY_S, OneLine
from bot.web.app import set_up

READERS = ("aiohttp.server", "slack_bolt")
MALFORMED = (
    b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 5000 + b"\r\n",
    b"GET " + b"/" * 100_000 + b" HTTP/1.1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\nx",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
)


@pytest.mark.anyio
async def test_malformed_requests_are_told_in_one_line_each(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logger, only = logging.getLogger("aiohttp.server"), OneLine()
    logger.addFilter(only)
    runner = await set_up(web.Application(), shutdown_s=0.1)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        for raw in MALFORMED * 3:
            reader, writer = await asyncio.open_connection("127.0.0.1", runner.addresses[0][1])
            writer.write(raw)
            await reader.read()
            writer.close()
    finally:
        await runner.cleanup()
        logger.removeFilter(only)

    told = [record for record in caplog.records if record.name in READERS]
    assert told
    assert len(told) < len(MALFORMED) * 3
    for record in told:
        assert record.levelno == logging.WARNING
        assert record.exc_info is None
        assert "\n" not in record.getMessage()


REPEATED = {
    "line": b"GET /ping/hunter2/start?rid=%s HTTP/1.1\r\n\r\n" % (b"x" * 9000),
    "no address": b"GET /ping/hunter2 there HTTP/1.1\r\nHost: x\r\n\r\n",
    "method": b"G@T /ping/hunter2 HTTP/1.1\r\nHost: x\r\n\r\n",
    "header": b"GET / HTTP/1.1\r\nHost: x\r\nhunter2\r\n\r\n",
    "long header": b"GET / HTTP/1.1\r\nX-Token: hunter2%s\r\n\r\n" % (b"x" * 9000),
    "control": b"GET / HTTP/1.1\r\nX-Token: hunter2\x01\r\n\r\n",
    "second": b"GET / HTTP/1.1\r\nHost: x\r\n\r\nG@T /ping/hunter2 HTTP/1.1\r\n\r\n",
}


@pytest.mark.anyio
@pytest.mark.parametrize("raw", REPEATED.values(), ids=REPEATED)
async def test_nothing_of_a_request_that_cannot_be_read_is_repeated(
    raw: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    runner = await set_up(web.Application(), shutdown_s=0.1)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", runner.addresses[0][1])
        writer.write(raw)
        answer = await reader.read()
        writer.close()
    finally:
        await runner.cleanup()

    assert b" 400 " in answer
    assert b"hunter2" not in answer
    assert "hunter2" not in caplog.text


def a_record(at: float, *, ours: bool) -> logging.LogRecord:
    try:
        if ours:
            outside(None)  # type: ignore[arg-type]
        json.loads("{oops\n")
    except (AttributeError, ValueError) as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("slack_bolt", logging.ERROR, "", 1, "Failed: %s", ("x",), info)
    record.created = at
    return record


def test_of_one_kind_there_is_one_line_a_minute_with_how_many_were_left_out() -> None:
    only, many = OneLine(), [a_record(at, ours=False) for at in (0, 1, EVERY_S - 1, EVERY_S)]

    assert [bool(only.filter(record)) for record in many] == [True, False, False, True]
    assert many[-1].getMessage().endswith("(2 more like it before)")


def test_what_went_wrong_in_our_own_code_keeps_its_traceback() -> None:
    only, many = OneLine(), [a_record(at, ours=True) for at in (0, 1)]

    assert all(only.filter(record) and record.exc_info for record in many)
    assert {record.levelno for record in many} == {logging.ERROR}
