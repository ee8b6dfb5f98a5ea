"""What netstat -paunt shows of echo servers."""

from harness import read_process
from scenarios.echo.kit.talk import PORT

COLUMNS = "Proto, Recv-Q, Send-Q, Local Address, Foreign Address, State, PID/Program name"


def listening(server, port):
    """The line for a server that listens on a port and has no client."""
    return dict(
        protocol=["tcp", "tcp6"], local_port=port, foreign_port="*", state="LISTEN", pid=server,
        program=read_process(server.pid).name, receive_queue=0,
    )  # fmt: skip


def one_served_one_waits(server, first, second, size):
    """The rows of a server that serves a client of one host, while a client of another one has sent so many bytes, and waits."""
    mine = dict(protocol=["tcp", "tcp6"], local_port=PORT)
    served = dict(mine, state="ESTABLISHED", pid=server, foreign=first)
    return [dict(mine, state="LISTEN", pid=server), served, dict(mine, state="ESTABLISHED", pid=None, foreign=second, receive_queue=size)]


def once(table):
    """The lines of a table, those of one program and port once: it may have a socket for IPv4 and one for IPv6."""
    return list({(row.pid, row.local_port, row.state): row for row in table}.values())
