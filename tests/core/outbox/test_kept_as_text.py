"""Addresses and subjects are kept as text, and read again as what they were."""

import pytest

from bot.core.outbox.address import (
    ANNOUNCEMENTS,
    CHANNEL,
    Address,
    Archiving,
    Decorations,
    Invitations,
    OfChange,
    OfCoverRequest,
    OfHome,
    OfIncident,
    OfRelease,
    OfUnannounced,
    Subject,
    ToPartyByMail,
    ToPartyChannel,
    ToPerson,
    ToPersonElsewhere,
    read_address,
    read_subject,
)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        (ToPerson("bob"), "person:bob"),
        (ToPersonElsewhere("bob"), "fallback:bob"),
        (CHANNEL, "channel"),
        (ANNOUNCEMENTS, "announce"),
        (ToPartyByMail("maker"), "party:maker"),
        (ToPartyChannel("maker"), "party-channel:maker"),
    ],
)
def test_an_address_is_read_as_it_was_written(address: Address, text: str) -> None:
    assert str(address) == text
    assert read_address(text) == address


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        (OfIncident(4), "incident:4"),
        (OfChange(4), "change:4"),
        (OfUnannounced(4), "suspicion:4"),
        (OfCoverRequest(4), "cover-request:4"),
        (OfRelease("erp/26"), "release:erp/26"),
        (OfHome("bob"), "home:bob"),
        (Decorations("incident:4"), "furniture:incident:4"),
        (Invitations("incident:4"), "invite:incident:4"),
        (Archiving("incident:4"), "tidy:incident:4"),
    ],
)
def test_a_subject_is_read_as_it_was_written(subject: Subject, text: str) -> None:
    assert str(subject) == text
    assert read_subject(text) == subject


@pytest.mark.parametrize("text", ["live", "line", "incident:x", "incident", "pause:1", ""])
def test_a_name_of_something_else_is_no_subject_of_these(text: str) -> None:
    assert read_subject(text) is None
