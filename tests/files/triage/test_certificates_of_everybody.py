"""Why a secure connection failed is the same entry, whichever program says it."""

import pytest

from bot.core.estate.lane import Lane
from bot.core.triage.playbook import ErrorClass, match
from tests.shipped import shipped_playbook

OVER, EARLY, ISSUER, NAME, PROTOCOL = (
    *("tls-expired", "tls-not-yet-valid", "tls-untrusted"),
    *("tls-wrong-name", "tls-protocol"),
)
LANES = {OVER: Lane.PUBLISHER, **dict.fromkeys((EARLY, ISSUER, NAME, PROTOCOL), Lane.IT)}
CURL = {
    OVER: ("SSL certificate problem: certificate has expired",),
    EARLY: ("SSL certificate problem: certificate is not yet valid",),
    ISSUER: (
        "SSL certificate problem: unable to get local issuer certificate",
        "SSL certificate problem: self-signed certificate",
        "SSL certificate problem: self signed certificate in certificate chain",
    ),
    NAME: (
        "SSL: no alternative certificate subject name matches target host name 'erp.acme.example'",
        "SSL: certificate subject name '*.cdn.example' does not match target host name 'erp.acme'",
    ),
    PROTOCOL: (
        "error:0A000102:SSL routines::unsupported protocol",
        "error:1409442E:SSL routines:ssl3_read_bytes:tlsv1 alert protocol version",
        "error:0A00010B:SSL routines::wrong version number",
        "error:0A000410:SSL routines::sslv3 alert handshake failure",
    ),
}
SCHANNEL = {
    OVER: ("schannel: SEC_E_CERT_EXPIRED (0x80090328) - The received certificate has expired.",),
    ISSUER: (
        "schannel: SEC_E_UNTRUSTED_ROOT (0x80090325) - The certificate chain was issued by an"
        " authority that is not trusted.",
    ),
    NAME: (
        "schannel: SNI or certificate check failed: SEC_E_WRONG_PRINCIPAL (0x80090322) - The"
        " target principal name is incorrect.",
    ),
    PROTOCOL: (
        "schannel: next InitializeSecurityContext failed: SEC_E_ALGORITHM_MISMATCH (0x80090331) -"
        " The client and server cannot communicate, because they do not possess a common"
        " algorithm.",
    ),
}
GO = {
    OVER: (
        "x509: certificate has expired or is not yet valid",
        "x509: certificate has expired or is not yet valid: current time 2026-11-30T14:00:00Z is"
        " after 2026-11-29T00:00:00Z",
    ),
    EARLY: (
        "x509: certificate has expired or is not yet valid: current time 2026-11-30T14:00:00Z is"
        " before 2026-12-01T00:00:00Z",
    ),
    ISSUER: ("x509: certificate signed by unknown authority",),
    NAME: (
        "x509: certificate is valid for shop.acme.example, not erp.acme.example",
        "x509: cannot validate certificate for 203.0.113.9 because it doesn't contain any IP SANs",
        "x509: certificate is not valid for any names, but wanted to match erp.acme.example",
    ),
    PROTOCOL: (
        "tls: server selected unsupported protocol version 301",
        "remote error: tls: protocol version not supported",
        "remote error: tls: handshake failure",
    ),
}
OPENSSL = {
    OVER: ("certificate has expired",),
    EARLY: ("certificate is not yet valid",),
    ISSUER: (
        "unable to get local issuer certificate",
        "self-signed certificate",
        "unable to verify the first certificate",
    ),
    NAME: ("hostname mismatch",),
}
PYTHON = {
    **OPENSSL,
    NAME: (
        "Hostname mismatch, certificate is not valid for 'erp.acme.example'.",
        "IP address mismatch, certificate is not valid for '203.0.113.9'.",
    ),
}
JAVA = {
    OVER: (
        "sun.security.validator.ValidatorException: PKIX path validation failed:"
        " java.security.cert.CertPathValidatorException: validity check failed",
        "java.security.cert.CertificateExpiredException: NotAfter: Sun Nov 29 01:00:00 CET 2026",
    ),
    EARLY: (
        "java.security.cert.CertificateNotYetValidException: NotBefore: Tue Dec 01 01:00:00 2026",
    ),
    ISSUER: (
        "sun.security.validator.ValidatorException: PKIX path building failed:"
        " sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid"
        " certification path to requested target",
    ),
    NAME: (
        "java.security.cert.CertificateException: No subject alternative DNS name matching"
        " erp.acme.example found.",
        "java.security.cert.CertificateException: No name matching erp.acme.example found",
        "javax.net.ssl.SSLPeerUnverifiedException: Certificate for <erp.acme.example> doesn't"
        " match any of the subject alternative names: [shop.acme.example]",
        "javax.net.ssl.SSLPeerUnverifiedException: Hostname erp.acme.example not verified",
    ),
    PROTOCOL: (
        "javax.net.ssl.SSLHandshakeException: No appropriate protocol (protocol is disabled or"
        " cipher suites are inappropriate)",
        "javax.net.ssl.SSLHandshakeException: Received fatal alert: protocol_version",
        "The server selected protocol version TLS10 is not accepted by client preferences [TLS12]",
    ),
}
NODE = {
    OVER: ("Error: certificate has expired { code: 'CERT_HAS_EXPIRED' }", "CERT_HAS_EXPIRED"),
    EARLY: ("Error: certificate is not yet valid { code: 'CERT_NOT_YET_VALID' }",),
    ISSUER: (
        "unable to verify the first certificate { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }",
        "DEPTH_ZERO_SELF_SIGNED_CERT",
        "self-signed certificate in certificate chain { code: 'SELF_SIGNED_CERT_IN_CHAIN' }",
    ),
    NAME: (
        "Hostname/IP does not match certificate's altnames: Host: erp.acme.example. is not in the"
        " cert's altnames: DNS:shop.acme.example { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }",
    ),
    PROTOCOL: (
        "write EPROTO 1398:error:1408F10B:SSL routines:ssl3_get_record:wrong version number",
        "error:0A000102:SSL routines::unsupported protocol { code:"
        " 'ERR_SSL_UNSUPPORTED_PROTOCOL' }",
    ),
}
DOT_NET = {
    OVER: (
        "The remote certificate is invalid because of errors in the certificate chain:"
        " NotTimeValid",
    ),
    ISSUER: (
        "The remote certificate is invalid because of errors in the certificate chain:"
        " PartialChain",
        "The remote certificate is invalid because of errors in the certificate chain:"
        " UntrustedRoot",
    ),
    NAME: (
        "The remote certificate is invalid according to the validation procedure:"
        " RemoteCertificateNameMismatch",
    ),
    PROTOCOL: (
        "A call to SSPI failed, see inner exception. ---> The client and server cannot"
        " communicate, because they do not possess a common algorithm",
    ),
}
RUST = {
    OVER: ("invalid peer certificate: Expired",),
    EARLY: ("invalid peer certificate: NotValidYet",),
    ISSUER: ("invalid peer certificate: UnknownIssuer",),
    NAME: (
        "invalid peer certificate: NotValidForName",
        'invalid peer certificate: certificate not valid for name "erp.acme.example"',
    ),
    PROTOCOL: (
        "received fatal alert: ProtocolVersion",
        "received fatal alert: HandshakeFailure",
        "peer is incompatible: ServerDoesNotSupportTls12Or13",
    ),
}
BROWSER = {
    OVER: ("net::ERR_CERT_DATE_INVALID",),
    ISSUER: ("net::ERR_CERT_AUTHORITY_INVALID",),
    NAME: ("net::ERR_CERT_COMMON_NAME_INVALID",),
    PROTOCOL: ("net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH",),
}
WGET = {
    OVER: ("Issued certificate has expired.",),
    EARLY: ("Issued certificate not yet valid.",),
    ISSUER: (
        "Self-signed certificate encountered.",
        "Unable to locally verify the issuer's authority.",
    ),
}
GNUTLS = {
    OVER: ("The certificate of 'erp.acme.example' has expired.",),
    EARLY: ("The certificate of 'erp.acme.example' is not yet activated.",),
    ISSUER: ("The certificate of 'erp.acme.example' doesn't have a known issuer.",),
    NAME: ("The certificate's owner does not match hostname 'erp.acme.example'",),
}
TABLE = {
    "curl: (60) {}": CURL,
    "cURL error 60: {} (see https://curl.haxx.se/libcurl/c/libcurl-errors.html)": CURL,
    "GuzzleHttp\\Exception\\RequestException: cURL error 60: {} (see"
    " https://curl.haxx.se/libcurl/c/libcurl-errors.html) for https://erp.acme.example/api": CURL,
    "fatal: unable to access 'https://git.acme.example/x.git/': {}": CURL,
    "fatal: unable to access 'https://git.acme.example/y.git/': {}": SCHANNEL,
    "curl: (35) {}": SCHANNEL,
    'Get "https://erp.acme.example/api": {}': GO,
    'Post "https://erp.acme.example/api": tls: failed to verify certificate: {}': GO,
    "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {} (_ssl.c:1007)": PYTHON,
    "requests.exceptions.SSLError: HTTPSConnectionPool(host='erp.acme.example', port=443): Max"
    " retries exceeded with url: / (Caused by SSLError(SSLCertVerificationError(1, '[SSL:"
    " CERTIFICATE_VERIFY_FAILED] certificate verify failed: {} (_ssl.c:1007)')))": PYTHON,
    "OpenSSL::SSL::SSLError: SSL_connect returned=1 errno=0 state=error: certificate verify"
    " failed ({})": OPENSSL,
    "Faraday::SSLError: SSL_connect returned=1 errno=0 peeraddr=203.0.113.9:443 state=error:"
    " certificate verify failed ({})": OPENSSL,
    "Verify return code: 10 ({})": OPENSSL,
    "upstream SSL certificate verify error: (10:{}) while SSL handshaking to upstream": OPENSSL,
    "{}": JAVA,
    "javax.net.ssl.SSLHandshakeException: General failure\n\tat"
    " sun.security.ssl.Alert(Alert.java:131)\nCaused by: {}": JAVA,
    "I/O error on POST request for https://erp.acme.example: {}": JAVA,
    "request to https://erp.acme.example failed, reason: {}": NODE,
    "AxiosError: {}": NODE,
    "System.Net.Http.HttpRequestException: The SSL connection could not be established, see inner"
    " exception. ---> System.Security.Authentication.AuthenticationException: {}": DOT_NET,
    "error sending request for url (https://erp.acme.example/): error trying to connect: {}": RUST,
    "GET https://erp.acme.example/ {}": BROWSER,
    "ERROR: cannot verify erp.acme.example's certificate, issued by 'CN=R3':\n  {}": WGET,
    "server verification failed: {}": GNUTLS,
}  # fmt: skip
ROWS = [
    (wrapper.format(said), cause)
    for wrapper, causes in TABLE.items()
    for cause, texts in causes.items()
    for said in texts
]


@pytest.mark.parametrize(("text", "cause"), ROWS)
def test_the_cause_goes_before_the_program_that_tells_it(text: str, cause: str) -> None:
    hits = match(shipped_playbook(), text)

    assert hits
    assert hits[0].entry.id == cause, [hit.entry.id for hit in hits]
    assert hits[0].entry.error_class is ErrorClass.CERTIFICATE
    assert hits[0].entry.lane is LANES[cause]
