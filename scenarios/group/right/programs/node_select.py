#!/usr/bin/python3
# mcastnode.py: multicast applicatif, un seul fil et select
import argparse
import random
import select
import signal
import socket
import sys
import time

CHILDREN_MAX = 3
p = argparse.ArgumentParser()
p.add_argument('--rdv-point', default='127.0.0.1')
p.add_argument('--port', type=int, default=10000)
p.add_argument('--data-port', type=int, default=10001)
p.add_argument('--refresh', type=float, default=120)
p.add_argument('--child-lifetime', type=float, default=180)
p.add_argument('--root-cache', type=float, default=60)
a = p.parse_args()
if a.rdv_point.count(':') > 1:
    sys.exit(127)
h, _, q = a.rdv_point.partition(':')
RP = (h, int(q or 10000))
DATA = b'MESG'

net = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
net.bind(('', a.port))
loc = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
loc.bind(('127.0.0.1', a.data_port))

children = {}           # (ip, port) -> time of last RJOI
state = 'ROOT'          # ROOT, RREG, RJOI (waiting for the answer), up (attached), root
parent = None           # whom we ask or are attached to
missed = 0              # unanswered refreshes
deadline = 0.0          # when to act again
cache = (None, 0.0)     # root for messages
waiting = []            # messages that wait for TOOR
asked = 0.0


def now():
    return time.monotonic()


def send(kind, body, to):
    try:
        net.sendto(kind + b'\n' + body, to)
    except OSError as e:
        print('envoi impossible :', e, file=sys.stderr)


def go(new, seconds):
    global state, deadline
    state, deadline = new, now() + seconds


def ask_root():
    send(b'ROOT', b'', RP)
    go('ROOT', 1)


def ask_parent(whom):
    global parent
    parent = whom
    send(b'RJOI', b'', whom)


def endpoints(body):
    out = []
    for line in body.decode('ascii', 'replace').split('\n'):
        part = line.split()
        if len(part) == 2 and part[1].isdigit():
            out.append((part[0], int(part[1])))
    return out


def distribute(body):
    print(body.decode('utf-8', 'replace').rstrip('\n'), flush=True)
    for c in list(children):
        send(DATA, body, c)


def expire():
    for c in [c for c, t in children.items() if now() - t > a.child_lifetime]:
        del children[c]


def on_timer():
    global missed
    if state in ('ROOT', 'RREG'):
        ask_root()
    elif state == 'RJOI':
        missed += 1
        if missed >= 3:
            missed = 0
            ask_root()
        else:
            ask_parent(parent)
            go('RJOI', 1)
    elif state == 'root':
        send(b'RREG', b'', RP)
        go('root', a.refresh)
    elif state == 'up':
        if missed >= 3:
            missed = 0
            ask_root()
        else:
            missed += 1
            ask_parent(parent)
            go('up', a.refresh)


def on_net(data, who):
    global missed, cache, parent
    kind, _, body = data.partition(b'\n')
    if kind == b'TOOR' and who == RP:
        root = endpoints(body)
        cache = (root[0] if root else None, now())
        if root and waiting:
            for m in waiting:
                send(DATA, m, root[0])
            waiting.clear()
        if state == 'ROOT':
            if root:
                missed = 0
                ask_parent(root[0])
                go('RJOI', 1)
            else:
                send(b'RREG', b'', RP)
                go('RREG', 1)
    elif kind == b'YREG' and who == RP:
        if state == 'RREG':
            parent = None
            go('root', a.refresh)
    elif kind == b'NREG' and who == RP:
        if state in ('RREG', 'root'):
            ask_root()
    elif kind == b'RJOI':
        if who in children or (state in ('up', 'root') and len(children) < CHILDREN_MAX and who != parent):
            children[who] = now()
            send(b'YJOI', b'', who)
        else:
            send(b'NJOI', ''.join('%s %d\n' % c for c in children).encode(), who)
    elif kind == b'YJOI' and who == parent:
        if state == 'RJOI':
            missed = 0
            go('up', a.refresh)
        elif state == 'up':
            missed = 0
    elif kind == b'NJOI' and who == parent and (state == 'RJOI' or state == 'up' and missed):
        missed = 0
        choice = [c for c in endpoints(body) if c not in children]
        if choice:
            ask_parent(random.choice(choice))
            go('RJOI', 1)
        else:
            go('ROOT', 1)
    elif kind == DATA:
        if state == 'root' or who == parent:
            distribute(body)


def on_local(data):
    global asked
    if state == 'root':
        distribute(data)
    elif cache[0] and now() - cache[1] < a.root_cache:
        send(DATA, data, cache[0])
    else:
        waiting.append(data)
        send(b'ROOT', b'', RP)


def stop(sig, frame):
    sys.exit(0)


signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)
ask_root()
while True:
    ready, _, _ = select.select([net, loc], [], [], max(0, deadline - now()))
    expire()
    for s in ready:
        try:
            d, w = s.recvfrom(65535)
        except OSError:
            continue
        if s is net:
            on_net(d, w)
        else:
            on_local(d)
    if now() >= deadline:
        on_timer()
