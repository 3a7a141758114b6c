"""What does not go to our own Slack: evidence to an outside party, by mail or in a shared channel,
and pings to people by another way while Slack takes none."""

from datetime import timedelta

from bot.core.estate.catalogue import Party
from bot.core.incidents.notices import EvidenceWritten
from bot.core.outbox.address import ToPartyByMail, ToPartyChannel, ToPersonElsewhere
from bot.core.outbox.letter import OutboxMessage, backoff
from bot.flows.outbox import fallback
from bot.flows.outbox.fallback import Mail, Mailer, NotMailed, NotPaged, Pager
from bot.runtime import Runtime
from bot.slack.incidents import counterparty
from bot.slack.platform.gateway import Later
from bot.slack.platform.posts import Poster
from bot.slack.platform.users import Unreachable

_PAGE_TRIES = 8  # about four minutes
_MAIL_RESTS = timedelta(minutes=1)  # at the longest, until a mail server is asked again


class OutsideParties:
    """`mail` is None when no mail server is set; `page` sends a ping by another way."""

    def __init__(self, runtime: Runtime, poster: Poster, mail: Mailer | None, page: Pager) -> None:
        self._runtime = runtime
        self._poster = poster
        self._mail = mail
        self._page = page

    async def deliver(self, letter: OutboxMessage) -> tuple[str, str]:
        """Channel and ts of what was posted, empty for a mail. Raises Later, Refusal from Slack,
        or Unreachable when the catalogue or the settings name no way."""
        match letter.to, letter.notice:
            case ToPartyByMail(party), EvidenceWritten() as told:
                await self._by_mail(letter, told, self._party(party))
            case ToPartyChannel(party), EvidenceWritten() as told:
                return await self._in_channel(letter, told, self._party(party))
            case ToPersonElsewhere(), _:
                await self._by_another_way(letter)
            case to, _:
                raise ValueError(f"{letter.what} is nothing for {to}")
        return "", ""

    def _party(self, id: str) -> Party:
        party = self._runtime.knowledge().catalogue.parties.get(id)
        if party is None:
            raise Unreachable("they are no longer in the catalogue")
        return party

    async def _in_channel(
        self, letter: OutboxMessage, told: EvidenceWritten, party: Party
    ) -> tuple[str, str]:
        if not party.slack_channel:
            raise Unreachable("the catalogue no longer names a shared channel")
        message = counterparty.for_party(told)
        mark = f"letter {letter.id}"
        sent = await self._poster.post(
            party.slack_channel, message, mark, maybe_sent=letter.maybe_sent
        )
        return sent.channel, sent.ts

    async def _by_another_way(self, letter: OutboxMessage) -> None:
        written = await self._runtime.do(fallback.write, letter)
        if written is None:
            raise Unreachable("it was no longer needed")
        try:
            await self._page(written.person, written.title, written.body)
        except NotPaged as error:
            # Then the ladder goes on, which a service that is down must not hold up.
            if error.final or letter.attempts >= _PAGE_TRIES:
                raise Unreachable(str(error)) from None
            raise Later(min(backoff(letter.attempts), _MAIL_RESTS), str(error)) from None

    async def _by_mail(self, letter: OutboxMessage, told: EvidenceWritten, party: Party) -> None:
        if not party.email:
            raise Unreachable("the catalogue no longer names a mail address")
        if self._mail is None:
            raise Unreachable("no mail server is set (FIRSTLANE_SMTP_URL)")
        install = await self._runtime.store.run(lambda tx: tx.install())
        mail = Mail(
            to=party.email,
            subject=told.subject,
            body=told.body,
            # The same in each try, so that a mail server or a reader can tell a repetition.
            message_id=f"letter-{letter.id}.{install}",
        )
        try:
            await self._mail(mail)
        except NotMailed as error:
            if error.final:
                raise Unreachable(str(error)) from None
            raise Later(min(backoff(letter.attempts), _MAIL_RESTS), str(error)) from None
