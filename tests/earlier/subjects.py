"""Changes, releases, suspicions and covers in every state, and the messages about them: these are
written from the record as it is when they are read."""

import json
from datetime import datetime
from functools import partial
from typing import Any

from bot.core.changes.change_request import ChangeKind, ChangeRequest, ChangeResult
from bot.core.estate.history import Release, ReleaseTrial
from bot.core.outbox.address import OfChange, OfCoverRequest, OfRelease, OfUnannounced, read_subject
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What, read_notice
from bot.flows import handle_absence
from bot.flows.changes import change_requests, releases, unannounced
from bot.flows.estate.ledger import release_of
from bot.slack import notice_words
from bot.slack.kit import SlackMessage
from bot.slack.outbox import all_words  # noqa: F401 - enters the words
from bot.slack.text import Writer
from bot.store.tx import Tx
from tests.builders import DAY, HOUR, NOW
from tests.core.changes.test_change_request import a_request
from tests.flows.scene import Scene

_LETTERS = (
    "select what, recipient, subject, facts from outbox where kind = 'say' and ("
    "subject like 'change:%' or subject like 'release:%' or subject like 'suspicion:%'"
    " or subject like 'cover-request:%') group by 1, 2, 3, 4 order by min(id)"
)
_AHEAD = Release(
    system="erp",
    version="26.2",
    at=NOW + 20 * DAY,
    summary="Orders & invoices",
    notes="https://erp.example/26.2",
)


async def story(scene: Scene) -> None:
    """Three weeks in which everything that is ever said of such a subject is said."""
    await scene.do(releases.take, [_AHEAD], "erp calendar")
    await _covers(scene)
    await _unannounced(scene)
    await _changes(scene)
    for _ in range(25):
        scene.later(DAY)
        await scene.do(releases.tick)
        await scene.tick()
    await _tried(scene)


async def _covers(scene: Scene) -> None:
    """Asked for and agreed to, denied, over, and still waiting; one in force without a question."""
    for stand_in, person in (("charlie", "bob"), ("alice", "bob"), ("alice", "charlie")):
        await _enters(scene, person, stand_in, by=stand_in, until=scene.now + 30 * DAY)
    await _enters(scene, "manager", "charlie", by="charlie", until=scene.now + HOUR)
    await scene.do(handle_absence.agree, 1, yes=True, by="manager")
    await scene.do(handle_absence.agree, 2, yes=False, by="bob")
    await _enters(scene, "architect", "charlie", by="architect", until=None)


async def _enters(
    scene: Scene, person: str, stand_in: str, *, by: str, until: datetime | None
) -> None:
    enter = partial(handle_absence.enter, person=person, stand_in=stand_in, by=by)
    await scene.do(enter, until=until)


async def _unannounced(scene: Scene) -> None:
    """Explained by a change, denied, denied and then explained, and unanswered."""
    seen = [await _suspected(scene, one) for one in ("orders", "returns", "payouts", "stock")]
    for number in seen[1:3]:
        await scene.do(unannounced.not_ours, number, "data-owner")
    for number in (seen[0], seen[2]):
        late = a_request(kind=ChangeKind.EMERGENCY, by="alice", proposed_at=scene.now, at=NOW)
        await scene.do(change_requests.propose, late, number)


async def _suspected(scene: Scene, connection: str) -> int:
    catalogue = scene.knowledge.catalogue
    said = {"what": "The <shape> of the data changed.", "source": f"{connection}/api"}
    notice = partial(unannounced.notice, **said, at=scene.now)
    found = await scene.do(notice, catalogue.connections[connection])
    assert found is not None
    return found.id


async def _changes(scene: Scene) -> None:
    """One in each state, and questions about the first."""
    first = await _proposes(
        scene,
        kind=ChangeKind.STRUCTURAL,
        touches=("payouts",),
        notify=("charlie", "data-owner"),
        sandbox="Ran <twice>",
        impact="Stock & payouts",
    )
    await scene.do(change_requests.ask, first, "data-owner", "Which <codes>?")
    reply = {"by": "bob", "asker": "data-owner", "words": "NO-25 & NO-15"}
    await scene.do(change_requests.answer, first, **reply)
    waits = await _proposes(scene, by="data-owner")
    for steps in ("", "i", "id", "idc"):
        await _goes_on(scene, await _proposes(scene, notify=("charlie",)), steps)
    denied, taken_back = await _proposes(scene), await _proposes(scene)
    await scene.do(change_requests.reject, denied, "data-owner", "Not <now>")
    await scene.do(change_requests.withdraw, taken_back, "bob")
    await _proposes(scene, kind=ChangeKind.EMERGENCY, by="alice", at=scene.now, rollback="none")
    waiting = await scene.run(lambda tx: tx.change_request(waits))
    [letter] = [one for one in await scene.post() if _asks_for(one, waits)]
    assert waiting is not None
    await scene.do(change_requests.undelivered, letter, "user_not_found")


def _asks_for(letter: OutboxMessage, change: int) -> bool:
    return letter.what is What.CHANGE_WANTED and letter.subject == f"change:{change}"


async def _proposes(scene: Scene, **more: Any) -> int:
    request: ChangeRequest = a_request(**{"proposed_at": scene.now, "at": scene.now + DAY} | more)
    return (await scene.do(change_requests.propose, request)).id


async def _goes_on(scene: Scene, number: int, steps: str) -> None:
    """Approved, then implemented, documented and closed as far as `steps` says."""
    scene.later(HOUR)
    await scene.do(change_requests.approve, number, "data-owner")
    if "i" in steps:
        await scene.do(change_requests.implement, number, "bob")
    if "d" in steps:
        await scene.do(change_requests.document, number, "bob", "the <wiki>")
    if "c" in steps:
        said = {"result": ChangeResult.WORKED, "note": "No & yes"}
        await scene.do(change_requests.close, number, by="bob", **said)


async def _tried(scene: Scene) -> None:
    for connection, verdict in zip(("orders", "returns", "payouts"), ReleaseTrial, strict=True):
        trial = partial(releases.record_trial, verdict=verdict, note="Seen & noted", by="alice")
        if connection == "payouts":
            trial = partial(trial, by="data-owner", note="")
        await scene.do(trial, _AHEAD.id, connection)


async def letters(scene: Scene) -> list[dict[str, Any]]:
    """All that was said of such subjects, as it reads at the moment of the scene."""
    writer = Writer(catalogue=scene.knowledge.catalogue)
    rows = await scene.aside(lambda db: list(db.query(_LETTERS)))
    found = [{**row, "facts": json.loads(row["facts"])} for row in rows]
    for row in found:
        said = await scene.run(_written, row, writer)
        row["said"] = {"text": said.text, "blocks": list(said.blocks)}
    read: list[dict[str, Any]] = json.loads(json.dumps(found))
    return read


def _written(tx: Tx, row: dict[str, Any], writer: Writer) -> SlackMessage:
    told = read_notice(What(row["what"]), row["facts"])
    record: Any = None
    match read_subject(row["subject"]):
        case OfRelease(release):
            record = release_of(tx, writer.catalogue, release)
        case OfChange(number):
            record = tx.change_request(number)
        case OfUnannounced(number):
            record = tx.unannounced(number)
        case OfCoverRequest(number):
            record = tx.cover(number)
    write = notice_words.about_record.of(told)
    assert write is not None
    said: SlackMessage = write(told, record, writer)
    return said
