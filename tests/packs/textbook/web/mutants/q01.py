"""What web.q01 must reject."""

from harness import Mutant

MUTANTS = [
    Mutant("web.q01", "says-nothing", "what the client reads", {"web-server": "nc -l {port}"}),
]
