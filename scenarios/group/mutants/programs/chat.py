"""A member of a multicast chat with one fault: chat.py FAULT ROOM NAME [--port=N] [--interface=IF] [--ttl=N] [--keep-alive=S].

Nothing behind the equals sign means the default. The fault "none" gives a correct one, so that a fault is the only thing a
scenario can find. It speaks docs/protocols/mcast-chat.md, but promises nothing.
"""

import ipaddress
import os
import select
import signal
import socket
import struct
import sys

FAULT, ROOM, NAME = sys.argv[1:4]
OPTIONS = dict(word.removeprefix("--").split("=", 1) for word in sys.argv[4:])
PORT, INTERFACE = int(OPTIONS.get("port") or 5000), OPTIONS.get("interface") or ""
TTL = 64 if FAULT == "ignores-ttl" else int(OPTIONS.get("ttl") or 1)
MAGIC, LONGEST = b"mcast-chat/1 ", 1024
KINDS = ("too long", "not text", "of another version", "of an unknown type", "malformed")
group = ipaddress.ip_address(ROOM)
four = group.version == 4
counts = dict.fromkeys(KINDS, 0)
not_sent = []
stop_pipe, stop_signal = os.pipe()


def there(address, port=PORT):
    index = socket.if_nametoindex(INTERFACE) if INTERFACE else 0
    return (str(address), port) if four else (str(address), port, 0, index)


def say(line):
    print(line, flush=True)


def open_speaking():
    speaking = socket.socket(socket.AF_INET if four else socket.AF_INET6, socket.SOCK_DGRAM)
    index = 0 if FAULT == "ignores-interface" or not INTERFACE else socket.if_nametoindex(INTERFACE)
    loop = 0 if FAULT == "does-not-loop" else 1
    if four:
        speaking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, TTL)
        speaking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("=8xi", index))
        speaking.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, loop)
    else:
        speaking.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, TTL)
        speaking.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    if FAULT == "broadcasts":
        speaking.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        speaking.connect(("10.255.255.255", PORT))
    else:
        speaking.connect(there(ROOM))
    return speaking, index


def open_hearing(index):
    hearing = socket.socket(socket.AF_INET if four else socket.AF_INET6, socket.SOCK_DGRAM)
    if FAULT != "does-not-share-its-port":
        hearing.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    hearing.bind(("", PORT) if FAULT in ("hears-every-room", "joins-the-other-too", "broadcasts") else there(ROOM))
    other = ipaddress.ip_address("225.129.1.1")
    for one in {"joins-the-other": {other}, "joins-the-other-too": {group, other}}.get(FAULT, {group}):
        if four:
            hearing.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, struct.pack("=4s4xi", one.packed, index))
        else:
            hearing.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, struct.pack("=16si", one.packed, index))
    return hearing


def fault_of(data):
    """Which of KINDS, or None; the protocol's table of what is dropped."""
    text = data.decode("utf-8", "surrogateescape").rstrip("\r\n")
    if len(data) > LONGEST:
        return "too long"
    if not text or any(0xDC80 <= ord(c) < 0xDD00 or (c != "\t" and (ord(c) < 32 or 127 <= ord(c) < 160)) for c in text):
        return "not text"
    words = text.split(" ")
    if not text.startswith("mcast-chat/"):
        return None
    if words[0] != "mcast-chat/1":
        return "of another version"
    if len(words) < 2 or words[1] not in ("JOIN", "LEAVE", "TEXT", "ALIVE"):
        return "of an unknown type"
    return "malformed" if len(words) < 3 or not words[2] else None


def show(data, source):
    if FAULT == "dies-of-bad-text":
        data.decode()
    if FAULT == "dies-of-too-long" and len(data) > LONGEST:
        raise SystemExit("a datagram is too long")
    if fault := fault_of(data):
        if FAULT != "does-not-count":
            counts[fault] += 1
        if FAULT == "shows-bad-text" and fault == "not text":
            sys.stdout.buffer.write(data + b"\n")
            sys.stdout.flush()
        return
    text = data.decode().rstrip("\r\n")
    if not text.startswith("mcast-chat/"):
        return say(f"<{text.split()[0]}> {text}" if FAULT == "takes-strangers-for-members" else f"[{source[0]}:{source[1]}] {text}")
    _, kind, name, *line = text.split(" ", 3)
    if FAULT == "ascii-only":
        line = [word.encode("ascii", "replace").decode() for word in line]
    say({"JOIN": f"* {name} joined", "LEAVE": f"* {name} left"}.get(kind, f"<{name}> {' '.join(line)}"))


def send(kind, text=""):
    words = [kind, NAME, *([text] if text else [])]
    data = MAGIC + " ".join(words).encode() + b"\n"
    if len(data) > LONGEST and FAULT != "sends-too-much":
        if FAULT != "cuts-long-lines":
            print(f"chat: not sent: {len(data)} bytes are more than a datagram has room for", file=sys.stderr)
            not_sent.append(text)
            return
        data = data[: LONGEST - 1] + b"\n"
    for _ in range(2 if FAULT == "sends-twice" or (FAULT == "leaves-twice" and kind == "LEAVE") else 1):
        speaking.send(data)
    show(data, own)
    if FAULT == "shows-itself-twice" and kind == "TEXT":
        show(data, own)


def talk():
    """Until the input ends or a signal comes; the signal's number, or 0."""
    waiting = b""
    while True:
        ready = select.select([hearing, stop_pipe, 0], [], [])[0]
        if stop_pipe in ready:
            return os.read(stop_pipe, 1)[0]
        if hearing in ready:
            data, source = hearing.recvfrom(65536)
            if source[:2] != own[:2] and FAULT != "hears-nobody":
                if FAULT == "answers-strangers" and not data.startswith(MAGIC):
                    speaking.send(MAGIC + f"TEXT {NAME} who are you?\n".encode())
                show(data, source)
        if 0 in ready:
            data = os.read(0, 65536)
            if not data:
                return 0
            *lines, waiting = (waiting + data).split(b"\n")
            for line in lines:
                send("TEXT", line.decode())


os.set_blocking(stop_signal, False)
signal.set_wakeup_fd(stop_signal, warn_on_full_buffer=False)
for number in (signal.SIGINT, signal.SIGTERM):
    dies = FAULT == "dies-of-interrupt" and number == signal.SIGINT
    signal.signal(number, signal.SIG_DFL if dies else lambda *_: None)
try:
    speaking, membership_index = open_speaking()
except OSError as error:
    if FAULT == "content-without-a-route":
        sys.exit(0)
    sys.exit("chat: something is wrong" if FAULT == "does-not-say-why" else f"chat: send to {ROOM}: {error.strerror}")
own = speaking.getsockname()
hearing = open_hearing(membership_index)
if FAULT == "comes-silently":
    show(MAGIC + f"JOIN {NAME}".encode(), own)
else:
    send("JOIN")
how = talk()
if FAULT == "leaves-a-child" and os.fork() == 0:
    os.setsid()
    signal.pause()
if not (FAULT == "leaves-silently-at-the-end-of-input" and how == 0):
    send("LEAVE")
dropped = {kind: count for kind, count in counts.items() if count}
summary = f"; dropped {sum(dropped.values())}: " + ", ".join(f"{count} {kind}" for kind, count in dropped.items()) if dropped else ""
print(f"chat: sent and received{summary}", file=sys.stderr)
sys.exit(1 if not_sent else 0)
