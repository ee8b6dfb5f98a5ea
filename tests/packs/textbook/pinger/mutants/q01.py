"""What pinger.q01 must reject."""

from harness import Mutant

MUTANTS = [
    Mutant("pinger.q01", "says-nothing", "what the client reads", {"pinger-server": "nc -l {port}"}),
]
