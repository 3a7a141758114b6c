"""How people are pinged when Slack does not take it: named in the file, never written there."""

from tests.files.estate_text import ESTATE, errors, load

BOB = "bob: {name: Bob, email: bob@example.com, manager: alice"
SECRET = "mailto://user:hunter2@mail.example.com?to=bob@example.com"


def with_way(way: str) -> str:
    return ESTATE.replace(BOB, f'{BOB}, fallback: ["{way}"]')


def test_a_way_comes_from_the_environment_and_is_never_shown() -> None:
    loaded = load(with_way("${BOB_WAY}"), BOB_WAY=SECRET)

    assert loaded.catalogue is not None
    bob = loaded.catalogue.people["bob"]
    assert [way.reveal() for way in bob.fallback] == [SECRET]
    assert "hunter2" not in f"{bob} {bob!r} {loaded.catalogue.secrets}"


def test_a_way_written_in_the_file_is_refused_without_repeating_it() -> None:
    found = errors(with_way("tgram://123456/4711"))

    assert len(found) == 1
    assert "an address that gives access to a service must not stand in this file" in found[0]
    assert "4711" not in found[0]


def test_a_password_in_a_way_is_refused_once() -> None:
    found = errors(with_way(SECRET))

    assert len(found) == 1
    assert "hunter2" not in found[0]
