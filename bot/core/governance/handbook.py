"""The handbook: everything a newcomer needs, for the estate and for each connection.

Pure. Texts carry the marks of `bot.language.marks`; `render_book` renders them for a reader. It
holds no secret, since the catalogue holds none.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from bot.core.estate.catalogue import Catalogue, Connection, Credential
from bot.core.estate.lane import LANE_TITLES, Lane, Layer
from bot.core.governance.audit.audit import Audit
from bot.core.governance.audit.risk_questions import AuditAnswer
from bot.core.governance.dossier import sections
from bot.language.marks import outside, when, who
from bot.language.units import say_duration

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookTable:
    title: str
    columns: Cells
    rows: tuple[Cells, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    id: str
    title: str
    lines: tuple[str, ...] = ()
    tables: tuple[BookTable, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    title: str
    made: str
    estate: tuple[Chapter, ...]
    connections: tuple[Chapter, ...]

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        return (*self.estate, *self.connections)


def book(catalogue: Catalogue, audit: Audit) -> Book:
    """The whole handbook as it stands at the audit's moment."""
    return Book(
        title=f"{outside(catalogue.company) or 'Our'} integration handbook",
        made=f"As of {when(audit.at)}. Written by Firstlane from the estate file.",
        estate=(
            _overview(audit),
            Chapter(id="ownership", title="Who owns what", tables=(_matrix(catalogue),)),
            Chapter(id="raci", title="Who does what", tables=(_raci(catalogue),)),
            Chapter(id="truth", title="Systems of record", tables=(*_truth(catalogue),)),
            Chapter(id="credentials", title="Credential register", tables=(_register(catalogue),)),
            Chapter(id="contacts", title="Contacts", tables=(*_contacts(catalogue),)),
            _running(catalogue, audit),
        ),
        connections=tuple(
            _connection(catalogue, audit, one) for one in catalogue.connections.values()
        ),
    )


def render_book(found: Book, say: Callable[[str], str]) -> Book:
    """The same book with every text rendered by `say`, without tables that have no rows."""

    def chapter(one: Chapter) -> Chapter:
        # An empty table reads as “there are none”, and may mean that nobody wrote it down.
        tables = tuple(render_table(table, say) for table in one.tables if table.rows)
        return replace(one, lines=tuple(say(line) for line in one.lines), tables=tables)

    return replace(
        found,
        made=say(found.made),
        estate=tuple(chapter(one) for one in found.estate),
        connections=tuple(chapter(one) for one in found.connections),
    )


def render_table(table: BookTable, say: Callable[[str], str]) -> BookTable:
    return replace(table, rows=tuple(tuple(say(cell) for cell in row) for row in table.rows))


def _overview(audit: Audit) -> Chapter:
    judged = audit.judged
    return Chapter(
        id="standing",
        title="How the estate stands",
        lines=(
            f"{audit.score} of 5 answers are yes: {audit.status}.",
            f"{judged.urgency.capitalize()}: {judged.why}",
        ),
        tables=(
            _answers("Five questions", ("Question", "Answer"), audit.answers),
            _answers("Signals for action", ("Signal", "On"), audit.signals),
            _answers("Readiness", ("Question", "Answer"), audit.readiness),
        ),
    )


def _answers(title: str, columns: Cells, answers: Iterable[AuditAnswer]) -> BookTable:
    rows = tuple((one.asks, one.reply.value, one.evidence) for one in answers)
    return BookTable(title=title, columns=(*columns, "Evidence"), rows=rows)


def _texts(*texts: str) -> Cells:
    return tuple(outside(text) for text in texts)


def _matrix(catalogue: Catalogue) -> BookTable:
    columns = ("Connection", "Criticality", "Technical", "Functional", "Architecture")
    rows = tuple(
        (
            outside(one.name),
            one.criticality.value,
            *(who(one.owners.of(layer)) for layer in Layer),
            who(one.first_responder),
            "; ".join(
                f"{say_duration(rung.after)}: {', '.join(map(who, rung.people))}"
                for rung in one.ladder
            ),
        )
        for one in catalogue.connections.values()
    )
    return BookTable(
        title="Ownership matrix", columns=(*columns, "First responder", "Then"), rows=rows
    )


