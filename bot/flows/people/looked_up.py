"""Who people are in Slack, as far as it was asked about the address that the file gives now.

An account that was found by another address may be somebody else's, so it counts as not looked up.
"""

from collections.abc import Mapping

from bot.core.estate.catalogue import Catalogue
from bot.ports import SlackUser, Tx


def looked_up(tx: Tx, catalogue: Catalogue, person: str) -> SlackUser | None:
    """What Slack said of the person's address; None when it was not asked about this one."""
    known = tx.slack_user(person)
    return known if known and _fits(catalogue, person, known.address) else None


def user_ids(tx: Tx, catalogue: Catalogue) -> Mapping[str, str]:
    """Slack user id of everybody who has one."""
    return {
        known.person: known.user
        for known in tx.slack_users()
        if known.user and _fits(catalogue, known.person, known.address)
    }


def person_of(tx: Tx, catalogue: Catalogue, user: str) -> str | None:
    """Whom of the file a Slack user was found to be; None when nobody's look-up gave them."""
    return next(
        (
            known.person
            for known in tx.people_of(user)
            if known.person in catalogue.people and _fits(catalogue, known.person, known.address)
        ),
        None,
    )


def _fits(catalogue: Catalogue, person: str, asked: str) -> bool:
    listed = catalogue.people.get(person)
    return listed is None or listed.address == asked
