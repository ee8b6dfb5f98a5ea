"""Wrong programs, written from the sheets and the roles alone, without a look at the scenarios."""

from harness import Mutant, compiled, program

_SENDER = "{host} {port} [--file {file}] [--rate {rate}] [--speed {speed}] [--payload {payload}] [--ttl {ttl}] [--interface {interface}]"
# Question, what is wrong, role, what must catch it, command.
_PROGRAMS: list[tuple[str, str, str, str | tuple[str, ...], str]] = [
    ("tv.q15-17", "idle", "echo-server", "words/patience", program("others/es_idle.py", "{port}")),
    ("tv.q15-17", "dies-on-reset", "echo-server", "broken-off", program("others/es_dies_on_reset.py", "{port}")),
    ("tv.q15-17", "leak-on-reset", "echo-server", "habits/descriptors", compiled("others/es_leak_on_reset.c", "{port}")),
    ("tv.q15-17", "partial-send", "echo-server", "words/bytes", program("others/es_partial_send.py", "{port}")),
    ("tv.q18", "fork-single-wait", "echo-server", "thirty/left", compiled("others/es_fork_single_wait.c", "{port}")),
    ("tv.q20", "bye-substring", "eliza-server", "near-misses/bye", program("others/el_bye_substring.py", "{port}")),
    ("tv.q20", "capitals", "eliza-server", "near-misses/capitals", program("others/el_capitals.pl", "{port}", by="perl")),
    ("tv.q20", "crlf", "eliza-server", "lines/cr-lf", program("others/el_crlf.py", "{port}")),
    ("tv.q20", "one-line-per-read", "eliza-server", "lines/together", program("others/el_one_line_per_read.py", "{port}")),
    ("tv.q20", "turns-inside-words", "eliza-server", "near-misses/inside", program("others/el_turns_inside_words.py", "{port}")),
    ("tv.q20", "cuts-answer", "eliza-server", "lines/long", compiled("others/el_cuts_answer.c", "{port}")),
    ("tv.q20", "empty-closes", "eliza-server", "lines/empty", program("others/el_empty_closes.py", "{port}")),
    ("tv.q10", "sends-nul", "tv-sender", "hello/word", compiled("others/tv_sends_nul.c", "{host} {port} [{file}] [{speed}]")),
    ("tv.q10", "hello-twice", "tv-sender", "hello/datagrams", program("others/tv_hello_twice.py", _SENDER)),
    ("tv.q10", "port-wraps", "tv-sender", "missing/nothing-sent", compiled("others/tv_port_wraps.c", _SENDER)),
    ("tv.q10", "traceback-port", "tv-sender", "port-word/traceback", program("others/tv_traceback_port.py", _SENDER)),
    ("tv.q10", "port-prefix", "tv-sender", "nearly/message", compiled("others/tv_port_prefix.c", _SENDER)),
    ("tv.q11", "last-ones-reversed", "tv-sender", "shown/continuity", program("others/tv_last_ones_reversed.py", _SENDER)),
    ("tv.q24", "ttl-32", "tv-sender", "stream/time-to-live", compiled("others/tv_ttl_32.c", _SENDER)),
    ("tv.q18", "fork-eintr", "echo-server", ("leave/left", "thirty/left"), compiled("others/es_fork_eintr.c", "{port}")),
]  # fmt: skip

MUTANTS = [Mutant(question, f"{role}-{name}", caught_by, {role: command}) for question, name, role, caught_by, command in _PROGRAMS]
