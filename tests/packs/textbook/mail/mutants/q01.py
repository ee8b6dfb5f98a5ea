"""What mail.q01 must reject."""

from harness import Mutant

MUTANTS = [
    Mutant("mail.q01", "says-nothing", "what the client reads", {"mail-server": "nc -l {port}"}),
]
