"""What ended a look is told by its type, and an answer is an answer whatever its words."""

import asyncio
import errno
import socket
import ssl
from datetime import datetime, timedelta

import httpx
import pytest

from bot.checks import PROBES
from bot.checks.http.fetch import Unacceptable
from bot.checks.outcomes import cause_of, failed_call
from bot.checks.own_pace import Pace, answered
from bot.checks.probe import ProbeKind, Tools
from bot.checks.probes.http import probe as http_probe
from bot.checks.runner import Runner
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.own_network import no_answer
from bot.core.monitoring.signals import NO_ANSWER, Blind, Cause, Observation
from tests.builders import a_check
from tests.checks.conftest import NOW, FarEnd
from tests.patience import never_late

pytestmark = pytest.mark.anyio

NO_ANSWERS = (
    "upstream host unreachable",
    "no route to host",
    "ConnectTimeout: no answer within 10 s",
    "ConnectError: All connection attempts failed",
    "ReadTimeout",
    "Name or service not known",
    "no network from here",
    "our own network looks down: nothing outside answers",
)


def a_look(url: str, **settings: object) -> CheckSpec:
    return a_check(settings={"url": url, **settings}, rules=(), timeout=timedelta(minutes=1))


async def looked(tools: Tools, spec: CheckSpec) -> Observation:
    return await Runner(tools, PROBES, never_late()).observe(spec, NOW)


@pytest.mark.parametrize("status", [200, 401, 404, 429, 500, 502, 503, 504])
@pytest.mark.parametrize("words", NO_ANSWERS)
async def test_a_page_that_speaks_of_networks_is_an_answer(
    far_end: FarEnd, tools: Tools, words: str, status: int
) -> None:
    reason = words if status != 503 else None
    far_end.answers(words, status=status, reason=reason, content_type="text/plain")

    seen = await looked(tools, a_look(far_end.url, signals={"status": "$.status"}))

    assert seen.cause is (Cause.UNREADABLE if status == 200 else Cause.STATUS)
    assert not no_answer(seen)


def chained(outer: Exception, inner: Exception) -> Exception:
    outer.__cause__ = inner
    return outer


def several(*inner: OSError) -> Exception:
    """As the HTTP library wraps what went wrong with each address of a name."""
    tried = chained(OSError("All connection attempts failed"), ExceptionGroup("", inner))
    return chained(httpx.ConnectError("All connection attempts failed"), tried)


REFUSED = ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed")
NO_NETWORK = OSError(errno.ENETUNREACH, "Network is unreachable")
NO_HOST = OSError(errno.EHOSTUNREACH, "No route to host")


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (socket.gaierror(-2, "Name or service not known"), Cause.NAME),
        (chained(httpx.ConnectError("x"), socket.gaierror(-3, "again")), Cause.NAME),
        (NO_NETWORK, Cause.NO_ROUTE),
        (several(NO_HOST, NO_NETWORK), Cause.NO_ROUTE),
        (several(NO_NETWORK, REFUSED), Cause.REFUSED),
        (several(REFUSED, NO_HOST), Cause.REFUSED),
        (TimeoutError(), Cause.TIMEOUT),
        (OSError(errno.ETIMEDOUT, "Connection timed out"), Cause.TIMEOUT),
        (httpx.ConnectTimeout("unreachable"), Cause.TIMEOUT),
        (httpx.ReadTimeout(""), Cause.TIMEOUT),
        (httpx.PoolTimeout(""), None),
        (ConnectionResetError(errno.ECONNRESET, "reset"), Cause.CLOSED),
        (httpx.RemoteProtocolError("Server disconnected"), Cause.CLOSED),
        (asyncio.IncompleteReadError(b"", 1), Cause.CLOSED),
        (ssl.SSLCertVerificationError(1, "certificate has expired"), Cause.TLS),
        (Unacceptable("the answer is larger than 2 MB"), Cause.UNREADABLE),
        (httpx.ConnectError("no route to host, unreachable"), None),
        (OSError(errno.EMFILE, "Too many open files"), None),
    ],
)
def test_the_cause_is_that_of_the_types_within(error: Exception, cause: Cause | None) -> None:
    assert cause_of(error) is cause


async def test_a_far_end_that_has_answered_in_this_look_is_not_dark_for_what_follows() -> None:
    with Pace().watching():
        before = cause_of(httpx.ReadTimeout(""))
        answered()
        after = cause_of(httpx.ReadTimeout(""))

    assert (before, after) == (Cause.TIMEOUT, Cause.CLOSED)
    assert cause_of(httpx.ReadTimeout("")) is Cause.TIMEOUT


def test_an_address_that_refuses_speaks_for_the_host_though_another_has_no_route() -> None:
    seen = failed_call(several(NO_NETWORK, REFUSED), "shop", timedelta(seconds=5), NOW)
    ours = failed_call(several(NO_NETWORK, NO_NETWORK), "shop", timedelta(seconds=5), NOW)

    assert (isinstance(seen, Blind), isinstance(ours, Blind)) == (False, True)
    assert (no_answer(seen), no_answer(ours)) == (False, True)


async def test_a_look_that_ends_by_its_limit_after_an_answer_began_is_not_dark(
    far_end: FarEnd, tools: Tools
) -> None:
    far_end.answers("upstream host unreachable", status=503)

    async def asks_twice(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
        await http_probe(spec, tools, now)
        raise TimeoutError

    async def asks_nobody(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
        raise TimeoutError

    spec = a_look(far_end.url)
    for probe, cause in ((asks_twice, Cause.CLOSED), (asks_nobody, Cause.TIMEOUT)):
        runner = Runner(tools, {"http": ProbeKind(PROBES["http"].settings, probe)}, never_late())
        assert (await runner.observe(spec, NOW)).cause is cause


async def test_real_failures_to_get_there_have_their_cause(tools: Tools) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        refused = await looked(tools, a_look(f"http://127.0.0.1:{port}/"))
    nameless = await looked(tools, a_look("http://nobody.invalid/"))
    tcp = a_check(kind="tcp", settings={"host": "nobody.invalid", "port": 9}, rules=())

    assert (refused.cause, nameless.cause) == (Cause.REFUSED, Cause.NAME)
    assert (await looked(tools, tcp)).cause is Cause.NAME
    assert Cause.NAME in NO_ANSWER


async def test_a_far_end_that_takes_the_call_and_says_nothing_has_timed_out(tools: Tools) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        spec = a_check(settings={"url": url}, rules=(), timeout=timedelta(seconds=0.2))
        seen = await looked(tools, spec)

    assert seen.cause is Cause.TIMEOUT
