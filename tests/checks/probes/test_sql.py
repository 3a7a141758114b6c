"""Signals out of a database, and all that must not be done to it."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.checks.probe import ProbeKind, Tools
from bot.checks.probes.sql import SqlSettings, probe
from bot.checks.probes.sql_settings import require_select
from bot.checks.runner import Runner
from bot.cli.run import set_up_logging
from bot.core.estate.check_spec import Rule, Threshold
from bot.core.monitoring.rules import Verdict, evaluate
from bot.core.monitoring.signals import Blind, Reading, Signal
from tests.builders import HOUR
from tests.checks.conftest import NOW, spec
from tests.patience import never_late


@pytest.fixture
def database(tmp_path: Path) -> str:
    file = tmp_path / "erp.db"
    connection = sqlite3.connect(file)
    connection.executescript(
        """
        CREATE TABLE outbox (id TEXT, state TEXT, created TEXT, error TEXT, eur REAL);
        INSERT INTO outbox VALUES
          ('SO-1', 'sent', '2026-11-20T09:30:00Z', NULL, 10),
          ('SO-2', 'waiting', '2026-11-20T08:00:00Z', NULL, 20),
          ('SO-3', 'waiting', '2026-11-20T09:00:00Z', NULL, 30),
          ('SO-4', 'error', '2026-11-20T07:00:00Z', 'Period closed', 5),
          ('SO-5', 'error', '2026-11-20T07:30:00Z', 'Period closed', 7);
        """
    )
    connection.close()
    return f"sqlite:///{file}"


@pytest.mark.anyio
async def test_queries_become_signals_and_failed_records(database: str, tools: Tools) -> None:
    seen = await probe(
        spec(
            "sql",
            url=database,
            signals={"last_success": "SELECT max(created) FROM outbox WHERE state = 'sent';"},
            row=(
                "SELECT count(*) AS queue_depth, min(created) AS queue_oldest FROM outbox"
                " WHERE state = 'waiting'"
            ),
            failed=(
                "SELECT error AS text, count(*) AS count, min(created) AS oldest,"
                " min(id) AS ids, sum(eur) AS amount FROM outbox WHERE error IS NOT NULL GROUP BY 1"
            ),
        ),
        tools,
        NOW,
    )

    assert isinstance(seen, Reading)
    assert seen.error == ""
    assert seen.signals == {
        "reachable": True,
        "last_success": datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        "queue_depth": 2.0,
        "queue_oldest": datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
        "failed": 2.0,
    }
    (group,) = seen.failed
    assert (group.text, group.count, group.sample_ids, group.amount) == (
        "Period closed",
        2,
        ("SO-4",),
        12.0,
    )


@pytest.mark.anyio
async def test_an_empty_date_of_an_erp_is_no_age_of_centuries(database: str, tools: Tools) -> None:
    check = spec("sql", url=database, signals={"last_success": "SELECT '1900-01-01 00:00:00'"})
    rule = Rule(signal=Signal.LAST_SUCCESS, fail=Threshold(op=">", value=timedelta(hours=1)))

    seen = await probe(check, tools, NOW)

    said = evaluate(replace(check, rules=(rule,)), seen, NOW)
    assert said.verdict is Verdict.FAILING
    assert said.reasons == (
        "No value for last good sync: the answer holds an empty date (1900-01-01 00:00:00).",
    )


@pytest.mark.anyio
async def test_time_windows_are_bound_to_names(database: str, tools: Tools) -> None:
    query = "SELECT count(*) FROM outbox WHERE created >= :since AND state != :state"

    seen = await probe(
        spec(
            "sql",
            url=database,
            signals={"processed": query},
            bind={"since": "from {{now-90m}}", "state": "error"},
        ),
        tools,
        NOW,
    )

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.PROCESSED] == 0


@pytest.mark.anyio
async def test_an_empty_queue_has_no_oldest_record_and_no_run_is_no_success(
    database: str, tools: Tools
) -> None:
    seen = await probe(
        spec(
            "sql",
            url=database,
            row=(
                "SELECT min(created) AS queue_oldest, max(created) AS last_success, 1 AS answer"
                " FROM outbox WHERE state = 'parked'"
            ),
        ),
        tools,
        NOW,
    )

    assert isinstance(seen, Reading)
    assert seen.signals == {"reachable": True, "queue_oldest": NOW}
    assert "last_success: the query gave no usable value" in seen.error
    assert "column answer is not a signal" in seen.error


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("url", "query", "words"),
    [
        (None, "SELECT count(*) FROM gone", "the query does not fit the database"),
        (None, "SELECT no_such_column FROM outbox", "the query does not fit the database"),
        ("nosuchdb://host/x", "SELECT 1", "no database driver nosuchdb"),
    ],
)
async def test_what_is_our_own_fault_makes_us_blind(
    database: str, tools: Tools, url: str | None, query: str, words: str
) -> None:
    seen = await probe(spec("sql", url=url or database, signals={"processed": query}), tools, NOW)

    assert isinstance(seen, Blind)
    assert words in seen.reason


@pytest.mark.anyio
async def test_a_moment_is_bound_so_that_sqlite_reads_it_as_one(
    database: str, tools: Tools
) -> None:
    asked = spec(
        "sql",
        url=database,
        bind={"since": "{{now-1h}}"},
        row="SELECT :since AS last_success, julianday(:since) > 0 AS processed",
    )

    seen = await probe(asked, tools, NOW)

    assert isinstance(seen, Reading)
    assert seen.signals == {"reachable": True, "last_success": NOW - HOUR, "processed": 1.0}


@pytest.mark.anyio
async def test_a_database_that_is_not_there_is_unreachable_and_is_not_made(
    tmp_path: Path, tools: Tools
) -> None:
    file = tmp_path / "gone.db"

    seen = await probe(
        spec("sql", url=f"sqlite:///{file}", signals={"processed": "SELECT 1"}), tools, NOW
    )

    assert isinstance(seen, Reading)
    assert seen.signals[Signal.REACHABLE] is False
    assert not file.exists()


@pytest.mark.anyio
async def test_a_query_that_never_ends_is_stopped_and_does_not_stay(
    database: str, tools: Tools
) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n"
    runner = Runner(tools, {"sql": ProbeKind(SqlSettings, probe)}, never_late())
    check = spec("sql", url=database, timeout=0.3, signals={"processed": endless})

    seen = [await runner.observe(check, NOW) for _ in range(4)]
    after = await probe(spec("sql", url=database, signals={"processed": "SELECT 7"}), tools, NOW)

    assert all(isinstance(one, Reading) and "ReadTimeout" in one.error for one in seen)
    assert isinstance(after, Reading)
    assert after.signals[Signal.PROCESSED] == 7


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM outbox",
        "SELECT 1; DROP TABLE outbox",
        "WITH gone AS (DELETE FROM outbox RETURNING id) SELECT count(*) FROM gone",
        "SELECT * INTO copy FROM outbox",
        "SELECT id FROM outbox FOR UPDATE",
        "/* SELECT */ UPDATE outbox SET state = 'sent'",
        "SELECT 'a\\'; DROP TABLE outbox; --'",
        "SELECT $$a$$",
        "SELECT /* /* */ 1 */",
        "SELECT 'open",
        "SELECT 1 /*!50000 INTO OUTFILE '/tmp/orders' */",
        "SELECT 1 /*M!100100 INTO OUTFILE '/tmp/orders' */",
        "SELECT dblink_exec('host=erp', 'DELETE FROM orders')",
        "SELECT * FROM OPENQUERY(erp, 'DELETE FROM orders')",
        "SELECT nextval('invoice_numbers')",
        "SELECT NEXT  VALUE FOR dbo.invoice_numbers",
        "SELECT invoice_numbers.NEXTVAL FROM dual",
        "SELECT lo_unlink(7)",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity",
        "SELECT load_extension('x')",
        "SELECT query_to_xml('DELETE FROM orders', true, true, '')",
        "PRAGMA journal_mode",
        "EXPLAIN SELECT 1",
        "",
    ],
)
def test_anything_but_a_single_select_is_refused(query: str) -> None:
    with pytest.raises(ValidationError):
        SqlSettings.model_validate({"url": "sqlite://", "row": query})


@pytest.mark.parametrize(
    "query",
    [
        "SELECT count(*) FROM orders WHERE note = 'please delete; drop me' -- update later",
        'select "update" from t;',
        "WITH a AS (SELECT 1 AS n) SELECT n FROM a",
        "SELECT replace(x, 'a', 'b'), CASE WHEN y THEN 1 END, [set] FROM t",
        "SELECT max(updated_at) FROM deleted_orders WHERE ''='' AND created::date > :since",
    ],
)
def test_words_in_texts_names_and_comments_do_not_make_a_query_a_write(query: str) -> None:
    assert require_select(query) == query.removesuffix(";")


@pytest.mark.parametrize("url", ["not an address", "oracle", "://x", "pg://h:port/x"])
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        SqlSettings.model_validate({"url": url, "row": "SELECT 1"})

    assert url not in str(refused.value)


def test_what_we_say_of_a_database_never_holds_its_login() -> None:
    settings: Any = SqlSettings.model_validate(
        {"url": "postgresql+psycopg://watch:hunter22@db.example.com:5432/erp", "row": "SELECT 1"}
    )

    assert settings.origin() == "postgresql://db.example.com:5432/erp"
    assert "hunter22" not in repr(settings)


@pytest.mark.anyio
@pytest.mark.parametrize("level", ["debug", "info"])
async def test_no_log_repeats_a_bound_value(
    level: str, database: str, tools: Tools, caplog: pytest.LogCaptureFixture
) -> None:
    look = spec(
        "sql",
        url=database,
        signals={"queue_depth": "SELECT count(*) FROM outbox WHERE state = :token"},
        bind={"token": "GeheimeKlantcode99"},
    )
    with chatty(level):
        seen = await probe(look, tools, NOW)

    assert isinstance(seen, Reading)
    assert "GeheimeKlantcode99" not in caplog.text


LONG = "printf('%.*c', 1500000, 'x')"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "asked",
    [
        {"signals": {"status": f"SELECT {LONG} || {LONG}"}},
        {"row": f"SELECT {LONG} || {LONG} AS status, 1 AS queue_depth"},
        {"failed": " ".join(("SELECT", LONG, "AS text, id AS ids FROM outbox"))},
    ],
)
async def test_cells_without_end_are_our_own_bound_and_not_read(
    database: str, tools: Tools, asked: dict[str, Any]
) -> None:
    seen = await probe(spec("sql", url=database, **asked), tools, NOW)

    assert isinstance(seen, Blind)
    assert "more than 2 MB; select fewer or shorter columns" in seen.reason
    assert len(seen.reason) < 400


@pytest.mark.anyio
async def test_one_long_text_is_read_and_cut_as_any_other(database: str, tools: Tools) -> None:
    asked = spec("sql", url=database, failed=f"SELECT {LONG} AS text, 1 AS count")

    seen = await probe(asked, tools, NOW)

    assert isinstance(seen, Reading)
    assert len(seen.failed[0].text) == 300


@contextmanager
def chatty(level: str) -> Iterator[None]:
    """The levels of all loggers as `firstlane run` sets them."""
    known = [logging.getLogger(), *map(logging.getLogger, logging.root.manager.loggerDict)]
    before = {one: one.level for one in known}
    set_up_logging(level)
    logging.getLogger().setLevel(level.upper())
    try:
        yield
    finally:
        for one, was in before.items():
            one.setLevel(was)
