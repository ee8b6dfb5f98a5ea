"""Echo servers as courses, textbooks and standard libraries have them."""

from harness import Right, compiled, program

_ITERATIVE = {
    "c": compiled("echo_one.c", "{port}"), "perl": program("echo_one.pl", "{port}", by="perl"), "python": program("echo_one.py", "{port}"),
    "c-octet-by-octet": compiled("echo_octets.c", "{port}"),
}  # fmt: skip
_FORKING = {
    "c": compiled("echo_fork.c", "{port}"), "perl": program("echo_fork.pl", "{port}", by="perl"), "python": program("echo_fork.py", "{port}"),
}  # fmt: skip

RIGHT = [
    *(Right("tv.q15-17", language, {"echo-server": command}) for language, command in _ITERATIVE.items()),
    *(Right("tv.q18", language, {"echo-server": command}) for language, command in _FORKING.items()),
]
