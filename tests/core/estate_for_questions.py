"""The estate of a wholesaler, as the questions in these tests find it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from bot.core.estate.catalogue import (
    Catalogue,
    Connection,
    Credential,
    Criticality,
    Docs,
    Identity,
    LadderRung,
    Owners,
    Party,
    Person,
    System,
)
from bot.core.estate.history import Change, Release
from bot.core.estate.lane import Lane

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


def keyed(items: Iterable[object]) -> dict[str, object]:
    return {item.id: item for item in items}  # type: ignore[attr-defined]


def connection(
    id: str,
    name: str,
    ends: str,
    *,
    owners: str,
    entities: str = "",
    aliases: str = "",
    first: str | None = None,
    lanes: Mapping[Lane, str] | None = None,
    **rest: object,
) -> Connection:
    """`ends`: "a > b" or "a <> b". `owners`: "technical/functional/architecture", `-` for none."""
    both = "<>" in ends
    source, target = ends.split(" <> " if both else " > ")
    technical, functional, architecture = (
        None if owner == "-" else owner for owner in owners.split("/")
    )
    return Connection(
        id=id,
        name=name,
        source=source,
        target=target,
        both_ways=both,
        owners=Owners(technical=technical, functional=functional, architecture=architecture),
        entities=_split(entities),
        aliases=_split(aliases),
        first_responder=first or technical,
        lanes={Lane.PUBLISHER: "erp-publisher"} if lanes is None else lanes,
        **rest,  # type: ignore[arg-type]
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def wholesaler() -> Catalogue:
    """A wholesaler like any other: shop, bank, warehouse, one orphan."""
    people = (
        Person(
            id="erp-admin",
            name="Alice Jansen",
            title="ERP admin",
            email="alice@example.com",
            slack_id="U0ALICE",
            manager="integration-owner",
        ),
        Person(
            id="platform-engineer",
            name="Bob de Vries",
            title="Platform engineer",
            email="bob@example.com",
            slack_id="U0BOB",
            aliases=("bobby",),
        ),
        Person(id="integration-owner", name="Charlie Moore", title="Integration owner"),
        Person(id="finance-controller", name="Dana Smit", title="Finance controller"),
        Person(id="ap-lead", name="Erik Visser", title="AP lead"),
        Person(id="sales-ops", name="Fatima Bakker", title="Sales operations"),
        Person(id="warehouse-lead", name="Gerrit Mulder", title="Warehouse lead"),
        Person(id="production-planner", name="Hanna Mulder", title="Production planner"),
        Person(id="bi-lead", name="Ivo Kok", title="BI lead"),
        Person(id="hr-payroll", name="Jelle Bos", title="Payroll officer"),
        Person(id="partner-desk", name="Partner desk", title="Implementation partner"),
    )
    systems = (
        System(id="erp", name="Business Central", kind="ERP", aliases=("ERP", "BC", "NAV")),
        System(id="shop", name="Shopify", kind="web shop", aliases=("web shop", "store")),
        System(id="crm", name="Salesforce", kind="CRM", aliases=("CRM",)),
        System(id="ap", name="AP automation", kind="invoice capture"),
        System(id="psp", name="Stripe", kind="payment provider", aliases=("PSP",)),
        System(id="wms", name="3PL warehouse", kind="WMS", aliases=("3PL", "warehouse system")),
        System(id="edi", name="EDI provider", kind="EDI", aliases=("EDI",)),
        System(id="bank", name="House bank", kind="bank"),
        System(id="dwh", name="Data warehouse", kind="BI", aliases=("Snowflake", "DWH")),
        System(id="mes", name="Shop floor", kind="MES", aliases=("MES", "shopfloor")),
        System(id="payroll", name="AFAS", kind="payroll"),
        System(id="portal", name="Customer portal", kind="portal"),
        System(id="expenses", name="Expensify", kind="expense tool"),
        System(id="carrier", name="Parcel carrier", kind="carrier", aliases=("Sendcloud",)),
    )
    hour = timedelta(hours=1)
    parties = (
        Party(
            id="shop-connector",
            name="ShopLink",
            contact="support@shoplink.example",
            respond_within={Criticality.CRITICAL: hour},
            contract="C-2024-7",
            valid_until=date(2027, 12, 31),
        ),
        Party(id="erp-publisher", name="ERP publisher desk", contact="portal.publisher.example"),
        Party(
            id="impl-partner",
            name="Northgate Consulting",
            contact="+31 20 555 0100",
            respond_within={Criticality.CRITICAL: 2 * hour},
        ),
        Party(
            id="ap-vendor",
            name="InvoiceFlow",
            contact="support@invoiceflow.example",
            contract="C-2019-1",
            valid_until=date(2026, 12, 31),
        ),
        Party(id="ipaas", name="Celigo", contact="support@ipaas.example"),
        Party(id="bank-desk", name="Bank helpdesk", contact="helpdesk@bank.example"),
    )
    native = {
        Lane.VENDOR: "shop-connector",
        Lane.PUBLISHER: "erp-publisher",
        Lane.IT: "impl-partner",
    }
    arch = "integration-owner"
    connections = (
        connection(
            "shop-orders",
            "Shop orders",
            "shop > erp",
            owners=f"platform-engineer/sales-ops/{arch}",
            lanes=native,
            entities="sales orders, customers, prepayments",
            criticality=Criticality.CRITICAL,
            domain="sales",
            flow="order-to-cash",
            tolerance=timedelta(minutes=30),
            runbook="orders",
            ladder=(LadderRung(after=timedelta(minutes=15), people=("erp-admin",)),),
            credentials=(
                Credential(
                    id="app-token",
                    name="Shop app token",
                    kind="oauth",
                    identity=Identity.SERVICE,
                    owner="platform-engineer",
                    expires=date(2027, 4, 10),
                ),
            ),
            docs=Docs(playbook="https://wiki.example/orders"),
            reports=("Daily sales",),
        ),
        connection(
            "shop-stock-price",
            "Stock and prices to the shop",
            "erp > shop",
            owners=f"platform-engineer/sales-ops/{arch}",
            lanes=native,
            entities="items, stock, prices",
            domain="sales",
            criticality=Criticality.CRITICAL,
            depends_on=("shop-orders",),
        ),
        connection(
            "crm-accounts",
            "CRM accounts",
            "crm <> erp",
            owners=f"platform-engineer/sales-ops/{arch}",
            lanes={Lane.VENDOR: "ipaas"},
            domain="sales",
            entities="accounts, contacts, quotes, credit status",
            credentials=(
                Credential(
                    id="jwt",
                    name="Integration user certificate",
                    owner="erp-admin",
                    expires=date(2027, 2, 1),
                ),
            ),
        ),
        connection(
            "ap-invoices",
            "AP invoices",
            "ap <> erp",
            owners=f"erp-admin/ap-lead/{arch}",
            first="ap-lead",
            lanes={Lane.VENDOR: "ap-vendor", Lane.PUBLISHER: "erp-publisher"},
            entities="vendor bills, vendors, purchase orders, GL accounts",
            domain="finance",
            flow="procure-to-pay",
            criticality=Criticality.CRITICAL,
            aliases="invoice robot, basecone",
        ),
        connection(
            "psp-settlement",
            "Payment settlements",
            "psp > erp",
            owners=f"partner-desk/finance-controller/{arch}",
            entities="payments, refunds, payouts, fees",
            domain="finance",
        ),
        connection(
            "wms-3pl",
            "Warehouse exchange",
            "erp <> wms",
            owners=f"partner-desk/warehouse-lead/{arch}",
            entities="release to ship, shipment confirmation, receipts, stock snapshot",
            domain="logistics",
            lanes={Lane.IT: "impl-partner"},
        ),
        connection(
            "edi-retail",
            "EDI retail",
            "edi <> erp",
            owners=f"erp-admin/sales-ops/{arch}",
            entities="orders, order responses, dispatch advice, invoices",
            domain="sales",
            aliases="supermarkets",
        ),
        connection(
            "bank",
            "Bank statements and payments",
            "bank <> erp",
            owners=f"erp-admin/finance-controller/{arch}",
            entities="bank statements, payment runs, payment status",
            domain="finance",
            lanes={Lane.VENDOR: "bank-desk"},
            aliases="camt, house bank",
        ),
        connection(
            "bi-pipeline",
            "BI pipeline",
            "erp > dwh",
            owners=f"bi-lead/bi-lead/{arch}",
            entities="ledgers, all orders",
            domain="analytics",
            criticality=Criticality.SUPPORTING,
            depends_on=("shop-orders", "bank"),
            reports=("Margin cube",),
        ),
        connection(
            "mes-bridge",
            "Shop floor bridge",
            "mes <> erp",
            owners=f"partner-desk/production-planner/{arch}",
            first="platform-engineer",
            entities="production orders, consumption, output, scrap",
            domain="production",
        ),
        connection(
            "payroll-journal",
            "Payroll journal",
            "payroll > erp",
            owners=f"erp-admin/hr-payroll/{arch}",
            entities="payroll journal, cost centres, employees",
            domain="hr",
        ),
        connection(
            "pricelist-script",
            "Customer price lists",
            "erp > portal",
            owners=f"-/-/{arch}",
            first=arch,
            entities="customer price lists",
            lanes={},
            pattern="nightly",
        ),
        connection(
            "expense-reports",
            "Expense reports",
            "expenses > erp",
            owners=f"erp-admin/-/{arch}",
            entities="expense claims, receipts",
            domain="finance",
        ),
        connection(
            "parcel-labels",
            "Parcel labels",
            "erp > carrier",
            owners=f"platform-engineer/warehouse-lead/{arch}",
            entities="parcel labels, tracking numbers",
            domain="logistics",
        ),
    )
    return Catalogue(
        company="Wholesaler",
        people=keyed(people),  # type: ignore[arg-type]
        systems=keyed(systems),  # type: ignore[arg-type]
        parties=keyed(parties),  # type: ignore[arg-type]
        connections=keyed(connections),  # type: ignore[arg-type]
        changes=(
            Change(
                connection="shop-orders",
                at=NOW - timedelta(days=2),
                what="New tax field",
                by="platform-engineer",
                approved_by="sales-ops",
            ),
        ),
        releases=(
            Release(system="erp", version="26.1", at=NOW + timedelta(days=9), summary="Minor wave"),
        ),
    )
