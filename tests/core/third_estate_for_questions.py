"""A third estate, with codes for ids and many words that connections share."""

from bot.core.estate.catalogue import Catalogue, Party, Person, System
from bot.core.estate.lane import Lane
from tests.core.estate_for_questions import connection, keyed


def university() -> Catalogue:
    """A university: numbered connections, words shared between many of them."""
    people = [
        Person(
            id="t.hughes",
            name="Tamsin Hughes",
            title="Integration architect",
            email="t.hughes@uni.example",
        ),
        Person(id="k.adeyemi", name="Kunle Adeyemi", title="Head of student systems"),
        Person(id="m.rossi", name="Marco Rossi", title="Finance systems manager"),
        Person(id="s.lee", name="Soo Lee", title="Registry manager"),
        Person(id="p.dubois", name="Pauline Dubois", title="HR data lead"),
        Person(id="v.khan", name="Vikram Khan", title="Facilities manager"),
    ]
    systems = [
        System(
            id="sits",
            name="SITS:Vision",
            kind="student record system",
            aliases=("SITS", "student records"),
        ),
        System(
            id="agresso",
            name="Unit4 ERP",
            kind="finance system",
            aliases=("Agresso", "finance system"),
        ),
        System(id="canvas", name="Canvas", kind="VLE", aliases=("VLE",)),
        System(id="itrent", name="iTrent", kind="HR and payroll"),
        System(id="ucas", name="UCAS", kind="admissions service"),
        System(id="wpm", name="WPM Education", kind="online payments"),
        System(id="kinetic", name="Kinetic", kind="accommodation"),
        System(id="ad", name="Active Directory", kind="identity", aliases=("AD", "Entra")),
        System(id="library", name="Alma", kind="library system"),
        System(id="lake", name="Data lake", kind="analytics", aliases=("Databricks",)),
        System(id="pure", name="Pure", kind="research information"),
        System(id="doors", name="Salto", kind="door access"),
    ]
    parties = [
        Party(id="unit4", name="Unit4 support", contact="x"),
        Party(id="tribal", name="Tribal Group", contact="y"),
    ]
    arch = "t.hughes"
    tribal = {Lane.PUBLISHER: "tribal"}
    connections = [
        connection(
            "INT-001",
            "UCAS applications",
            "ucas > sits",
            owners=f"k.adeyemi/s.lee/{arch}",
            entities="applications, offers, applicants",
            aliases="admissions feed",
            lanes=tribal,
        ),
        connection(
            "INT-002",
            "Enrolled students to Canvas",
            "sits > canvas",
            owners=f"k.adeyemi/s.lee/{arch}",
            entities="students, modules, enrolments",
            lanes=tribal,
        ),
        connection(
            "INT-003",
            "Marks return",
            "canvas > sits",
            owners=f"k.adeyemi/s.lee/{arch}",
            entities="marks, module results",
            lanes=tribal,
            aliases="grade passback",
        ),
        connection(
            "INT-004",
            "Student accounts",
            "sits > ad",
            owners=f"k.adeyemi/-/{arch}",
            entities="user accounts, group memberships",
            lanes={},
            aliases="joiners movers leavers",
        ),
        connection(
            "INT-005",
            "Tuition invoices",
            "sits > agresso",
            owners=f"m.rossi/m.rossi/{arch}",
            entities="tuition invoices, sponsors, credit notes",
            lanes={Lane.PUBLISHER: "unit4"},
        ),
        connection(
            "INT-006",
            "Online payments",
            "wpm > agresso",
            owners=f"m.rossi/m.rossi/{arch}",
            entities="card payments, refunds, deposits",
            lanes={Lane.PUBLISHER: "unit4"},
        ),
        connection(
            "INT-007",
            "Payroll postings",
            "itrent > agresso",
            owners=f"m.rossi/p.dubois/{arch}",
            entities="payroll journals, pension contributions",
            lanes={Lane.PUBLISHER: "unit4"},
        ),
        connection(
            "INT-008",
            "Staff accounts",
            "itrent > ad",
            owners=f"-/p.dubois/{arch}",
            entities="starters, leavers, contracts",
            lanes={},
        ),
        connection(
            "INT-009",
            "Room bookings",
            "sits <> kinetic",
            owners=f"k.adeyemi/v.khan/{arch}",
            entities="room allocations, rents",
            lanes={},
            aliases="halls",
        ),
        connection(
            "INT-010",
            "Library patrons",
            "sits > library",
            owners=f"k.adeyemi/s.lee/{arch}",
            entities="patrons, fines",
            lanes=tribal,
        ),
        connection(
            "INT-011",
            "Management reporting",
            "agresso > lake",
            owners="-/-/-",
            entities="ledger balances, budgets",
            lanes={},
            depends_on=("INT-005",),
        ),
        connection(
            "INT-012",
            "Research grants",
            "pure <> agresso",
            owners=f"m.rossi/m.rossi/{arch}",
            entities="grants, project budgets",
            lanes={Lane.PUBLISHER: "unit4"},
        ),
        connection(
            "INT-013",
            "Campus cards",
            "sits > doors",
            owners=f"k.adeyemi/v.khan/{arch}",
            entities="card holders, access rights",
            lanes={},
        ),
    ]
    return Catalogue(
        people=keyed(people),  # type: ignore[arg-type]
        systems=keyed(systems),  # type: ignore[arg-type]
        parties=keyed(parties),  # type: ignore[arg-type]
        connections=keyed(connections),  # type: ignore[arg-type]
    )
