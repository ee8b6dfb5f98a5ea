"""What pinger.q01 must accept."""

from harness import Right, program

RIGHT = [
    Right("pinger.q01", "select-and-own-port", {"ping-client": program("selecting.py", "{host}", "{port}", "{count}")}),
    Right("pinger.q01", "ten-messages-only", {"ping-client": program("selecting.py", "{host}", "{port}")}),
    Right("pinger.q01", "asyncio-server", {"ping-server": program("datagrams.py", "{port}")}),
]
