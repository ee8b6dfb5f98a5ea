"""Nodes of the multicast tree, of the plain protocol, with one fault each.

mcast_node.py FAULT RDV-POINT --refresh=S --child-lifetime=S --root-cache=S --answer-timeout=S --rest=S --children-max=N. The fault
"none" gives a correct node, so that a fault is the only thing a scenario can find.
"""

import os
import random
import select
import signal
import socket
import sys
import time

FAULT, RENDEZVOUS = sys.argv[1], (sys.argv[2], 10000)
_GIVEN = dict(word.removeprefix("--").split("=", 1) for word in sys.argv[3:])
TIME = {name: float(_GIVEN.get(name) or default) for name, default in (
    ("refresh", 120), ("child-lifetime", 180), ("root-cache", 60), ("answer-timeout", 1), ("rest", 2))}  # fmt: skip
LIMIT = {"takes-four": 4, "takes-one": 1}.get(FAULT, int(_GIVEN.get("children-max") or 3))
ORIGIN, TRIES, NEVER = os.urandom(8).hex(), {"gives-up-after-two": 2, "gives-up-at-once": 1}.get(FAULT, 3), float("inf")
FAMILY = socket.AF_INET6 if ":" in RENDEZVOUS[0] else socket.AF_INET
if FAULT == "speaks-ipv4":
    FAMILY, RENDEZVOUS = socket.AF_INET, ("10.0.1.1", 10000)
with socket.socket(FAMILY, socket.SOCK_DGRAM) as towards_the_point:
    towards_the_point.connect(RENDEZVOUS)
    OWN = (towards_the_point.getsockname()[0], 10000)


