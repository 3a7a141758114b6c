"""Which names of systems mean the same system: sure, perhaps, or not at all.

Rule of this file: a test system is never its production system, and what a company's own words
cannot decide (is "ERP" Business Central?) is asked, never assumed.

Business words of other languages, and words that tell a test system from a production one.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations

from bot.inventory.core.lists import Decisions, RowDoubt
from bot.language.words import ABBREVIATIONS, initials, likeness, plain_words, stem, synonymous


def words(text: str) -> frozenset[str]:
    """The words of a list written as one text."""
    return frozenset(text.split())


ENVIRONMENT = words("test testing sandbox dev staging qa uat acceptance preprod demo")

_IN_ENGLISH: Mapping[str, str] = {
    word: english
    for english, words in {
        "order": "auftrag auftraege auftrage bestellung bestellungen commande commandes pedido "
        "pedidos ordine ordini bestelling bestellingen verkaufsauftrag verkaufsauftrage "
        "kundenauftrag salesorder salesorders",
        "invoice": "rechnung rechnungen facture factures factuur facturen factura facturas fattura "
        "fatture eingangsrechnung eingangsrechnungen",
        "customer": "kunde kunden klant klanten cliente clienti clientes debitor debitoren",
        "supplier": "lieferant lieferanten leverancier leveranciers fournisseur fournisseurs "
        "proveedor proveedores fornitore fornitori kreditor kreditoren",
        "item": "artikel artikelen artikelstamm produit produits producto productos prodotto "
        "prodotti articulo articulos sku skus",
        "stock": "bestand bestaende bestande lagerbestand lagerbestande voorraad voorraden stocks "
        "giacenze existencias bestandsmeldung",
        "price": "preis preise preisliste prix prijs prijzen precio precios prezzo prezzi "
        "pricelist pricelists",
        "payment": "zahlung zahlungen paiement paiements betaling betalingen pago pagos pagamento "
        "pagamenti pain001",
        "shipment": "lieferung lieferungen versand livraison livraisons levering leveringen envio "
        "envios spedizione spedizioni lieferschein lieferscheine asn",
        "employee": "mitarbeiter medewerker medewerkers employe employes empleado empleados "
        "dipendente dipendenti",
        "payroll": "lohn gehalt lohnbuchung lonen salaire salaires nomina nominas stipendi",
        "statement": "kontoauszug kontoauszuge kontoauszuege releve releves afschrift afschriften "
        "extracto extractos estratto camt053 mt940",
        "expense": "spesen reisekosten onkosten declaratie declaraties gastos spese frais",
        "booking": "buchung buchungen boeking boekingen ecriture ecritures asiento asientos",
        "return": "retoure retouren retour retours devolucion devoluciones reso resi rma rmas",
    }.items()
    for word in words.split()
}

KINDS: Mapping[str, str] = {
    "webshop": "shop", "onlineshop": "shop", "webstore": "shop", "boutique": "shop",
    "tienda": "shop", "winkel": "shop", "webwinkel": "shop", "negozio": "shop", "store": "shop",
    "banque": "bank", "banco": "bank", "banca": "bank", "hausbank": "bank",
    "lager": "warehouse", "magazijn": "warehouse", "entrepot": "warehouse", "almacen": "warehouse",
    "magazzino": "warehouse", "lohn": "payroll", "paie": "payroll", "nomina": "payroll",
}  # fmt: skip
"""Kinds of systems in English."""


def english(word: str) -> str:
    """Common business words of other languages in English; others as they are."""
    return _IN_ENGLISH.get(word, word)


# Words that name an edition or a legal form, not another product.
_EDITION = words(
    """plus pro enterprise standard premium cloud online web saas onprem premise on prod production
    live system systeem app application server platform suite software solution the inc ltd llc
    gmbh ag bv nv sa sas srl spa oy ab eu instance"""
)
_OTHER_LIFE = ENVIRONMENT | words("development stage training old legacy backup dr")
_SORTS = words("erp bank shop crm")  # say what a system is, beside a name that says which
_MAKERS = words("microsoft ms dynamic d365 365 sap oracle adobe ibm google aws infor sage")


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemBook:
    """`key` gives the one name under which each written name is kept; `names` the ways it was
    written, by key; `near` which keys are perhaps the same."""

    key: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    near: frozenset[frozenset[str]] = frozenset()
    doubts: tuple[RowDoubt, ...] = ()

    def alike(self, one: str, other: str) -> bool | None:
        """Whether two written names mean the same system; None when that is in doubt."""
        pair = frozenset({self.key[one], self.key[other]})
        if len(pair) == 1:
            return True
        return None if pair in self.near else False


def unify(names: Iterable[str], decided: Decisions) -> SystemBook:
    """Group the names of systems, the first way of writing it naming the group."""
    systems = _Systems(names, decided.distinct)
    # What a person says holds for names that have nothing in common, too.
    for pair in decided.same:
        named = [name for name in pair if name in systems.place]
        if len(named) == 2:
            systems.join(*named)
    doubts: list[RowDoubt] = []
    for one, other in dict.fromkeys(_near(systems.place)):
        pair = frozenset({one, other})
        if pair in decided.apart or pair in decided.same:
            continue
        why = _likeness(one, other)
        if why is None or (not why and systems.join(one, other)) or systems.distinct(one, other):
            continue
        doubts.append(
            RowDoubt(
                kind="system", one=one, other=other, one_says=one, other_says=other, why=(why,)
            )
        )
    return systems.book(doubts)


class _Systems:
    """Groups of names, in which no two of the distinct ones meet."""

    def __init__(self, names: Iterable[str], distinct: frozenset[str]) -> None:
        self.place = {name: at for at, name in enumerate(dict.fromkeys(names))}
        self._key = {name: name for name in self.place}
        self._names = {name: [name] for name in self.place}
        self._own = {name: {name} & distinct for name in self.place}

    def distinct(self, one: str, other: str) -> bool:
        """Whether the two groups are known to be two systems."""
        own, others = self._own[self._key[one]], self._own[self._key[other]]
        return bool(own and others and own != others)

    def join(self, one: str, other: str) -> bool:
        """Whether the two are one group now."""
        if self.distinct(one, other):
            return False
        first, second = sorted((self._key[one], self._key[other]), key=self.place.__getitem__)
        if first != second:
            self._key |= dict.fromkeys(self._names[second], first)
            self._names[first] += self._names.pop(second)
            self._own[first] |= self._own[second]
        return True

    def book(self, doubts: Iterable[RowDoubt]) -> SystemBook:
        still: dict[frozenset[str], RowDoubt] = {}
        for doubt in doubts:
            # By groups: a doubt about two names is settled once other names have joined them.
            pair = frozenset({self._key[doubt.one], self._key[doubt.other]})
            if len(pair) == 2:
                still.setdefault(pair, doubt)
        return SystemBook(
            key=self._key,
            names={
                first: tuple(sorted(names, key=self.place.__getitem__))
                for first, names in self._names.items()
            },
            near=frozenset(still),
            doubts=tuple(still.values()),
        )


def _near(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Pairs worth comparing: those that share a word, its beginning, or initials."""
    blocks: dict[str, list[str]] = {}
    for name in names:
        for mark in sorted(_marks(name)):  # the order of doubts is that of the marks
            blocks.setdefault(mark, []).append(name)
    for block in blocks.values():
        # A word that hundreds of systems share tells none of them from another.
        yield from combinations(block[:200], 2)


