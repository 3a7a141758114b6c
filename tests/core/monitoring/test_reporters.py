"""Several reporters behind one address: each is believed of itself, and the worst counts."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.incidents.clock_jumps import changed
from bot.core.monitoring.heartbeat import (
    MOST_PARTS,
    MOST_RUNS,
    Beat,
    Ping,
    PingKind,
    failing,
    fold,
    heard_at,
    judge_beat,
    runs_of,
)
from bot.core.monitoring.webhook_bodies import hook_ping
from bot.flows.clock_set_back import of_ping
from bot.store.codec import pack, unpack
from tests.builders import DAY, HOUR, MINUTE, NOW

S, F, B, L = PingKind.SUCCESS, PingKind.FAIL, PingKind.START, PingKind.LOG


def told(*messages: tuple[str, PingKind], kept: Ping | None = None) -> Ping | None:
    for place, (about, kind) in enumerate(messages):
        kept = fold(kept, Ping(at=NOW + place * MINUTE, kind=kind, about=about, note=about))
    return kept


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from([S, F, B, L])), max_size=40))
def test_the_state_is_the_worst_of_all_reporters_told_apart(
    messages: list[tuple[str, PingKind]],
) -> None:
    apart = {
        about: told(*((who, kind if who == about else L) for who, kind in messages))
        for about in "abcd"
    }
    alone = [one for one in apart.values() if one is not None]

    kept = told(*messages)

    assert (kept is None) is (not alone)
    if kept is not None:
        failed = {about for about, one in apart.items() if one and one.kind is F}
        running = [one.running_since for one in alone if one.running_since]
        good = [one.last_success for one in alone if one.last_success]
        assert {one.note for one in failing(kept)} == failed
        assert (kept.kind is F) is bool(failed)
        assert kept.running_since == min(running, default=None)
        assert kept.last_success == max(good, default=None)
        assert unpack(Ping, pack(kept)) == kept


def group(name: str, status: str) -> dict[str, Any]:
    alert = {"status": status, "labels": {"alertname": name}, "annotations": {"summary": name}}
    return {"status": status, "groupKey": f'{{}}:{{alertname="{name}"}}', "alerts": [alert]}


def azure(name: str, condition: str) -> dict[str, Any]:
    essentials = {"alertId": f"/alerts/{name}", "alertRule": name, "monitorCondition": condition}
    return {"data": {"essentials": essentials}}


def component(name: str, status: str) -> dict[str, Any]:
    update = {"component_id": name, "new_status": status}
    return {"component_update": update, "component": {"id": name, "name": name}}


def synced(name: str, status: str) -> dict[str, Any]:
    return {"event": "sync_end", "connector_id": name, "data": {"status": status, "reason": name}}


def moved(name: str, success: str) -> dict[str, Any]:
    body = {"success": success == "yes", "errorMessage": name, "connection": {"id": name}}
    return {"data": body}


def said(name: str, status: str) -> dict[str, Any]:
    return {"status": status, "about": name, "message": name}


@pytest.mark.parametrize(
    ("source", "message", "bad", "good"),
    [
        ("alertmanager", group, "firing", "resolved"),
        ("grafana", group, "firing", "resolved"),
        ("azure-monitor", azure, "Fired", "Resolved"),
        ("statuspage", component, "major_outage", "operational"),
        ("fivetran", synced, "FAILURE_WITH_TASK", "SUCCESSFUL"),
        ("airbyte", moved, "no", "yes"),
        ("generic", said, "failed", "ok"),
    ],
)
def test_what_one_reporter_says_clears_only_what_the_same_one_said(
    source: str, message: Any, bad: str, good: str
) -> None:
    kept: Ping | None = None
    seen = []
    for name, status in (("queue", bad), ("cert", bad), ("cert", good), ("queue", good)):
        kept = fold(kept, hook_ping(source, message(name, status), NOW))  # type: ignore[arg-type]
        assert kept is not None
        seen.append([one.note.split()[0] for one in failing(kept)])

    assert [sorted(names) for names in seen] == [["queue"], ["cert", "queue"], ["queue"], []]
    assert kept is not None
    assert kept.kind is S


def test_keys_that_differ_only_at_their_end_stay_apart() -> None:
    long = "x" * 500
    keys = {
        hook_ping("alertmanager", group(long + end, "firing"), NOW).about  # type: ignore[union-attr]
        for end in "ab"
    }

    assert len(keys) == 2
    assert max(len(key) for key in keys) < 80


def flood(count: int, kind: PingKind, kept: Ping | None = None) -> Ping | None:
    return told(*((f"flood:{place}", kind) for place in range(count)), kept=kept)


@pytest.mark.parametrize("kind", [S, F, B])
def test_a_flood_of_reporters_neither_grows_the_row_nor_hides_a_failure(kind: PingKind) -> None:
    long = Ping(at=NOW, kind=F, about="real", note="n" * 1000)
    kept = flood(2 * MOST_PARTS, kind, fold(None, long))

    assert kept is not None
    assert (kept.kind, len(kept.parts) <= MOST_PARTS + 1) == (F, True)
    assert "real" in kept.parts
    assert len(pack(kept)) < 150_000


def test_failures_beyond_the_bound_outlast_the_good_word_of_all_others_for_a_day() -> None:
    kept = flood(MOST_PARTS + 20, F)
    kept = flood(MOST_PARTS + 20, S, kept)
    assert kept is not None
    assert [one.note for one in failing(kept)] == [f"flood:{MOST_PARTS + 19}"]

    later = kept.at + DAY + HOUR
    kept = fold(kept, Ping(at=later, kind=S, about="flood:1"))

    assert kept is not None
    assert (kept.kind, failing(kept)) == (S, ())


@pytest.mark.parametrize("kind", ["success", "fail", "start"])
def test_a_row_from_before_reporters_were_told_apart_is_that_of_the_first_to_speak(
    kind: str,
) -> None:
    row = {"at": NOW.isoformat(), "kind": kind, "rid": "", "note": "401", "failed": []}
    old = unpack(Ping, json.dumps(row))

    bad = fold(old, Ping(at=NOW + MINUTE, kind=F, about="a"))
    kept = fold(bad, Ping(at=NOW + HOUR, kind=S, about="a"))

    assert kept is not None
    assert (kept.kind, set(kept.parts)) == (S, {"a"})


@pytest.mark.parametrize("first", [True, False], ids=["after a good end", "without any end"])
def test_a_job_that_starts_again_and_again_is_overdue_like_one_that_is_silent(first: bool) -> None:
    period, grace = DAY, 10 * MINUTE
    kept = fold(None, Ping(at=NOW, kind=S)) if first else None
    begun = NOW if first else NOW + 5 * MINUTE
    beats = {}
    for place in range(1, 900):
        now = NOW + place * 5 * MINUTE
        kept = fold(kept, Ping(at=now, kind=B))
        beats[now - begun] = judge_beat(kept, period=period, grace=grace, first_seen=NOW, now=now)

    late = Beat.OVERDUE if first else Beat.NEVER
    assert {beat for age, beat in beats.items() if age <= period + grace} == {Beat.RUNNING}
    assert {beat for age, beat in beats.items() if age > period + grace} == {late}


def test_a_start_without_an_id_is_ended_by_an_end_with_one() -> None:
    kept = fold(Ping(at=NOW, kind=S, running_since=NOW), Ping(at=NOW + HOUR, kind=S, rid="7"))

    assert kept is not None
    assert kept.running_since is None


def test_the_failure_of_another_run_does_not_hide_that_this_one_still_goes() -> None:
    kept = None
    for one in (Ping(at=NOW, kind=B, rid="a"), Ping(at=NOW, kind=F, rid="b")):
        kept = fold(kept, one)
    kept = fold(kept, Ping(at=NOW, kind=S, rid="c"))

    assert kept is not None
    assert (kept.kind, kept.running_rid) == (S, "a")


@given(
    st.lists(st.tuples(st.sampled_from([S, F, B]), st.sampled_from("abc"), st.booleans())),
    st.sampled_from(["", "x", "y"]),
)
def test_every_run_goes_on_until_its_own_end(
    messages: list[tuple[PingKind, str, bool]], about: str
) -> None:
    going: dict[str, datetime] = {}
    kept: Ping | None = None
    for place, (kind, rid, other) in enumerate(messages):
        at = NOW + place * MINUTE
        kept = fold(kept, Ping(at=at, kind=kind, rid=rid, about=about))
        if kind is B:
            going[rid] = at
        else:
            going.pop(rid, None)
        if other:  # of another reporter: nothing of this one
            kept = fold(kept, Ping(at=at, kind=S, about=about and "other", rid="d"))

    if kept is not None:
        one = kept.parts.get(about, kept)
        assert runs_of(one) == going
        assert kept.running_since == min(going.values(), default=None)
        assert unpack(Ping, pack(kept)) == kept


def test_a_flood_of_starts_keeps_the_newest_runs() -> None:
    kept = None
    for place in range(3 * MOST_RUNS):
        kept = fold(kept, Ping(at=NOW + place * MINUTE, kind=B, rid=str(place)))

    assert kept is not None
    assert set(runs_of(kept)) == {str(place) for place in range(2 * MOST_RUNS, 3 * MOST_RUNS)}


def test_a_run_that_an_earlier_version_kept_is_ended_by_its_end() -> None:
    row = {"at": NOW.isoformat(), "kind": "success", "running_rid": "a"}
    old = unpack(Ping, json.dumps({**row, "running_since": NOW.isoformat()}))

    kept = fold(old, Ping(at=NOW + MINUTE, kind=B, rid="b"))
    assert kept is not None
    assert set(runs_of(kept)) == {"a", "b"}
    kept = fold(kept, Ping(at=NOW + HOUR, kind=S, rid="a"))

    assert kept is not None
    assert (set(runs_of(kept)), kept.running_rid) == ({"b"}, "b")


def test_a_clock_that_was_ahead_leaves_no_part_of_what_was_kept_ahead() -> None:
    kept = None
    for one in (Ping(at=NOW + DAY, kind=B, rid="a", about="x"), Ping(at=NOW + DAY, kind=S)):
        kept = fold(kept, one)
    assert kept is not None

    right = of_ping("ping", kept, changed((), NOW))

    assert (heard_at(right), right.last_success) == (NOW, NOW)
    assert runs_of(right.parts["x"]) == {"a": NOW}
    assert of_ping("ping", right, changed((), NOW)) is right


@pytest.mark.parametrize(
    ("source", "body", "unread"),
    [
        ("generic", {"status": "Quarantined"}, "Quarantined"),
        ("generic", {"status": "failed"}, ""),
        ("generic", {"message": "hello"}, ""),
        ("fivetran", {"event": "sync_end", "data": {"status": "PARTIAL"}}, "PARTIAL"),
        ("fivetran", {"event": "sync_end", "data": {"status": "RESCHEDULED"}}, ""),
        ("fivetran", {"event": "sync_end", "status": "FAILURE"}, ""),
        ("azure-monitor", azure("a", "Suppressed"), "Suppressed"),
        ("alertmanager", group("a", "muted"), "muted"),
        ("airbyte", {"data": {"success": "perhaps"}}, "perhaps"),
        ("statuspage", component("a", "on_fire"), "on_fire"),
    ],
)
def test_a_status_that_no_table_has_is_kept_to_be_said(
    source: str, body: dict[str, Any], unread: str
) -> None:
    ping = hook_ping(source, body, NOW)
    assert ping is not None
    good = replace(ping, kind=S, unread="", at=NOW - HOUR)

    kept = fold(fold(None, good), ping)

    assert bool(ping.unread) is bool(unread)
    assert not unread or unread not in ping.unread
    assert kept is not None
    assert kept.unread == ping.unread
    understood = fold(kept, replace(good, at=NOW + timedelta(hours=1)))
    assert understood is not None
    assert understood.unread == ""
