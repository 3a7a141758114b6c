"""Business words of other languages, and words that tell a test system from a production one."""

from collections.abc import Mapping


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
