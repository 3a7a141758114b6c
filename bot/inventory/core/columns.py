"""Which column of a list means what, by its heading, in the languages lists are kept in.

Rule of this file: a heading it has never seen is left alone rather than guessed at wildly; a
person confirms every guess.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from bot.inventory.core.cells import route
from bot.inventory.core.listed_people import contradicts, of_a_person
from bot.inventory.core.lists import MAIL_FIELDS, PERSON_FIELDS, Field
from bot.inventory.core.same_system import words
from bot.language.words import plain_words

_ALIKE = 88  # likeness (0..100) from which a misspelt heading is still taken for a known one

# Headings as they are found in exports and spreadsheets: English, German, Dutch, French, Spanish,
# Italian, without accents. The more distinctive ones come first in each line.
_HEADINGS: Mapping[Field, str] = {
    Field.ID: """id, interface id, integration id, connection id, key, number, nr, no, code,
        schnittstellen nr, schnittstellen id, schnittstellennummer, nummer, numero, codice, ref,
        reference, interface no, flow id, job id""",
    Field.NAME: """name, connection, integration, interface, interface name, integration name,
        connection name, flow name, job name, title, process name, recipe, scenario, iflow,
        process, job, link, feed, schnittstelle, schnittstellenname, bezeichnung, verbindung,
        koppeling, naam, koppelvlak, nom, nom de l interface, connexion, flux, liaison, nombre,
        interfaz, conexion, nome, interfaccia, connessione, integracion, integrazione, integratie,
        web service, webservice, service name, app name, application name, description short,
        nom du flux, nom interface, naam koppeling, naam interface, koppelingsnaam, name der
        schnittstelle, schnittstelle name, nombre de la interfaz, nome interfaccia""",
    Field.ROUTE: """route, from to, source target, source to target, systems, source and target,
        von nach, systeme, van naar, de vers, origen destino, da a, path, endpoints systems""",
    Field.FROM: """from, source, source system, sender, origin, from system, producer, source app,
        source application, quelle, quellsystem, von, sendersystem, absender, ausgangssystem, bron,
        bronsysteem, van, zender, systeme source, emetteur, depuis, origine, origen,
        sistema origen, emisor, sistema de origen, sorgente, sistema sorgente, da, mittente,
        connection 1, source connection, application a, system a, sending, sends, sendend,
        sendendes, verzendend, emettrice, remitente""",
    Field.TO: """to, target, target system, destination, receiver, to system, consumer,
        target application, target app, ziel, zielsystem, nach, empfanger, empfaenger, doel,
        doelsysteem, naar, ontvanger, systeme cible, cible, destinataire, vers, destino,
        sistema destino, receptor, sistema de destino, destinazione, sistema destinazione, a,
        destinatario, connection 2, target connection, application b, system b, receiving,
        receives, empfangend, empfangendes, ontvangend, receptrice""",
    Field.SYSTEM: """system, application, app, our system, system name, anwendung, applikation,
        applicatie, systeem, systeme, applicazione, aplicacion, sistema, software""",
    Field.PARTNER: """partner, partner system, counterpart, connected system, connected to,
        external system, other system, remote system, linked system, gegenstelle, partnersystem,
        fremdsystem, angebunden an, externes system, gekoppeld systeem, gekoppeld met,
        extern systeem, systeme partenaire, connecte a, systeme externe, sistema externo,
        conectado a, contraparte, controparte, contrepartie, tegenpartij,
        sistema collegato, collegato a, third party, third party system""",
    Field.DIRECTION: """direction, in out, inbound outbound, flow direction, data direction,
        richtung, datenrichtung, richting, sens, direccion, sentido, direzione, verso, sens du flux,
        flussrichtung, stroomrichting""",
    Field.ENTITIES: """entities, entity, data, objects, object, data objects, business object,
        record type, record types, records, message type, payload, documents, what, data exchanged,
        information, content, daten, datenobjekt, datenobjekte, objekt, objekte, inhalt, belegart,
        nachrichtentyp, gegevens, objecten, berichttype, donnees, objets, objet, contenu, datos,
        objetos, entidades, contenido, dati, oggetti, contenuto, table, tables""",
    Field.TECHNICAL: """technical owner, owner, it owner, responsible, technical contact,
        system owner, maintained by person, developer, admin, administrator, contact, it contact,
        assigned to, person in charge, technischer verantwortlicher, verantwortlich,
        verantwortlicher, ansprechpartner, technischer ansprechpartner, betreuer, zustandig,
        zustaendig, eigenaar, technisch eigenaar, verantwoordelijke, beheerder, contactpersoon,
        responsable technique, responsable, proprietaire, contact technique, responsable tecnico,
        propietario, contacto, responsabile, responsabile tecnico, proprietario, referente,
        created by, run as owner, integration owner, it verantwortlicher, technischer owner,
        techn owner, owner techn, technisch verantwortlich, systemverantwortlicher,
        systemverantwortliche, applikationsverantwortlicher, verantwortliche person, administrateur,
        technisch beheerder, technisch verantwoordelijke, applicatiebeheerder, systeembeheerder,
        applicatie eigenaar, systeemeigenaar, responsable applicatif, responsable it,
        amministratore, administrador, technical, technisch, technique, tecnico, tecnica""",
    Field.MAIL: """mail, email, e mail, owner email, owner mail, technical owner email,
        contact email, technical email, email address, mailadresse, e mail adresse,
        correo, correo electronico, courriel, adresse mail, posta elettronica""",
    Field.FUNCTIONAL: """functional owner, business owner, process owner, data owner,
        business contact, key user, department contact, fachlicher verantwortlicher,
        fachverantwortlicher, fachlicher ansprechpartner, prozessverantwortlicher,
        functioneel eigenaar, proceseigenaar, responsable fonctionnel, responsable metier,
        responsable funcional, responsabile funzionale, product owner, functional contact,
        fachlicher owner, fachlich verantwortlich, prozesseigner, dateneigner,
        datenverantwortlicher, functioneel beheerder, functioneel verantwoordelijke, data eigenaar,
        gegevenseigenaar, sleutelgebruiker, proprietaire metier, proprietaire des donnees,
        referent metier, utilisateur cle, referente funzionale, contacto funcional,
        functional, fachlich, functioneel, fonctionnel, funcional, funzionale""",
    Field.FUNCTIONAL_MAIL: """functional owner email, business owner email, business email,
        functional email, key user email, business owner mail""",
    Field.ARCHITECTURE: """architecture owner, architect, solution architect,
        enterprise architect, architekt, architecte, arquitecto, architetto, architectuur eigenaar,
        landscape owner, architecture, architektur, architectuur, arquitectura, architettura""",
    Field.RESPONDER: """first responder, on call, oncall, first contact, first line, responder,
        bereitschaft, erstkontakt, eerste contact, premier contact, primer contacto, primo contatto,
        emergency contact, incident contact, rufbereitschaft, pikett, pikettdienst, piket,
        piketdienst, storingsdienst, storingscontact, wachtdienst, erster ansprechpartner,
        eerste aanspreekpunt, astreinte, guardia, reperibilita""",
    Field.CRITICALITY: """criticality, priority, importance, business criticality, severity, tier,
        class, kritikalitat, kritikalitaet, prioritat, prioritaet, wichtigkeit, prioriteit,
        kritikaliteit, belang, criticite, priorite, importance metier, criticidad, prioridad,
        criticita, priorita, business impact, impact, prio, critical, business critical,
        mission critical, kritisch, geschaftskritisch, geschaeftskritisch, unternehmenskritisch,
        wichtig, gewichtung, klasse, kritiek, bedrijfskritisch, bedrijfskritiek, belangrijk,
        belangrijkheid, critique, niveau de criticite, essentiel, importancia, critico, critica,
        importanza""",
    Field.DOMAIN: """domain, business area, department, area, module, function, bereich,
        abteilung, fachbereich, modul, afdeling, domein, domaine, departement, service metier,
        dominio, departamento, area de negocio, reparto, ambito, business unit, folder, project""",
    Field.FLOW: """business process, process area, end to end process, value stream,
        geschaftsprozess, geschaeftsprozess, prozess, bedrijfsproces, proces, processus,
        processus metier, proceso, proceso de negocio, processo""",
    Field.PATTERN: """frequency, schedule, interval, pattern, trigger, timing, runs, cadence,
        sync frequency, mode, haufigkeit, haeufigkeit, frequenz, intervall, takt, zeitplan, turnus,
        frequentie, schema, planning, frequence, periodicite, planification, frecuencia,
        programacion, periodicidad, frequenza, pianificazione, how often""",
    Field.BUILD: """type, build, technology, integration type, connector type, method, protocol,
        interface type, connector, tool, typ, art, technologie, verfahren, protokoll,
        schnittstellentyp, soort, methode, protocole, tipo, tecnologia, metodo, protocollo,
        connection type, how, middleware""",
    Field.VENDOR: """vendor, publisher, supplier, maker, maintained by, manufacturer,
        connector vendor, implemented by, built by, provider, hersteller, anbieter, dienstleister,
        lieferant, leverancier, fournisseur, editeur, prestataire, proveedor, fabricante, fornitore,
        produttore, service provider, partner company""",
    Field.STAGE: """status, state, stage, lifecycle, life cycle, active, enabled, zustand,
        aktiv, actief, statut, etat, actif, estado, activo, stato, attivo, lifecycle status,
        in betrieb, lebenszyklus, in gebruik, levenscyclus, en service, cycle de vie, en uso,
        in uso""",
    Field.ENDPOINT: """endpoint, url, address, host, endpoint url, server, hostname, base url,
        api url, uri, adresse, endpunkt, adres, eindpunt, point d acces, serveur, direccion url,
        servidor, indirizzo, web service url, odata url, odata v4 url, path url, location""",
    Field.DOCS: """documentation, docs, doc link, documentation link, wiki, dokumentation, doku,
        documentatie, documentacion, documentazione, confluence, spec, specification, link to docs,
        doc""",
    Field.NOTES: """notes, note, comment, comments, remarks, remark, description, bemerkung,
        bemerkungen, kommentar, anmerkung, hinweis, beschreibung, opmerking, opmerkingen,
        omschrijving, remarque, remarques, commentaire, observaciones, comentarios, descripcion,
        osservazioni, commenti, descrizione, erlauterung, notizen, toelichting, commentaar,
        notas""",
}  # fmt: skip

_KNOWN: Mapping[str, Field] = {
    " ".join(heading.split()): meaning
    for meaning, headings in _HEADINGS.items()
    for heading in headings.split(",")
}
_RANK: Mapping[str, int] = {heading: rank for rank, heading in enumerate(_KNOWN)}

_PLAIN: Mapping[Field, str] = {
    Field.TECHNICAL: "technical owner",
    Field.MAIL: "technical owner email",
    Field.FUNCTIONAL: "functional owner",
    Field.FUNCTIONAL_MAIL: "functional owner email",
}
_A_SYSTEM = words(
    """system systems systeme systeem sistema application app anwendung applikation applicatie
    applicazione aplicacion software"""
)
_ENDS = frozenset({Field.FROM, Field.TO, Field.PARTNER})
_MAY_BE_ROUTES = frozenset({None, Field.FLOW, Field.ENTITIES, Field.DIRECTION, Field.BUILD})
# An address belongs to the person whose column stands before it.
_ANYBODYS_MAIL = frozenset(
    """mail|email|e mail|email address|mailadresse|e mail adresse|correo|correo electronico
    |courriel|adresse mail|posta elettronica""".replace("\n    ", "").split("|")
)

_SECRETS = words(
    """password passwd passwort kennwort wachtwoord contrasena parola pwd passphrase secret secrets
    geheimnis geheim token apikey zugangsdaten inloggegevens identifiants credentials"""
) | {"api key", "access key", "private key", "client secret", "mot de passe", "shared key"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a column is taken for. `field` is None when it means nothing here. `sure` is false
    for a heading that only resembles a known one. `why` says what spoke against a use."""

    column: str
    field: Field | None
    sure: bool = True
    why: str = ""