class Node:
    def __init__(self):
        self.tree = socket.socket(FAMILY, socket.SOCK_DGRAM)
        self.tree.bind(("", 10000))
        everywhere = FAULT == "listens-everywhere"
        self.data = socket.socket(FAMILY if everywhere else socket.AF_INET, socket.SOCK_DGRAM)
        self.data.bind(("" if everywhere else "127.0.0.1", 10001))
        self.children, self.parent, self.is_root = {}, None, False
        self.asked, self.request, self.tries, self.due = None, "", 0, 0.0
        self.open, self.visited = [], set()
        self.root, self.root_until, self.waiting = None, 0.0, []
        self.count, self.copies, self.seen = 0, 0, set()
        self.ask(RENDEZVOUS, "RREG" if FAULT == "registers-without-asking" else "ROOT")

    def send(self, to, text):
        self.tree.sendto(text if isinstance(text, bytes) else text.encode(), to)

    def ask(self, whom, request):
        """Begins a request, which is repeated until it is answered."""
        self.asked, self.request, self.tries = whom, request, 0
        self.repeat()

    def repeat(self):
        self.tries += 1
        settled = (self.is_root or self.parent) and self.tries < TRIES
        self.due = time.monotonic() + TIME["refresh" if settled else "answer-timeout"]
        self.send(self.asked, self.request + "\n")

    def settle(self):
        self.asked, self.due = None, time.monotonic() + (NEVER if FAULT == "never-refreshes" else TIME["refresh"])

    def rest(self):
        pause = 0.02 if FAULT == "hardly-rests" else TIME["rest"] * (0.5 + random.random())
        self.asked, self.due = None, time.monotonic() + pause

    def on_timer(self):
        if self.asked is None:
            if self.is_root:
                self.ask(RENDEZVOUS, "RREG")
            elif self.parent:
                self.ask(self.parent, "RJOI")
            else:
                self.ask(RENDEZVOUS, "ROOT")
        elif self.tries < TRIES or FAULT == "never-gives-up" and self.parent:
            self.repeat()
        elif self.parent:
            self.parent = None
            self.ask(RENDEZVOUS, "ROOT")
        elif self.is_root:
            self.settle()
        elif self.request == "RJOI":
            self.next_candidate()
        elif FAULT == "takes-itself-for-the-root":
            self.yreg(None, b"")
        else:
            self.rest()

    def next_candidate(self):
        self.parent = None
        while self.open:
            group = self.open[-1]
            candidate = group.pop(0 if FAULT == "asks-the-first" else random.randrange(len(group)))
            if not group:
                self.open.pop()
            if candidate not in self.visited | {OWN}:
                self.visited.add(candidate)
                return self.ask(candidate, "RJOI")
        self.rest()

    def receive(self, datagram, sender):
        kind, _, body = datagram.partition(b"\n")
        kind = kind.decode("ascii", "replace")
        if FAULT == "dies-of-garbage" and len(kind) != 4:
            raise SystemExit(f"cannot understand {datagram[:20]!r}")
        if kind == "RJOI":
            self.take(sender)
        elif kind == "DATA":
            self.spread(body, sender)
        elif kind == "TOOR":
            self.told(body)
        elif FAULT == "believes-any-yjoi" and kind == "YJOI" and self.asked and self.request == "RJOI":
            self.yjoi(sender, body)
        elif sender == self.asked and kind in ("YREG", "NREG", "YJOI", "NJOI"):
            getattr(self, kind.lower())(sender, body)
        elif FAULT == "believes-everybody" and kind == "NJOI":
            self.njoi(sender, body)

    def told(self, body):
        words = body.split()
        root = (words[0].decode(), int(words[1])) if len(words) == 2 else None
        self.root, self.root_until = root, time.monotonic() + TIME["root-cache"]
        for message in self.waiting if root else ():
            self.send(root, message)
        self.waiting = [] if root else self.waiting
        if self.request != "ROOT" or self.asked is None:
            return
        if root is None:
            return self.ask(RENDEZVOUS, "RREG")
        self.open, self.visited = [[root]], set()
        self.next_candidate()

    def yreg(self, sender, body):
        self.is_root = True
        self.settle()

    def nreg(self, sender, body):
        self.is_root = False
        if FAULT == "stays-away-when-refused":
            self.asked, self.due = None, NEVER
        else:
            self.ask(RENDEZVOUS, "ROOT")

    def yjoi(self, sender, body):
        self.parent = sender
        self.settle()

    def njoi(self, sender, body):
        try:
            named = [(address, int(port)) for address, port in (line.split() for line in body.decode().splitlines())]
        except ValueError:
            return
        if self.parent:
            if FAULT == "ignores-its-parents-njoi":
                return self.settle()
            self.open, self.visited = [], {sender}
        if named:
            self.open.append(named)
        self.next_candidate()

    def take(self, sender):
        to = (sender[0], 10000) if FAULT == "answers-port-10000" else sender
        if FAULT == "refresh-takes-a-place":
            sender = (*sender, time.monotonic())
        if sender in self.children or len(self.children) < LIMIT or FAULT == "takes-everybody":
            self.children[sender] = time.monotonic() + TIME["child-lifetime"] * (3 if FAULT == "forgets-children-late" else 1)
            return self.send(to, "YJOI\n")
        named = list(self.children)
        if FAULT == "names-a-stranger":
            named[0] = RENDEZVOUS
        if FAULT == "names-port-10000":
            named = [(address, 10000) for address, _ in named]
        self.send(to, "NJOI\n" + "".join(f"{address} {port}\n" for address, port, *_ in named))

    def spread(self, body, sender):
        head, _, payload = body.partition(b"\n")
        if FAULT == "knows-messages-by-their-text":
            head = payload
        if head in self.seen and FAULT != "copies-whatever-comes" or not (self.is_root or sender == self.parent):
            return
        self.seen.add(head)
        self.show(payload)
        for number, child in enumerate(self.children):
            self.copies += 1
            if FAULT == "loses-one-copy-in-50" and self.copies % 50 == 0:
                continue
            for _ in range(1 + (FAULT == "copies-twice" and number == 0)):
                self.send(child[:2], b"DATA\n" + body)

    def show(self, payload):
        if FAULT == "prints-text-only" and not payload.isascii():
            return None
        if FAULT == "prints-line-ends-too":
            return os.write(1, payload.rstrip(b"\n") + b"\n")
        line = ascii(payload.rstrip(b"\n"))[2:-1] + "\n"
        if FAULT == "does-not-flush":
            return print(line, end="")
        os.write(1, line.encode() * (2 if FAULT == "prints-twice" else 1))

    def say(self, payload):
        self.count += 1
        payload = payload.split(b"\n")[0] if FAULT == "takes-the-first-line" else payload[: 1024 if FAULT == "cuts-at-1024" else None]
        body = f"{ORIGIN} {self.count}\n".encode() + payload
        if self.is_root or FAULT == "tells-its-children-first":
            self.spread(body, self.parent)
        if self.is_root:
            return
        known = self.root and (time.monotonic() < self.root_until or FAULT == "keeps-the-root-for-ever")
        if known and FAULT != "asks-for-the-root-each-time":
            self.send(self.root, b"DATA\n" + body)
        else:
            self.waiting.append(b"DATA\n" + body)
            self.send(RENDEZVOUS, "ROOT\n")

    def run(self):
        while True:
            now = time.monotonic()
            self.children = {child: until for child, until in self.children.items() if until > now}
            if now >= self.due:
                self.on_timer()
            wait = max(0.0, min(self.due, *self.children.values(), now + 3600) - time.monotonic())
            for one in select.select([self.tree, self.data], [], [], wait)[0]:
                datagram, sender = one.recvfrom(65535)
                if one is self.data:
                    self.say(datagram)
                else:
                    self.receive(datagram, sender[:2])


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
Node().run()
