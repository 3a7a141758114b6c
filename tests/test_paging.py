"""Pages leave through Apprise, and no address of a service ever shows."""

import logging

import pytest

from bot.delivery.page import kind_of, page_person, ways_from, ways_of
from bot.flows.outbox.fallback import NotPaged
from bot.language.errors import Invalid
from bot.language.redaction import Secret
from tests.builders import a_person
from tests.e2e.pager import Pager

pytestmark = pytest.mark.anyio
BOB = a_person("bob")


async def test_a_page_reaches_the_person_by_the_way_for_everybody() -> None:
    async with Pager() as pager:
        page = page_person((Secret(pager.url),))

        await page(BOB, "Orders: failing", "Bob, you are the first responder.")

        assert [(one["to"], one["title"]) for one in pager.pages] == [("bob", "Orders: failing")]


async def test_a_persons_own_way_comes_before_the_one_for_everybody() -> None:
    async with Pager() as common, Pager() as own:
        bob = a_person("bob", fallback=(Secret(own.url),))

        await page_person((Secret(common.url),))(bob, "title", "body")

        assert (len(common.pages), len(own.pages)) == (0, 1)


async def test_one_way_that_works_is_enough() -> None:
    async with Pager() as broken, Pager() as working:
        broken.status = 500
        page = page_person((Secret(broken.url), Secret(working.url)))

        await page(BOB, "title", "body")

        assert len(working.pages) == 1


async def test_when_no_way_works_it_is_tried_again_and_no_secret_is_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with Pager() as pager:
        pager.status = 500
        way = pager.url.replace("json://", "json://user:hunter2@")

        with pytest.raises(NotPaged) as caught:
            await page_person((Secret(way),))(BOB, "title", "body")

        assert (caught.value.final, str(caught.value)) == (False, "json did not take it")
        assert "hunter2" not in caplog.text


async def test_without_any_way_it_is_final() -> None:
    with pytest.raises(NotPaged) as caught:
        await page_person(())(BOB, "title", "body")

    assert caught.value.final


def test_addresses_are_separated_by_spaces_or_commas() -> None:
    ways = ways_from(
        "json://a.example/x, mailto://user:pw@mail.example?to={email}\nxml://b.example"
    )

    assert [kind_of(way) for way in ways] == ["json", "mailto", "xml"]


def test_an_address_that_apprise_does_not_know_stops_the_start_without_showing_it() -> None:
    with pytest.raises(Invalid) as caught:
        ways_from("json://a.example nonsense://hunter2@x")

    assert "address 2 of 2" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_way_that_needs_a_mail_address_is_left_out_where_none_is_known() -> None:
    ways = (Secret("mailto://u:p@x.example?to={email}"), Secret("json://x.example/{person}"))

    found = ways_of(ways, person="bob", email=None)

    assert [way.reveal() for way in found] == ["json://x.example/bob"]