def guess_columns(headings: Sequence[str], given: Mapping[str, Field]) -> tuple[Guess, ...]:
    """One guess for each heading, in order. `given` says outright what some headings mean. Each
    field is read from one column: the one given, else the heading that fits best."""
    taken: dict[Field, str] = {field: column for column, field in given.items()}
    wanted = {heading: _meaning(heading) for heading in headings if heading not in given}
    free = [heading for heading in wanted if _said(heading) in _ANYBODYS_MAIL]
    # The best heading first: where two columns could be the owner, the more distinctive one is.
    for heading, (field, rank, _) in sorted(wanted.items(), key=lambda one: one[1][1]):
        if field and rank < len(_KNOWN) * 2 and heading not in free:
            taken.setdefault(field, heading)
    people = {column: field for field, column in taken.items() if field in PERSON_FIELDS}
    for heading in free:
        whose = _before(headings, heading, people)
        field = MAIL_FIELDS.get(whose) if whose else None
        wanted[heading] = (field, 0, True)
        if field:
            taken.setdefault(field, heading)
    return tuple(_guess(heading, given, wanted, taken) for heading in headings)


def with_route(
    guesses: Sequence[Guess], given: Mapping[str, Field], cells: Callable[[str], Iterable[str]]
) -> tuple[Guess, ...]:
    """The guesses, and where no column is taken for the systems, the one whose `cells` hold both
    of them as `Shop -> ERP`, whatever its heading."""
    if {guess.field for guess in guesses} & {Field.ROUTE, *_ENDS}:
        return tuple(guesses)
    free = [one for one in guesses if one.column not in given and one.field in _MAY_BE_ROUTES]
    held = [one for one in free if not holds_secrets(one.column) and _routes(cells(one.column))]
    # Two such columns would mean two different things, and a guess would mix them.
    if len(held) != 1:
        return tuple(guesses)
    said = replace(held[0], field=Field.ROUTE, sure=False, why="")
    return tuple(said if one is held[0] else one for one in guesses)


