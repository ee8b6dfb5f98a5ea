"""What pinger.q01 must reject."""

from harness import Mutant, program

OPTIONS = ["{source_port}", "{host}", "{port}", "{count}"]
CLIENTS = {
    "one-too-few": "numbered from 1",
    "from-zero": "numbered from 1",
    "same-number": "numbered from 1",
    "no-stamp": "its own time stamp",
    "sends-again": "its own time stamp",
    "all-at-once": "no message leaves before",
    "impatient": "no message leaves before",
    "patient": "late answers: 'timed out' is said",
    "any-answer": "late answers: 'timed out' is said",
    "silent-about-losses": "a line for each message",
    "lost-is-zero": "'timed out' is said",
    "one-way": "round trip times printed differ",
    "seconds": "round trip times printed differ",
    "from-the-start": "round trip times printed differ",
    "counts-all": "messages sent and received",
    "loss-of-received": "the summary's loss is wrong",
    "average-of-all": "the summary's min/avg/max",
}
SERVERS = {name: "the server sends back each message" for name in ("loses-one", "upper-case", "cuts")}

MUTANTS = [
    *(Mutant("pinger.q01", name, words, {"ping-client": program("wrong_client.py", name, *OPTIONS)}) for name, words in CLIENTS.items()),
    *(Mutant("pinger.q01", name, words, {"ping-server": program("wrong_server.py", name, "{port}")}) for name, words in SERVERS.items()),
]