def _raci(catalogue: Catalogue) -> BookTable:
    """Responsible does it, accountable answers for it, consulted is asked, informed is told."""
    return BookTable(
        title="Responsible, accountable, consulted, informed",
        columns=("Connection", "Work", "Responsible", "Accountable", "Consulted", "Informed"),
        rows=tuple(
            (outside(one.name), work, *map(_or_dash, people))
            for one in catalogue.connections.values()
            for work, people in _duties(one).items()
        ),
    )


def _duties(one: Connection) -> dict[str, tuple[str | None, str | None, str | None, str | None]]:
    """Four people per kind of work; where `roles` says nothing the layer's owner stands in."""
    roles, owners = one.about.roles, one.owners
    technical, functional, architecture = owners.technical, owners.functional, owners.architecture
    changer = roles.may_change[0] if roles.may_change else technical
    assessor = roles.assesses_impact or architecture
    return {
        "Incident": (one.first_responder, technical, functional, architecture),
        "Change": (changer, roles.approves_changes or functional, assessor, technical),
        "Data and exceptions": (
            one.about.exceptions.owner or functional,
            functional,
            technical,
            architecture,
        ),
        "Documents": (roles.updates_docs or technical, technical, functional, None),
        "Retire or replace": (technical, architecture, functional, None),
    }


def _or_dash(person: str | None) -> str:
    return who(person) if person else "-"


def _truth(catalogue: Catalogue) -> Iterator[BookTable]:
    yield BookTable(
        title="By domain",
        columns=("Domain", "System of record", "Kept clean by", "What it means"),
        rows=tuple(
            (
                *_texts(domain, catalogue.system_name(one.system)),
                who(one.steward),
                outside(one.definition),
            )
            for domain, one in catalogue.governance.authority.items()
        ),
    )
    yield BookTable(
        title="By record",
        columns=("Record", "Connection", "System of record", "Kept clean by", "Critical fields"),
        rows=tuple(
            (
                *_texts(item.name, one.name),
                outside(catalogue.system_name(item.authority)) if item.authority else "not decided",
                who(item.steward),
                outside(", ".join(item.critical_fields)),
            )
            for one in catalogue.connections.values()
            for item in one.about.records
        ),
    )


def _register(catalogue: Catalogue) -> BookTable:
    return BookTable(
        title="Logins, keys and certificates (never the secrets)",
        columns=("Connection", "Credential", "Kind", "Login", "Renewed by", "Ends", "Renewed at"),
        rows=tuple(
            (
                *_texts(one.name, item.name, item.kind),
                item.identity.value,
                who(item.owner),
                _ends(item),
                outside(item.where),
            )
            for one in catalogue.connections.values()
            for item in one.credentials
        ),
    )


def _ends(item: Credential) -> str:
    ends = str(item.expires or "not on record")
    return f"{ends} ({item.renewed.words()})" if item.renewed else ends


def _contacts(catalogue: Catalogue) -> Iterator[BookTable]:
    yield BookTable(
        title="People",
        columns=("Name", "What they do", "E-mail", "Manager", "Works for"),
        rows=tuple(
            (
                *_texts(one.name, one.title, one.email or ""),
                _or_dash(one.manager),
                outside(catalogue.parties[one.works_for].name) if one.works_for else "",
            )
            for one in catalogue.people.values()
        ),
    )
    yield BookTable(
        title="Organisations",
        columns=("Name", "Contact", "Contract", "Covers", "Until", "Answers within"),
        rows=tuple(
            (
                *_texts(one.name, one.contact, one.contract, one.covers),
                str(one.valid_until or ""),
                ", ".join(
                    f"{level}: {say_duration(span)}" for level, span in one.respond_within.items()
                ),
            )
            for one in catalogue.parties.values()
        ),
    )