@lru_cache(maxsize=8192)
def _marks(name: str) -> frozenset[str]:
    said = _content(name)
    marks = {word[:4] for word in said} | {word[1:5] for word in said if len(word) > 5}
    marks.update(word for word in words_of(name) if word not in _EDITION)
    marks.add("".join(sorted(said)))
    if letters := initials(said):
        marks.add(letters)
    for word in said:
        marks.update("".join(part[0] for part in ABBREVIATIONS.get(word, ())) or word[:4])
    return frozenset(marks)


@lru_cache(maxsize=8192)
def words_of(name: str) -> tuple[str, ...]:
    """The stemmed words of a system's name, kinds of systems in English."""
    found = (KINDS.get(word, word) for word in plain_words(name))
    return tuple(dict.fromkeys(stem(word) for word in found))


@lru_cache(maxsize=8192)
def _content(name: str) -> tuple[str, ...]:
    every = words_of(name)
    own = tuple(word for word in every if word not in _EDITION)
    distinctive = tuple(word for word in own if word not in _MAKERS and word not in _SORTS)
    return distinctive or own or every


@lru_cache(maxsize=65536)
def _likeness(one: str, other: str) -> str | None:
    """Why two names are perhaps one system; empty where they surely are, None where they are not.
    Words such as maker or edition, abbreviations and slips of the pen make no other system."""
    first, second = words_of(one), words_of(other)
    # Before likeness: “ERP test” differs from “ERP” by a word that counts for nothing else.
    if _OTHER_LIFE & {*first} != _OTHER_LIFE & {*second}:
        return None
    if set(first) == set(second) or "".join(first) == "".join(second):
        return ""
    short, long = _content(one), _content(other)
    if set(short) == set(long):
        return ""
    if "".join(short) in _letters(long) or "".join(long) in _letters(short):
        return ""
    likely = _alike(short, long)
    if likely >= 0.9:
        return ""
    if likely >= 0.8:
        return f"“{one}” and “{other}” sound alike"
    if any(a < b or b < a for a, b in ((set(short), set(long)), (set(first), set(second)))):
        return f"“{one}” and “{other}” share a name, and one says more"
    return None


def _letters(name: tuple[str, ...]) -> tuple[str, ...]:
    letters = initials(name)
    known = tuple(short for short, long in ABBREVIATIONS.items() if name == long)
    return (letters, *known) if letters else known


def _alike(short: tuple[str, ...], long: tuple[str, ...]) -> float:
    """The worst of the best likenesses of each word."""
    if len(short) != len(long):
        return 0.0
    best = [
        max(0.8 if synonymous(word, other) else likeness(word, other) for other in long)
        for word in short
    ]
    return min(best)
