"""Files of load balancers that are wrong, each in one way."""

from __future__ import annotations

FIRST = "[nodo1]\nhost = 10.0.0.3\nport = 8001\n\n"
WRONG: dict[str, tuple[str, tuple[int, ...], str]] = {  # text, the line that is wrong (0: none in particular), a word that is said
    "a node twice": (FIRST + "[nodo2]\nhost = 10.0.0.3\nport = 8001\n", (5, 6, 7), "nodo2|twice|already|10.0.0.3"),
    "a section twice": (FIRST + "[nodo1]\nhost = 10.0.0.4\nport = 8002\n", (5,), "nodo1"),
    "no node": ("[balancer]\npolicy = round-robin\n", (), "node|nodo"),
    "nothing": ("", (), "node|nodo"),
    "port 0": (FIRST.replace("8001", "0"), (3,), "port"),
    "port 65536": (FIRST.replace("8001", "65536"), (3,), "port"),
    "a port in words": (FIRST.replace("8001", "http"), (3,), "port"),
    "no port": ("[nodo1]\nhost = 10.0.0.3\n", (1,), "port"),
    "no host": ("[nodo1]\nport = 8001\n", (1,), "host"),
    "a key that nobody knows": (FIRST + "[nodo2]\nhost = 10.0.0.4\nprot = 8002\n", (7,), "prot"),
    "another of the balancer's": (FIRST + "[balancer]\npolicy = round-robin\nchek_path = /\n", (7,), "chek_path"),
    "a key twice": (FIRST + "[nodo2]\nhost = 10.0.0.4\nport = 8002\nport = 8003\n", (8,), "port"),
    "a policy that nobody knows": (FIRST + "[balancer]\npolicy = fairest\n", (6,), "policy|fairest"),
    "a weight below 0": (FIRST.strip() + "\nweight = -1\n", (4,), "weight"),
    "an interval of no time": (FIRST + "[balancer]\ncheck_interval = soon\n", (6,), "check_interval|soon"),
    "a line that is none": (FIRST + "nonsense\n", (5,), "nonsense|="),
    "a section that nobody knows": (FIRST + "[balancr]\npolicy = round-robin\n", (5, 6), "balancr|policy"),
}


def line_of(lines: tuple[int, ...]) -> str:
    """What names one of these lines of the file, or the file where it is none in particular; a regular expression."""
    return rf"(?i)(config\.ini:|line )({'|'.join(map(str, lines))})\b" if lines else "config"
