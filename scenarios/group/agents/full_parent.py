"""A rendezvous point, at port 10000, whose root, at port 10002, takes a child, and answers its refreshes by NJOI, as a parent does that has
forgotten it and taken others: full_parent.py ADDRESS. The only child that it names, at port 10003, takes everybody. Prints the port that
each RJOI comes to; lasts until its input ends. Runs on a host, by itself: nothing of the harness is at hand.
"""

import select
import socket
import sys

POINT, ROOT, OTHER = 10000, 10002, 10003


def main(address: str) -> None:
    ports = {}
    for number in (POINT, ROOT, OTHER):
        one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        one.bind((address, number))
        ports[one] = number
    taken = False
    while sys.stdin not in (ready := select.select([sys.stdin, *ports], [], [])[0]):
        for one in ready:
            datagram, sender = one.recvfrom(65535)
            kind, number = datagram[:4], ports[one]
            if kind == b"ROOT" and number == POINT:
                one.sendto(f"TOOR\n{address} {ROOT}\n".encode(), sender)
            elif kind == b"RJOI":
                print(number, flush=True)
                one.sendto(f"NJOI\n{address} {OTHER}\n".encode() if taken and number == ROOT else b"YJOI\n", sender)
                taken = True


main(*sys.argv[1:])
