"""Wrong netcats, senders and networks for the first part of the lab, and for the sender of Hello."""

from harness import Mutant, program, programs_folder

TV_SENDER = programs_folder() / "tv-sender"

MUTANTS = [
    Mutant("tv.q01", "wrong-address", "the hosts have Mininet's addresses", tamper="tamper_wrong_address.py"),
    Mutant("tv.q01", "wrong-mac", "mn gives the same IP and MAC addresses", tamper="tamper_wrong_mac.py"),
    Mutant("tv.q01", "deaf-host", "ping from h1 to h2 is answered", tamper="tamper_no_echo_replies.py"),
    Mutant("tv.q02", "file-in-reverse", "the received file is identical", {"cat": "tac"}),
    Mutant("tv.q02", "udp-in-place-of-tcp", "to listen on tcp port 1234", {"netcat": "nc -u"}),
    Mutant("tv.q02", "reset-in-place-of-fin", "h1's FIN follows the last byte", {"netcat": program("nc_abortive.py")}),
    Mutant("tv.q02", "listener-on-h1", "h1-netcat on h1 to end", tamper="tamper_listener_on_h1.py"),
    Mutant("tv.q03", "refusal-hidden", "the early client fails", {"netcat": "sh -c 'nc \"$@\"; exit 0' nc"}),
    Mutant("tv.q03", "refusal-not-told", "it reports the refusal", {"netcat": "sh -c 'exec nc \"$@\" 2>/dev/null' nc"}),
    Mutant("tv.q03", "refused-without-reset", "h2 answers the SYN with RST", tamper="tamper_rejects_first_connection.py"),
    Mutant(
        "tv.q04", "early-repeated", "only the later datagram arrives",
        {"udp-sender": program("udp_lines.py", "repeats", "{host}", "{port}")},
    ),
    Mutant(
        "tv.q04", "always-connected", "the unconnected sender sees no error",
        {"udp-sender": program("udp_lines.py", "connected", "{host}", "{port}")},
    ),
    Mutant(
        "tv.q04", "never-connected", "h1-udp-sender-2 on h1 to end",
        {"udp-sender": "sh -c 'exec socat -u - UDP4-SENDTO:$0:$1' {host} {port} {socket}"},
    ),
    Mutant("tv.q04", "no-unreachable", "1 ICMP port unreachable", tamper="tamper_no_unreachable.py"),
    Mutant("tv.q05", "server-of-both", "the TCP client fails", {"netcat": program("nc_both_protocols.py")}),
    Mutant("tv.q05", "refused-without-reset", "h1 answers the SYN with RST", tamper="tamper_rejects_first_connection.py"),
    Mutant("tv.q09a", "second-link", "three links, all up", tamper="tamper_extra_link.py"),
    Mutant("tv.q09a", "fourth-host", "three hosts", tamper="tamper_extra_host.py"),
    Mutant("tv.q09a", "deaf-host", "all six pings are answered", tamper="tamper_no_echo_replies.py"),
    Mutant("tv.q10", "other-word", "nc shows Hello", {"tv-sender": program("hello_sloppy.py", "hello", "{host}", "{port}")}),
    Mutant(
        "tv.q10", "unchecked-port", "port out of range: it is a message, not a stack trace",
        {"tv-sender": program("hello_sloppy.py", "Hello", "{host}", "{port}")},
    ),
    Mutant(
        "tv.q10", "unconnected", "closed port: the status is not 0",
        {"tv-sender": program("hello_sloppy.py", "Hello", "{host}", "{port}")},
    ),
    Mutant("tv.q10", "refusal-not-awaited", "closed port: the status is not 0", {"tv-sender": f"{TV_SENDER} {{host}} {{port}} --no-wait"}),
    Mutant(
        "tv.q10", "silent", "unknown host: the message says so",
        {"tv-sender": f"sh -c 'exec \"$0\" \"$@\" 2>/dev/null' {TV_SENDER} {{host}} {{port}}"},
    ),
]  # fmt: skip
