"""Sends requests from ports of its own, one after the other, and prints what came back to each of these ports, as a list in JSON, with
"" for what stays unanswered: requests.py ADDRESS PORT OWN-PORT:TYPE…

Runs on a host, by itself: nothing of the harness is at hand.
"""

import contextlib
import json
import socket
import sys

PATIENCE = 1.0  # s until a request counts as unanswered


def main(address: str, port: str, *requests: str) -> None:
    sockets: dict[str, socket.socket] = {}
    answers = []
    for own, kind in (request.split(":") for request in requests):
        if own not in sockets:
            sockets[own] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sockets[own].bind(("", int(own)))
        here = sockets[own]
        here.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:  # what answers another port's request
                here.recv(65535)
        here.settimeout(PATIENCE)
        here.sendto(f"{kind}\n".encode(), (address, int(port)))
        try:
            answers.append(here.recv(65535).decode("utf-8", "replace"))
        except TimeoutError:
            answers.append("")
    print(json.dumps(answers))


main(*sys.argv[1:])
