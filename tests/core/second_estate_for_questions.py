"""A second estate with other words than the first, so that what answers for one was not made for
it."""

from datetime import date

from bot.core.estate.catalogue import Catalogue, Credential, Party, Person, System
from bot.core.estate.lane import Lane
from tests.core.estate_for_questions import connection, keyed


def hospital() -> Catalogue:
    """A teaching hospital: other systems, other people, other jargon."""
    people = (
        Person(id="int-lead", name="Nadia Okafor", title="Integration lead"),
        Person(id="his-team", name="Olaf Berg", title="HIS administrator"),
        Person(id="lab-manager", name="Petra Lindqvist", title="Laboratory manager"),
        Person(id="pharmacist", name="Quentin Abara", title="Chief pharmacist"),
        Person(id="registrar", name="Rosa Ferreira", title="Registrar"),
        Person(id="billing-head", name="Samuel Osei", title="Head of billing"),
        Person(id="ward-it", name="Tomas Novak", title="Ward IT", email="t.novak@clinic.example"),
    )
    systems = (
        System(id="his", name="Meditrix", kind="hospital information system", aliases=("HIS",)),
        System(id="lis", name="LabCore", kind="laboratory", aliases=("LIS",)),
        System(id="ris", name="Radiance", kind="radiology", aliases=("RIS", "PACS")),
        System(id="pharm", name="DoseRight", kind="pharmacy"),
        System(id="fin", name="Oracle Fusion", kind="ERP", aliases=("Fusion",)),
        System(id="insurer", name="Claims hub", kind="insurer clearing house"),
        System(id="campus", name="CampusOne", kind="student administration"),
        System(id="moodle", name="Moodle", kind="learning platform", aliases=("LMS",)),
        System(id="roster", name="ShiftPlan", kind="rostering"),
        System(id="hrcore", name="Workday", kind="HR"),
        System(id="food", name="Catering till", kind="till"),
    )
    arch = "int-lead"
    parties = (
        Party(id="erp-publisher", name="Fusion support", contact="fusion@support.example"),
        Party(id="helix", name="Helix Integrations", contact="duty@helix.example"),
    )
    connections = (
        connection(
            "adt",
            "Patient admissions",
            "his > lis",
            owners=f"his-team/registrar/{arch}",
            entities="admissions, discharges, transfers",
            aliases="ADT feed",
        ),
        connection(
            "lab-results",
            "Lab results",
            "lis > his",
            owners=f"his-team/lab-manager/{arch}",
            entities="results, samples",
            lanes={Lane.VENDOR: "helix"},
        ),
        connection(
            "lab-orders",
            "Lab orders",
            "his > lis",
            owners=f"his-team/lab-manager/{arch}",
            entities="test orders",
        ),
        connection(
            "imaging-orders",
            "Imaging orders",
            "his > ris",
            owners=f"ward-it/registrar/{arch}",
            entities="scan requests",
        ),
        connection(
            "imaging-reports",
            "Imaging reports",
            "ris > his",
            owners=f"ward-it/-/{arch}",
            entities="radiology reports",
        ),
        connection(
            "prescriptions",
            "Prescriptions",
            "his <> pharm",
            owners=f"his-team/pharmacist/{arch}",
            entities="prescriptions, dispensing",
        ),
        connection(
            "drug-purchasing",
            "Drug purchasing",
            "pharm > fin",
            owners=f"his-team/pharmacist/{arch}",
            entities="purchase requisitions",
        ),
        connection(
            "claims",
            "Insurance claims",
            "fin <> insurer",
            owners=f"his-team/billing-head/{arch}",
            entities="claims, remittances",
        ),
        connection(
            "tuition",
            "Tuition fees",
            "campus > fin",
            owners=f"ward-it/billing-head/{arch}",
            entities="fees, scholarships",
            credentials=(
                Credential(
                    id="k", name="Campus API key", owner="ward-it", expires=date(2027, 9, 1)
                ),
            ),
        ),
        connection(
            "enrolments",
            "Course enrolments",
            "campus > moodle",
            owners=f"ward-it/registrar/{arch}",
            entities="enrolments, grades",
        ),
        connection(
            "rosters",
            "Shift rosters",
            "roster > hrcore",
            owners=f"ward-it/-/{arch}",
            entities="shifts, absences",
        ),
        connection(
            "canteen", "Canteen takings", "food > fin", owners=f"-/-/{arch}", entities="takings"
        ),
    )
    return Catalogue(
        company="Teaching hospital",
        people=keyed(people),  # type: ignore[arg-type]
        systems=keyed(systems),  # type: ignore[arg-type]
        parties=keyed(parties),  # type: ignore[arg-type]
        connections=keyed(connections),  # type: ignore[arg-type]
    )
