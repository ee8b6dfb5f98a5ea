"""Wrong programs, written from the sheets and the roles alone, without a look at the scenarios."""

from harness import Mutant, compiled, program

# Question, what is wrong, role, what must catch it, command.
_PROGRAMS = [
    ("echo.clients", "stale", "echo-client", "bytes/all-bytes", compiled("others/ec_stale.c", "{host} {port}")),
    ("echo.clients", "drops-last-line", "echo-client", "bytes/no-line-end", program("others/ec_drops_last_line.js", "{host} {port}", by="node")),
    ("echo.clients", "silent-refusal", "echo-client", "no-server/says", compiled("others/ec_silent_refusal.c", "{host} {port}")),
    ("echo.netstat", "reuseport", "echo-server", "third", program("others/es_reuseport.py", "{port}")),
    ("echo.clients", "strlen", "echo-server", "words/nulls", compiled("others/es_strlen.c", "{port}")),
]  # fmt: skip

MUTANTS = [Mutant(question, f"{role}-{name}", caught_by, {role: command}) for question, name, role, caught_by, command in _PROGRAMS]
