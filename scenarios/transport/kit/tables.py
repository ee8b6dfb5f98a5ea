"""What lsof and netstat show of servers and clients of the transport sheet."""

from harness import equals
from scenarios.transport.kit.messages import PORT

NETSTAT = ("Proto", "Recv-Q", "Send-Q", "Local Address", "Foreign Address", "State", "PID/Program name")
LSOF = ("COMMAND", "PID", "USER", "FD", "TYPE", "DEVICE", "SIZE/OFF", "NODE", "NAME")


def listening(server):
    """The row of a TCP server's listening socket."""
    return dict(pid=server, state="LISTEN")


def established(process, local, port, foreign, foreign_port):
    """The row of a connection at one end."""
    return dict(pid=process, state="ESTABLISHED", local=local, local_port=port, foreign=foreign, foreign_port=foreign_port)


def in_the_backlog(lab, host, size):
    """A client on a host is connected to h1, has sent so many bytes, and no process has its connection."""
    row = dict(state="ESTABLISHED", foreign=host, pid=None, receive_queue=size)
    lab.expect_sockets(lab.h1.netstat("-paunt").where(foreign=host), [row], "netstat: the second's connection, with its bytes")
    waiting = [row.receive_queue for row in lab.h1.ss("-tanp").where(state="LISTEN", local_port=PORT)]
    lab.expect(waiting, equals([1]), "connections that wait for accept (Recv-Q of the listening socket)")


def bound(server):
    """The row of a UDP server's only socket."""
    return dict(pid=server, protocol="UDP", state=None, local="*", local_port=PORT, foreign=None)


def udp_sockets(lab, host, rows, what):
    """netstat shows these UDP sockets on a host, and no others."""
    table = host.netstat("-paunt").where(protocol=["udp", "udp6"])
    lab.expect_sockets(table, rows, f"UDP sockets in netstat on {host.name}: {what}", id="netstat")


def both_tables(lab, rows, what):
    """lsof and netstat show these rows on h1, and no others."""
    lab.expect_sockets(lab.h1.lsof(PORT), rows, f"lsof: {what}", id="lsof")
    lab.expect_sockets(lab.h1.netstat("-paunt").where(local_port=PORT), rows, f"netstat: {what}", id="netstat")
