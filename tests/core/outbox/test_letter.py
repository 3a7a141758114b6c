"""Which letters wait for each other, and which go first."""

from datetime import timedelta

import pytest

from bot.core.outbox.address import CHANNEL, Address, ToPerson
from bot.core.outbox.letter import backoff, decorations, priority_of, stream_of
from bot.core.outbox.notice import Effect, Say, Show, What, incident_of, incident_subject


def say(to: Address, what: What) -> Say:
    return Say(subject="incident:1", to=to, what=what)


@pytest.mark.parametrize(
    ("effect", "stream"),
    [
        (say(ToPerson("bob"), What.PING), "person:bob!"),
        (say(ToPerson("bob"), What.OWNER_ALERT), "person:bob"),
        (say(CHANNEL, What.NOTE), "incident:1"),
        (Show(subject="incident:1"), "show:incident:1"),
        (decorations("incident:1"), "show:furniture:incident:1"),
        (Show(subject="home:bob"), "show:home:bob"),
    ],
)
def test_a_person_a_channel_and_its_furniture_do_not_wait_for_each_other(
    effect: Effect, stream: str
) -> None:
    assert stream_of(effect) == stream


def test_pings_go_before_everything_and_furniture_goes_last() -> None:
    inbox = [
        decorations("incident:1"),
        say(CHANNEL, What.ESCALATED),
        Show(subject="incident:1"),
        say(ToPerson("alice"), What.OWNER_ALERT),
        say(ToPerson("bob"), What.PING),
    ]

    assert sorted(inbox, key=priority_of) == list(reversed(inbox))


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 1), (1, 1), (2, 2), (4, 8), (50, 300)])
def test_waiting_doubles_up_to_five_minutes(attempts: int, seconds: int) -> None:
    assert backoff(attempts) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("subject", "number"),
    [
        (incident_subject(42), 42),
        ("home:bob", None),
        ("incident:x", None),
        ("furniture:incident:1", None),
    ],
)
def test_only_an_incidents_own_subject_names_an_incident(subject: str, number: int | None) -> None:
    assert incident_of(subject) == number
