"""A small estate: three connections write to the ERP, one only reads from it, one is apart."""

from estate_sim import EstateConnection

CONNECTIONS = (
    EstateConnection(
        id="shop-orders",
        name="Web shop orders",
        source="shop",
        target="erp",
        source_name="Web shop",
        target_name="ERP",
    ),
    EstateConnection(
        id="ap-invoices", name="AP invoices", source="ap", target="erp", both_ways=True
    ),
    EstateConnection(id="mes-bridge", name="Shop-floor bridge", source="mes", target="erp"),
    EstateConnection(id="bi-pipeline", name="BI pipeline", source="erp", target="dwh"),
    EstateConnection(id="crm-mail", name="CRM to mailing", source="crm", target="mailing"),
)
