"""Echo servers and clients as courses, textbooks and students of other languages write them."""

from harness import Right, compiled, program

_SHEET = ["--host", "{host}", "--port", "{port}", "--data", "{data}"]
# Role, whose habits, command, questions of this lab.
_PROGRAMS = [
    ("udp-echo-server", "sheet-python", program("udp_echo_server.py", "--port", "{port}"), ["", "-clients", "-datagrams"]),
    ("udp-echo-server", "c", compiled("udp_echo_server.c", "{port}"), ["", "-clients", "-datagrams"]),
    ("udp-echo-server", "node", program("udp_echo_server.js", "{port}", by="node"), ["", "-clients", "-datagrams"]),
    ("udp-echo-server", "java", program("UdpEchoServer.java", "{port}", by="java"), ["", "-clients", "-datagrams"]),
    ("udp-echo-client", "sheet-python", program("udp_echo_client.py", *_SHEET), [""]),
    ("udp-echo-client", "line-c", compiled("udp_echo_client.c", "{host} {port}"), [""]),
    ("udp-echo-client", "perl", program("udp_echo_client.pl", "{host}", "{port}", "{data}", by="perl"), [""]),
    ("echo-server", "sheet-python", program("tcp_echo_server.py", "--port", "{port}"), ["", "-clients"]),
    ("echo-server", "fork-perl", program("echo_fork.pl", "{port}", by="perl"), ["", "-clients"]),
    ("echo-server", "threads-java", program("TcpEchoServer.java", "{port}", by="java"), ["", "-clients"]),
    ("echo-client", "tells-all-node", program("tcp_echo_client.js", *_SHEET, by="node"), [""]),
    ("echo-client", "sheet-python", program("tcp_echo_client.py", *_SHEET), [""]),
]  # fmt: skip

RIGHT = [Right(f"services.ex01{part}", f"{role}-{name}", {role: command}) for role, name, command, parts in _PROGRAMS for part in parts]
