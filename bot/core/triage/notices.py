"""What is told about lessons of the playbook."""

from bot.core.outbox.notice import Notice, PersonalNotice, What, notice


@notice(What.ENTRY_PROPOSED)
class EntryProposed(PersonalNotice):
    """To an owner: may the playbook learn this?"""

    entry: int


@notice(What.ENTRY_DECIDED)
class EntryDecided(Notice):
    """In the channel, and to whoever proposed it when somebody else decided."""

    entry: int
