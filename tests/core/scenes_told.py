"""Fifteen breaks as people told them, with the lane and the kinds of breakage they agreed on."""

from datetime import date, timedelta

from bot.core.estate.catalogue import Build
from bot.core.estate.lane import Lane
from bot.core.monitoring.signals import Signal
from bot.core.triage.playbook import ErrorClass as E
from tests.core.scene_estate import NOW, Scenario, key

TOLD = (
    Scenario(
        id="the connector updated itself and only its flows fail",
        on="shop-orders",
        texts=(("NullReferenceException at ShopConnector.Orders.MapAddress(OrderDto o)", 412),),
        signals={Signal.QUEUE_DEPTH: 412.0, Signal.VERSION: "4.12.0"},
        releases=((6.2, "connector", "4.12"),),
        broken=("shop-stock",),
        lane=Lane.VENDOR,
        classes=(E.UNKNOWN, E.MAPPING),
        why="connector release just before, only this connector's flows fail",
    ),
    Scenario(
        id="the provider exchanged its own signing certificate",
        on="edi-retail",
        since=60,
        texts=(("processed/Error: authentication-failed (signer serial differs)", 38),),
        lane=Lane.VENDOR,
        classes=(E.CERTIFICATE,),
        why="the provider's certificate",
    ),
    Scenario(
        id="the iPaaS is down and every flow in it",
        on="crm-accounts",
        since=3,
        check_errors=(
            "upstream connect error or disconnect/reset before headers. "
            "reset reason: overflow (503)",
        ),
        red="ipaas-vendor",
        broken=("crm-tickets", "ticket-portal"),
        lane=Lane.VENDOR,
        classes=(E.PLATFORM_OUTAGE,),
        why="the red page is the iPaaS vendor's",
    ),
    Scenario(
        id="the payment provider delays its webhooks",
        on="psp-settlement",
        since=1,
        red="psp",
        status="degraded_performance",
        signals={Signal.QUEUE_DEPTH: 0.0, Signal.REACHABLE: True},
        lane=Lane.VENDOR,
        classes=(E.PLATFORM_OUTAGE,),
        why="red page of this connection's vendor lane, own endpoint is healthy",
    ),
    Scenario(
        id="the vendor's token refresh job failed",
        on="ap-invoices",
        since=8,
        check_errors=(
            '{"error":"invalid_grant","error_description":'
            '"Refresh token has expired due to inactivity"}',
        ),
        changes=((9, "vendor incident: token refresh job failed", "ap-vendor-engineer"),),
        keys=(key("secret", expires=date(2027, 1, 1)), key("token", "ap-vendor-engineer")),
        lane=Lane.VENDOR,
        classes=(E.CREDENTIALS,),
        why="the vendor owns the token handling and reported the fault itself",
    ),
    Scenario(
        id="the ERP is down for connectors of several makers",
        on="shop-orders",
        since=0.5,
        texts=(("503 Service Unavailable", 31),),
        red="erp-publisher",
        broken=("shop-stock", "ap-invoices", "edi-retail", "bi-pipeline"),
        dark=("crm-accounts", "bank", "mes-bridge", "wms-3pl", "psp-settlement"),
        lane=Lane.PUBLISHER,
        classes=(E.PLATFORM_OUTAGE,),
        why="many connections of different makers and a red page",
    ),
    Scenario(
        id="the CRM is under maintenance",
        on="crm-accounts",
        since=0.7,
        check_errors=("<h2>We are down for maintenance.</h2>",),
        red="crm-publisher",
        status="under_maintenance",
        dark=("crm-tickets",),
        lane=Lane.PUBLISHER,
        classes=(E.PLATFORM_OUTAGE,),
        why="maintenance of the endpoint's publisher",
    ),
    Scenario(
        id="the payroll interface fails for everybody",
        on="payroll-journal",
        texts=(
            (
                'HTTP 500 {"externalMessage":"Er is een onverwachte fout opgetreden. '
                'Log reference 9C1D22"}',
                1,
            ),
        ),
        red="payroll-publisher",
        lane=Lane.PUBLISHER,
        classes=(E.PLATFORM_OUTAGE,),
        why="red page of the payroll endpoint, server fault with a reference",
    ),
    Scenario(
        id="the certificate of the ERP's host ran out",
        on="shop-orders",
        since=7,
        check_errors=(
            "certificate has expired: CN=api.erp-publisher.example "
            "notAfter=Mar  1 00:59:59 2026 GMT",
        ),
        broken=("shop-stock", "ap-invoices", "edi-retail", "crm-accounts", "psp-settlement",
                "wms-3pl", "bank", "bi-pipeline", "mes-bridge", "payroll-journal", "pricelist"),
        lane=Lane.PUBLISHER,
        classes=(E.CERTIFICATE,),
        why="the host belongs to the ERP publisher",
    ),
    Scenario(
        id="the shop's interface answers with error pages of its CDN",
        on="shop-orders",
        build=Build.CUSTOM,
        maker="impl-partner",
        since=1,
        texts=(("Error code 520 Web server is returning an unknown error (Cloudflare)", 17),),
        red="shop-publisher",
        broken=("shop-stock",),
        lane=Lane.PUBLISHER,
        classes=(E.PLATFORM_OUTAGE,),
        why="the endpoint publisher's outage",
    ),
    Scenario(
        id="a firewall rule was not copied when the bridge moved",
        on="mes-bridge",
        since=9,
        check_errors=("connect ECONNREFUSED 10.20.4.11:1433",),
        changes=((60, "Bridge moved to a new server", "partner-engineer"),),
        signals={Signal.QUEUE_DEPTH: 140.0},
        lane=Lane.IT,
        classes=(E.CONNECTIVITY,),
        why="own network after an own change",
    ),
    Scenario(
        id="four orders name an article that the ERP does not have",
        on="shop-orders",
        some=True,
        texts=(("The Item does not exist. Identification fields and values: No.='N-1'", 4),),
        lane=Lane.IT,
        classes=(E.MASTER_DATA,),
        why="master data missing, functional owner",
    ),
    Scenario(
        id="everything that leaves the office network fails",
        on="wms-3pl",
        since=0.25,
        check_errors=("Name or service not known",),
        broken=("bank", "mes-bridge"),
        lane=Lane.IT,
        classes=(E.CONNECTIVITY,),
        why="several systems from one network, cloud flows are fine",
    ),
    Scenario(
        id="our own client certificate ran out",
        on="crm-accounts",
        since=11,
        check_errors=(
            '{"error":"invalid_grant","error_description":'
            '"expired certificate used for client assertion"}',
        ),
        keys=(key("crm-user-certificate", expires=(NOW - timedelta(days=1)).date()),),
        lane=Lane.IT,
        classes=(E.CERTIFICATE, E.CREDENTIALS),
        why="our own client certificate",
    ),
    Scenario(
        id="the payout file was sent twice",
        on="psp-settlement",
        some=True,
        texts=(("duplicate key value violates unique constraint on 3 of 115 lines", 3),),
        signals={Signal.PROCESSED: 224.0},
        lane=Lane.IT,
        classes=(E.DUPLICATE,),
        why="the own script sends again without looking",
    ),
)  # fmt: skip
