"""Echo clients over UDP with one fault each.

udp_echo_client.py FAULT HOST PORT --data=TEXT --timeout=SECONDS, where nothing behind the equals sign means the default. The fault "none"
gives a correct client, so that a fault is the only thing a scenario can find.
"""

import base64
import select
import socket
import sys
import time

FAULT, HOST, PORT = sys.argv[1], sys.argv[2], int(sys.argv[3])
OPTIONS = dict(word.removeprefix("--").split("=", 1) for word in sys.argv[4:])
TIMEOUT = float(OPTIONS.get("timeout") or 1)
sent: list[bytes] = []
outcomes: list[str] = []


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def coded(data: bytes) -> bytes:
    return base64.b64encode(data) if FAULT == "hides-the-words" else data


def show(data: bytes) -> None:
    line = base64.b64decode(data) if FAULT == "hides-the-words" else data
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.flush()


def take() -> bool:
    """Takes a datagram that has come; whether it is the reply that is waited for."""
    data = connection.recv(65536)
    waiting = bool(outcomes) and outcomes[-1] == "waits"
    if waiting and (data == sent[-1] or FAULT in ("takes-whatever-comes", "prints-what-it-sent")):
        outcomes[-1] = "answered"
        show(sent[-1] if FAULT == "prints-what-it-sent" else data)
        return True
    number = max((number for number, one in enumerate(sent) if one == data), default=None)
    if number is None:
        return False
    if outcomes[number] == "lost":
        outcomes[number] = "late"
        say("lost" if FAULT == "calls-late-lost" else f"the reply to datagram {number + 1} came late")
    elif FAULT == "prints-doubles":
        show(data)
        say("twice")
    elif FAULT != "hides-doubles":
        say(f"the reply to datagram {number + 1} came twice")
    return False


def ask(text: bytes) -> None:
    sent.append(coded(text))
    outcomes.append("waits")
    for _ in range(2 if FAULT == "sends-twice" else 1):
        connection.send(sent[-1])
    end = time.monotonic() + (3600 if FAULT == "waits-for-ever" else TIMEOUT)
    again = FAULT == "repeats-what-is-lost"
    while (rest := end - time.monotonic()) > 0 or again:
        if rest <= 0:
            again, end = False, time.monotonic() + 0.5
            connection.send(sent[-1])
            continue
        if select.select([connection], [], [], rest)[0]:
            try:
                if take():
                    return
            except ConnectionRefusedError:
                if FAULT != "overlooks-a-refusal":
                    outcomes[-1] = "refused"
                    say("Connection refused")
                    return
    outcomes[-1] = "lost"
    say(f"no reply to datagram {len(sent)}")


connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
connection.connect((HOST, PORT))
if OPTIONS.get("data"):
    ask(OPTIONS["data"].encode())
else:
    while True:
        ready = select.select([connection, sys.stdin], [], [])[0]
        if connection in ready:
            take()
        elif line := sys.stdin.buffer.readline():
            ask(line.rstrip(b"\n"))
        else:
            break
lost = outcomes.count("lost")
if lost and FAULT != "counts-nothing":
    say(f"{lost} lost")
sys.exit(0 if FAULT == "is-content" or all(one == "answered" for one in outcomes) else 1)
