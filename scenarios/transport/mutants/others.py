"""Wrong programs, written from the sheets and the roles alone, without a look at the scenarios."""

from harness import Mutant, compiled, program

# Question, what is wrong, role, what must catch it, command.
_PROGRAMS = [
    ("transport.1-1", "stale-print", "tcp-server", "more/printed", compiled("others/ts_stale_print.c", "{port}")),
    ("transport.1-1", "end-prefix", "tcp-server", "more", program("others/ts_end_prefix.py", "{port}")),
    ("transport.1-1", "seventeen-bytes", "tcp-server", "more/answers", compiled("others/ts_seventeen_bytes.c", "{port}")),
    ("transport.1-1", "localhost-only", "tcp-server", "first", program("others/ts_localhost_only.py", "{port}")),
    ("transport.1-2", "closes-listener", "tcp-server", "lsof/server", program("others/ts_closes_listener.pl", "{port}", by="perl")),
    ("transport.1-1", "chops-last-char", "tcp-client", "lines/last-line", program("others/tc_chops_last_char.py", "{host} {port}")),
    ("transport.1-1", "splits-long-line", "tcp-client", "more/sent", compiled("others/tc_splits_long_line.c", "{host} {port}")),
    ("transport.2-3b", "refused-status-0", "tcp-client", "refused/status", program("others/tc_refused_status_0.py", "{host} {port}")),
    ("transport.2-1", "drops-same", "udp-server", "words", program("others/us_drops_same.pl", "{port}", by="perl")),
    ("transport.2-1", "dies-on-accent", "udp-server", "kinds/cut", program("others/us_dies_on_accent.py", "{port}")),
    ("transport.2-1", "empty-ends", "udp-server", "kinds/empty", program("others/us_empty_ends.py", "{port}")),
    ("transport.2-4", "cuts-49", "udp-server", "long-text/first-bytes", compiled("others/us_cuts_49.c", "{port}")),
    ("transport.2-4", "splits-long", "udp-client", "long-text/sent", compiled("others/uc_splits_long.c", "{host} {port}")),
    ("transport.2-1", "end-any-case", "udp-client", "words", program("others/uc_end_any_case.pl", "{host} {port}", by="perl")),
    ("transport.3-fork", "fork-children-outlive", "tcp-server", "orphans", compiled("others/ts_fork_children_outlive.c", "{port}")),
    ("transport.3-fork", "fork-leaks-conn", "tcp-server", "processes/both", compiled("others/ts_fork_leaks_conn.c", "{port}")),
    ("transport.2-1", "empty-repeats", "udp-server", "kinds/printed", compiled("others/us_empty_repeats.c", "{port}")),
    ("transport.2-1", "skips-empty", "udp-client", "empty-line", program("others/uc_skips_empty.py", "{host} {port}")),
    ("transport.2-2", "socket-leak", "udp-client", "one-socket/ports", compiled("others/uc_socket_leak.c", "{host} {port}")),
    ("transport.2-3b", "refused-on-stdout", "tcp-client", "refused/stderr", program("others/tc_refused_on_stdout.pl", "{host} {port}", by="perl")),
    ("transport.2-1", "prints-rests", "udp-server", "words/rests", compiled("others/us_prints_rests.c", "{port}")),
    ("transport.2-3b", "tries-itself", "tcp-server", "server/states", program("others/ts_tries_itself.py", "{port}")),
    ("transport.3-select", "receives-at-once", "tcp-server", "second", program("others/ts_receives_at_once.py", "{port}")),
    ("transport.2-3a", "busy-wait", "udp-client", "in-vain/rests", program("others/uc_busy_wait.py", "{host} {port}")),
]  # fmt: skip

MUTANTS = [Mutant(question, f"{role}-{name}", caught_by, {role: command}) for question, name, role, caught_by, command in _PROGRAMS]