def _routes(cells: Iterable[str]) -> bool:
    """Whether most of what stands in a column is two systems and an arrow."""
    told = [route(cell) is not None for cell in cells if cell.strip()]
    return sum(told) * 2 > len(told)


def _before(headings: Sequence[str], heading: str, people: Mapping[str, Field]) -> Field | None:
    """Whose column stands before it, else behind it; None where the list names nobody."""
    at = headings.index(heading)
    near = [*reversed(headings[:at]), *headings[at + 1 :]]
    return next((people[one] for one in near if one in people), None)


def _said(heading: str) -> str:
    # A second column of one name is “Owner (2)”: it means what the first one means.
    return " ".join(plain_words(re.sub(r" \(\d+\)$", "", heading)))


def holds_secrets(heading: str) -> bool:
    """Whether the heading announces passwords or keys, which no list may carry on."""
    said = plain_words(heading)
    pairs = {" ".join(said[at : at + size]) for size in (1, 2, 3) for at in range(len(said))}
    # “Token expires” and “key owner” tell of a secret and hold none.
    return bool(pairs & _SECRETS) and not {"expires", "expiry", "end", "ablauf", "owner"} & {*said}


def known(heading: str) -> bool:
    """Whether the heading, exactly or nearly, is one that lists are known to use."""
    return _meaning(heading)[0] is not None


