"""Wrong netcats, senders and networks for the first part of the lab, and for the sender of Hello."""

from harness import Mutant, program, programs_folder

TV_SENDER = programs_folder() / "tv-sender"

MUTANTS = [
    Mutant("tv.q01", "wrong-address", "here/addresses", tamper="tamper_wrong_address.py"),
    Mutant("tv.q01", "wrong-mac", "stock/addresses", tamper="tamper_wrong_mac.py"),
    Mutant("tv.q01", "deaf-host", "pings/answered", tamper="tamper_no_echo_replies.py"),
    Mutant("tv.q02", "file-in-reverse", "file", {"cat": "tac"}),
    Mutant("tv.q02", "udp-in-place-of-tcp", "wrong-host", {"netcat": "nc -u"}),
    Mutant("tv.q02", "reset-in-place-of-fin", "wire/fin", {"netcat": program("nc_abortive.py")}),
    Mutant("tv.q02", "listener-on-h1", "wrong-host", tamper="tamper_listener_on_h1.py"),
    Mutant("tv.q03", "refusal-hidden", "client-first/status", {"netcat": "sh -c 'nc \"$@\"; exit 0' nc"}),
    Mutant("tv.q03", "refusal-not-told", "client-first/message", {"netcat": "sh -c 'exec nc \"$@\" 2>/dev/null' nc"}),
    Mutant("tv.q03", "refused-without-reset", "client-first/reset", tamper="tamper_rejects_first_connection.py"),
    Mutant(
        "tv.q04", "early-repeated", "late/received",
        {"udp-sender": program("udp_lines.py", "repeats", "{host}", "{port}")},
    ),
    Mutant(
        "tv.q04", "always-connected", "late/errors",
        {"udp-sender": program("udp_lines.py", "connected", "{host}", "{port}")},
    ),
    Mutant(
        "tv.q04", "never-connected", "connected",
        {"udp-sender": "sh -c 'exec socat -u - UDP4-SENDTO:$0:$1' {host} {port} {socket}"},
    ),
    Mutant("tv.q04", "no-unreachable", "early", tamper="tamper_no_unreachable.py"),
    Mutant("tv.q05", "server-of-both", "refused/status", {"netcat": program("nc_both_protocols.py")}),
    Mutant("tv.q05", "refused-without-reset", "refused/reset", tamper="tamper_rejects_first_connection.py"),
    Mutant("tv.q09a", "second-link", "here/links", tamper="tamper_extra_link.py"),
    Mutant("tv.q09a", "fourth-host", "here/hosts", tamper="tamper_extra_host.py"),
    Mutant("tv.q09a", "deaf-host", "pings/answered", tamper="tamper_no_echo_replies.py"),
    Mutant("tv.q10", "other-word", "hello/word", {"tv-sender": program("hello_sloppy.py", "hello", "{host}", "{port}")}),
    Mutant(
        "tv.q10", "unchecked-port", "port-range/traceback",
        {"tv-sender": program("hello_sloppy.py", "Hello", "{host}", "{port}")},
    ),
    Mutant(
        "tv.q10", "unconnected", "closed-port/status",
        {"tv-sender": program("hello_sloppy.py", "Hello", "{host}", "{port}")},
    ),
    Mutant("tv.q10", "refusal-not-awaited", "closed-port/status", {"tv-sender": f"{TV_SENDER} {{host}} {{port}} --no-wait"}),
    Mutant(
        "tv.q10", "silent", "unknown-host/message",
        {"tv-sender": f"sh -c 'exec \"$0\" \"$@\" 2>/dev/null' {TV_SENDER} {{host}} {{port}}"},
    ),
]  # fmt: skip
