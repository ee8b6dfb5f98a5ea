"""A server of docs/protocols/daytime.md that gives each question some wrong answers before the right one: PORT.

The right one tells RIGHT, the wrong ones the year 1999: to another question, not of the protocol, or of a time that cannot be."""

import signal
import socket
import struct
import sys

RIGHT, WRONG = (2026, 3, 29, 3, 0, 0, 7), (1999, 12, 31, 23, 59, 59, 5)


def answer(question: bytes, time: tuple[int, ...], identifier: bytes) -> bytes:
    """It tells that time, two hours east of UTC; the server is not synchronised."""
    head = b"WPDT" + bytes([1, 2, 0, 2]) + identifier + question[16:24]
    local = struct.pack(">H6Bi", *time, 7200) + struct.pack(">qqBB", 0, 2**63 - 1, 0, 3) + b"CEST".ljust(10, b"\0")
    return head + local + question[64:128] + f"{time[0]}-{time[1]:02}-{time[2]:02}".encode().ljust(64, b"\0")


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("", int(sys.argv[1])))
    print("ready", flush=True)
    before = bytes(8)
    while True:
        question, client = server.recvfrom(65536)
        identifier = question[8:16]
        other = bytes(octet ^ 1 for octet in identifier)
        for wrong in (
            b"", b"Friday, December 31, 1999 23:59:59-UTC\r\n", answer(question, WRONG, before), answer(question, WRONG, other),
            answer(question, WRONG, identifier)[:-1], answer(question, (1999, 13, 31, 23, 59, 59, 5), identifier),
            b"XPDT" + answer(question, WRONG, identifier)[4:], question, bytes(60_000), answer(question, WRONG, identifier) + bytes(60_000),
        ):  # fmt: skip
            server.sendto(wrong, client)
        server.sendto(answer(question, RIGHT, identifier), client)
        server.sendto(answer(question, WRONG, identifier), client)
        before = identifier


if __name__ == "__main__":
    main()