def _running(catalogue: Catalogue, audit: Audit) -> Chapter:
    model = catalogue.governance.model
    advice = audit.advice
    lines = [f"Operating model: {model.kind}. {outside(model.reason)}" if model else ""]
    lines += [f"The numbers speak for {advice.fits}.", *advice.reasons]
    lines += [f"Risk: {risk}" for risk in advice.risks]
    if catalogue.governance.change_process:
        lines.append(f"Change process: {outside(catalogue.governance.change_process)}")
    return Chapter(
        id="running",
        title="How it is run",
        lines=tuple(line for line in lines if line),
        tables=(_calendar(catalogue, audit), _risks(catalogue), _accepted(audit)),
    )


def _risks(catalogue: Catalogue) -> BookTable:
    return BookTable(
        title="Risk register",
        columns=("Connection", "Risk", "Impact", "What is done", "Answers for it", "Review"),
        rows=tuple(
            (
                *_texts(one.name, item.what, item.impact, item.mitigation),
                who(item.owner),
                str(item.review or "never"),
            )
            for one in catalogue.connections.values()
            for item in one.about.risks
        ),
    )


def _accepted(audit: Audit) -> BookTable:
    return BookTable(
        title="Accepted findings",
        columns=("Finding", "What", "Answers for it", "Until", "Why"),
        rows=tuple(
            (one.key, one.what, who(item.owner), str(item.until), outside(item.why))
            for one, item in audit.findings.accepted
        ),
    )


def _calendar(catalogue: Catalogue, audit: Audit) -> BookTable:
    # From the audit's moment, so that the handbook says one thing throughout.
    coming = sorted((one for one in catalogue.releases if one.at >= audit.at), key=lambda r: r.at)
    return BookTable(
        title="Releases to come",
        columns=("When", "System", "Version", "What changes"),
        rows=tuple(
            (
                when(one.at),
                *_texts(catalogue.system_name(one.system), one.version, one.summary),
            )
            for one in coming
        ),
    )


def _connection(catalogue: Catalogue, audit: Audit, connection: Connection) -> Chapter:
    found = audit.connections.get(connection.id)
    lines = [f"{found.score} of 5 answers are yes: {found.status}." if found else ""]
    lines.append(f"Runbook in an incident: {outside(connection.runbook)}.")
    findings = BookTable(
        title="Open findings",
        columns=("What", "Do", "Goes to"),
        rows=tuple((one.what, one.do, who(one.who)) for one in audit.of(connection.id)),
    )
    described = (
        BookTable(title=one.title, columns=("", ""), rows=one.rows)
        for one in sections(catalogue, connection)
    )
    return Chapter(
        id=f"connection-{connection.id}",
        title=outside(connection.name),
        lines=tuple(line for line in lines if line),
        tables=(*described, findings),
    )


INVENTORY_COLUMNS = (
    "id", "name", "from", "to", "both_ways", "stage", "criticality", "domain", "flow",
    "technical", "functional", "architecture", "first_responder",
    "build", "maintained_by", *(f"lane_{lane}" for lane in Lane), "docs_read", "audit", "findings",
)  # fmt: skip


def inventory(catalogue: Catalogue, audit: Audit) -> BookTable:
    """One row per connection with what a spreadsheet wants."""
    return BookTable(
        title="inventory",
        columns=INVENTORY_COLUMNS,
        rows=tuple(_inventory_row(catalogue, audit, one) for one in catalogue.connections.values()),
    )


def _inventory_row(catalogue: Catalogue, audit: Audit, one: Connection) -> Cells:
    maker = catalogue.parties.get(one.maintained_by or "")
    parties = (catalogue.party_of(one, lane) for lane in LANE_TITLES)
    found = audit.connections.get(one.id)
    people = (*(one.owners.of(layer) for layer in Layer), one.first_responder)
    return (
        one.id,
        *_texts(one.name, *map(catalogue.system_name, one.systems)),
        "yes" if one.both_ways else "no",
        one.about.lifecycle.stage.value,
        one.criticality.value,
        *_texts(one.domain, one.flow),
        *(who(person) if person else "" for person in people),
        one.build.value,
        outside(maker.name) if maker else "",
        *(outside(party.name) if party else "" for party in parties),
        str(one.docs.reviewed or ""),
        f"{found.score}/5" if found else "",
        str(len(audit.of(one.id))),
    )