def _guess(
    heading: str,
    given: Mapping[str, Field],
    wanted: Mapping[str, tuple[Field | None, int, bool]],
    taken: Mapping[Field, str],
) -> Guess:
    if heading in given:
        field = given[heading]
        return Guess(column=heading, field=None if field is Field.IGNORE else field)
    meaning, _, sure = wanted[heading]
    if holds_secrets(heading):
        return Guess(column=heading, field=None, why="may hold secrets: not read")
    if meaning is None and _said(heading) in _ANYBODYS_MAIL:
        return Guess(column=heading, field=None, why="nothing says whose address it is")
    if meaning and taken.get(meaning) != heading:
        why = f"{meaning} is read from “{taken[meaning]}”"
        return Guess(column=heading, field=None, why=why)
    return Guess(column=heading, field=meaning, sure=sure or meaning is None)


def _meaning(heading: str) -> tuple[Field | None, int, bool]:
    """Field, rank (lower fits better) and whether the heading is known exactly. What stands in
    brackets (`Criticality (H/M/L)`) counts only where it makes the heading known."""
    found = _alike(_said(heading))
    bare = re.sub(r"[(\[][^()\[\]]{0,60}[)\]]", " ", heading)
    return found if found[0] or bare == heading else _alike(_said(bare))


def _alike(said: str) -> tuple[Field | None, int, bool]:
    if not said:
        return None, len(_KNOWN) * 2, False
    if said in _KNOWN:
        return _KNOWN[said], _RANK[said], True
    side = " ".join(word for word in said.split() if word not in _A_SYSTEM)
    if side != said and _KNOWN.get(side) in _ENDS:
        return _KNOWN[side], _RANK[side], True
    whose = of_a_person(said)
    if whose is not None:
        return whose, _RANK[_PLAIN[whose]], True
    near = process.extractOne(said, _RANK.keys(), scorer=fuzz.token_sort_ratio, score_cutoff=_ALIKE)
    # A letter more or less in a short heading is another word.
    if near is None or len(said) < 5 or contradicts(said, _KNOWN[near[0]]):
        return None, len(_KNOWN) * 2, False
    return _KNOWN[near[0]], _RANK[near[0]] + len(_KNOWN), False
