"""Why a file server took no session or no file is the same entry, whichever client says it."""

import pytest

from bot.core.estate.lane import Lane
from bot.core.triage.playbook import match
from tests.shipped import shipped_playbook

SHARED = "sftp-no-common-algorithm"
RIGHTS, PATH, AWAY = "sftp-rights", "sftp-path", "sftp-unreachable"
TOLD = {
    SHARED: (
        "com.jcraft.jsch.JSchException: Algorithm negotiation fail",
        "com.jcraft.jsch.JSchAlgoNegoFailException: Algorithm negotiation fail:"
        ' algorithmName="server_host_key" jschProposal="ecdsa-sha2-nistp256"',
        "Unable to negotiate with 203.0.113.9 port 22: no matching host key type found. Their"
        " offer: ssh-rsa",
        "Unable to negotiate with 203.0.113.9 port 22: no matching cipher found. Their offer: 3des",
        "Unable to negotiate with 203.0.113.9 port 22: no matching MAC found. Their offer: md5",
        "paramiko.ssh_exception.SSHException: Incompatible ssh peer (no acceptable kex algorithm)",
        "paramiko.ssh_exception.IncompatiblePeer: Incompatible ssh server (no acceptable ciphers)",
        "Couldn't agree a key exchange algorithm (available: diffie-hellman-group14-sha1)",
        "FATAL ERROR: Couldn't agree a host key algorithm (available: ssh-rsa)",
        "asyncssh.misc.KeyExchangeFailed: No matching key exchange algorithm found",
        "ssh: handshake failed: ssh: no common algorithm for host key; client offered: [a]",
        "Renci.SshNet.Common.SshConnectionException: Key exchange negotiation failed.",
        "net.schmizz.sshj.transport.TransportException: Unable to reach a settlement: [a] and [b]",
        "Net::SSH::Exception: could not settle on kex algorithm",
        "Error: Handshake failed: no matching server host key format",
        "org.apache.sshd.common.SshException: Unable to negotiate key exchange for kex algorithms",
        "NoSupportedAlgorithmsException: No compatible key exchange algorithms found",
        "libssh2: Unable to exchange encryption keys",
        "kex error : no match for method server host key algo: server [ssh-rsa], client [x]",
    ),
    RIGHTS: (
        "SSH_FX_PERMISSION_DENIED",
        "Upload failed: SSH_FX_PERMISSION_DENIED (3): Permission denied",
        "com.jcraft.jsch.SftpException: 3: Permission denied",
        "asyncssh.sftp.SFTPPermissionDenied: Permission denied",
    ),
    PATH: ("SSH_FX_NO_SUCH_FILE", "SSH_FX_NO_SUCH_PATH (10)"),
    AWAY: ("SSH_FX_CONNECTION_LOST", "SSH_FX_NO_CONNECTION"),
}


@pytest.mark.parametrize(
    ("text", "cause"), [(text, cause) for cause, texts in TOLD.items() for text in texts]
)
def test_the_cause_is_known_in_the_words_of_every_client(text: str, cause: str) -> None:
    hits = match(shipped_playbook(), text)

    assert [hit.entry.id for hit in hits[:1]] == [cause]
    assert hits[0].entry.lane is Lane.IT
