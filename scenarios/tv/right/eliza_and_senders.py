"""ELIZAs and senders as courses, textbooks and students of other languages write them."""

from harness import Right, compiled, program

# Role, whose habits, command, questions of this lab.
_PROGRAMS = [
    ("eliza-server", "eliza-random-python", program("eliza_random.py", "{port}"), ["q20"]),
    ("eliza-server", "eliza-stdio-c", compiled("eliza_stdio.c", "{port}"), ["q20"]),
    ("eliza-server", "eliza-hash-perl", program("eliza_hash.pl", "{port}", by="perl"), ["q20"]),
    ("tv-sender", "sender-french-python", program("sender_french.py", "[{host}] [{port}] [{file}] [{speed}]"), ["q10", "q11"]),
    ("tv-sender", "sender-spanish-c", compiled("sender_spanish.c", "[{host}] [{port}] [{file}] [{speed}]"), ["q10", "q24"]),
    ("tv-sender", "sender-of-the-sheet-python", program("difftv.py", "{host} {port} [--file {file}] [--speed {speed}]"), ["q10"]),
    ("tv-sender", "sender-select-perl", program("sender_select.pl", "[--file {file}] [--speed {speed}] [--payload {payload}] [{host}] [{port}]", by="perl"), ["q10", "q14"]),
]  # fmt: skip

RIGHT = [Right(f"tv.{question}", name, {role: command}) for role, name, command, questions in _PROGRAMS for question in questions]
