"""Connections that were broken off: from ESTABLISHED or CLOSE-WAIT to CLOSED (RFC 4022)."""

from harness import nstat

COUNTER = "TcpEstabResets"


def broken_off(host):
    """How many so far, by the host's kernel."""
    return nstat(host.run("nstat", "-asz", COUNTER).output)[COUNTER]
