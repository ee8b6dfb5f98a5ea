"""Programs for messages over TCP and UDP as courses, textbooks and students of other languages write them."""

from harness import Right, compiled, program

# Role, whose habits, command, questions of this lab.
_PROGRAMS = [
    ("tcp-server", "tcp-server-basic-python", program("tcp_server_basic.py", "{port}"), ["1-1", "1-2", "1-3"]),
    ("tcp-server", "tcp-server-stdio-c", compiled("tcp_server_stdio.c", "{port}"), ["1-1", "1-2", "1-3"]),
    ("tcp-server", "tcp-server-data-java", program("TcpServerData.java", "{port}", by="java"), ["1-1", "1-2", "1-3"]),
    ("tcp-server", "tcp-server-fork-python", program("tcp_server_fork.py", "{port}"), ["3-fork"]),
    ("tcp-server", "tcp-server-fork-c", compiled("tcp_server_fork.c", "{port}"), ["3-fork"]),
    ("tcp-server", "tcp-server-fork-perl", program("tcp_server_fork.pl", "{port}", by="perl"), ["3-fork"]),
    ("tcp-server", "tcp-server-select-c", compiled("tcp_server_select.c", "{port}"), ["3-select"]),
    ("tcp-server", "tcp-server-selector-java", program("TcpServerSelector.java", "{port}", by="java"), ["3-select"]),
    ("tcp-server", "tcp-server-event-node", program("tcp_server_event.js", "{port}", by="node"), ["3-select"]),
    ("tcp-client", "tcp-client-prompt-python", program("tcp_client_prompt.py", "{host} {port}"), ["1-1", "1-3", "2-3b", "3-fork"]),
    ("tcp-client", "tcp-client-stdio-c", compiled("tcp_client_stdio.c", "{host} {port}"), ["1-1", "1-3", "2-3b", "3-fork"]),
    ("tcp-client", "tcp-client-readline-node", program("tcp_client_readline.js", "{host} {port}", by="node"), ["1-1", "1-3", "2-3b", "3-fork"]),
    ("udp-server", "udp-server-cut-python", program("udp_server_cut.py", "{port}"), ["2-1", "2-2", "2-4"]),
    ("udp-server", "udp-server-cut-c", compiled("udp_server_cut.c", "{port}"), ["2-1", "2-2", "2-4"]),
    ("udp-server", "udp-server-datagram-java", program("UdpServerDatagram.java", "{port}", by="java"), ["2-1", "2-2", "2-4"]),
    ("udp-client", "udp-client-timeout-python", program("udp_client_timeout.py", "{host} {port}"), ["2-1", "2-2", "2-3a", "2-4"]),
    ("udp-client", "udp-client-timeout-c", compiled("udp_client_timeout.c", "{host} {port}"), ["2-1", "2-2", "2-3a", "2-4"]),
    ("udp-client", "udp-client-connected-perl", program("udp_client_connected.pl", "{host} {port}", by="perl"), ["2-1", "2-2", "2-3a", "2-4"]),
]  # fmt: skip

RIGHT = [Right(f"transport.{question}", name, {role: command}) for role, name, command, questions in _PROGRAMS for question in questions]
