"""Echo servers and clients as courses, textbooks and students of other languages write them."""

from harness import Right, compiled, program

# Role, whose habits, command, questions of this lab.
_PROGRAMS = [
    ("echo-server", "echo-server-french-c", compiled("echo_server_french.c", "{port}"), ["queue", "netstat", "clients"]),
    ("echo-server", "echo-server-java", program("EchoServer.java", "{port}", by="java"), ["queue", "netstat", "clients"]),
    ("echo-server", "echo-server-socketserver-python", program("echo_server_socketserver.py", "{port}"), ["queue", "netstat", "clients"]),
    ("echo-client", "echo-client-prompt-c", compiled("echo_client_prompt.c", "{host} {port}"), ["clients", "ends"]),
    ("echo-client", "echo-client-thread-python", program("echo_client_thread.py", "{host} {port}"), ["clients", "ends", "api"]),
    ("echo-client", "echo-client-pipe-node", program("echo_client_pipe.js", "{host} {port}", by="node"), ["clients", "ends", "api"]),
]  # fmt: skip

RIGHT = [Right(f"echo.{question}", name, {role: command}) for role, name, command, questions in _PROGRAMS for question in questions]
