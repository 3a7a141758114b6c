"""Who people are in Slack, as far as it was asked about the address that the file gives now.

An account that was found by another address may be somebody else's, so it counts as not looked up.
"""

from collections.abc import Mapping

from bot.core.estate.catalogue import Catalogue
from bot.core.outbox.received import SlackUser
from bot.flows.work import Work


def looked_up(work: Work, person: str) -> SlackUser | None:
    """What Slack said of the person's address; None when it was not asked about this one."""
    known = work.tx.slack_user(person)
    return known if known and _fits(work.catalogue, person, known.address) else None


def user_ids(work: Work) -> Mapping[str, str]:
    """Slack user id of everybody who has one."""
    return {
        known.person: known.user
        for known in work.tx.slack_users()
        if known.user and _fits(work.catalogue, known.person, known.address)
    }


def person_of(work: Work, user: str) -> str | None:
    """Whom of the file a Slack user was found to be; None when nobody's look-up gave them."""
    return next(
        (
            known.person
            for known in work.tx.people_of(user)
            if known.person in work.catalogue.people
            and _fits(work.catalogue, known.person, known.address)
        ),
        None,
    )


def _fits(catalogue: Catalogue, person: str, asked: str) -> bool:
    listed = catalogue.people.get(person)
    return listed is None or listed.address == asked
