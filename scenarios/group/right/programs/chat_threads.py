#!/usr/bin/env python3
# chat-multicast.py -room 224.1.1.1 -name ana
import argparse
import signal
import socket
import struct
import sys
import time
from threading import Thread

analyse = argparse.ArgumentParser(description="Salon de discussion multicast")
analyse.add_argument("-room", "--room", required=True, help="adresse multicast du salon")
analyse.add_argument("-name", "--name", required=True, help="pseudonyme")
analyse.add_argument("--port", type=int, default=5000)
options = analyse.parse_args()
salon = (options.room, options.port)


class Reception(Thread):
    def __init__(self, sock):
        Thread.__init__(self)
        self.sock = sock
        self.fini = False

    def run(self):
        self.sock.settimeout(0.2)
        while not self.fini:
            try:
                message = self.sock.recvfrom(65535)[0]
            except socket.timeout:
                continue
            texte = message.decode("utf-8", "replace").rstrip("\r\n")
            # jamais de caractères de commande sur le terminal
            print("".join(c if c.isprintable() else "?" for c in texte), flush=True)


def envoyer(texte):
    try:
        sendsock.send(texte.encode("utf-8"))
        return True
    except OSError as e:
        print("not sent / message non envoyé :", e, file=sys.stderr)
        return False


signal.signal(signal.SIGTERM, signal.default_int_handler)
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.stdin.reconfigure(errors="replace")
try:
    sendsock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
    sendsock.connect(salon)
    recvsock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
    recvsock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    recvsock.bind(salon)
    mreq = struct.pack("=4sl", socket.inet_aton(options.room), socket.INADDR_ANY)
    recvsock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, mreq)
except OSError as e:
    print("Impossible de rejoindre le salon :", e, file=sys.stderr)
    sys.exit(1)

status = 0
recepteur = Reception(recvsock)
recepteur.start()
envoyer("*** " + options.name + " a rejoint le salon")
try:
    while True:
        ligne = input("> ")
        if not envoyer(options.name + " : " + ligne):
            status = 1
except (EOFError, KeyboardInterrupt):
    pass
envoyer("*** " + options.name + " a quitté le salon")
time.sleep(0.3)
recepteur.fini = True
recepteur.join()
sys.exit(status)
