#!/usr/bin/env python3
"""Point de rendez-vous (exercice 4.2) avec socketserver.   rdvpoint.py [-p PORT] [-d DUREE]"""
import argparse
import socketserver
import time

MCAST_PORT = 10000
DELAI_GARDE = 180.0


class PointDeRendezVous(socketserver.UDPServer):
    allow_reuse_address = False
    max_packet_size = 65535

    def __init__(self, adresse, duree):
        super().__init__(adresse, Requete)
        self.duree = duree
        self.racine = None
        self.vue = 0.0

    def racine_actuelle(self):
        """La racine, si son enregistrement n'a pas vieilli."""
        if self.racine is not None and time.monotonic() - self.vue > self.duree:
            print("racine oubliée :", *self.racine, flush=True)
            self.racine = None
        return self.racine


class Requete(socketserver.BaseRequestHandler):
    def handle(self):
        message, sock = self.request
        genre = message.split(b"\n", 1)[0]
        rdv = self.server
        racine = rdv.racine_actuelle()
        if genre == b"ROOT":
            corps = "%s %d" % racine if racine else ""
            reponse = "TOOR\n" + corps
        elif genre == b"RREG":
            if racine is None or racine == self.client_address:
                if racine is None:
                    print("nouvelle racine :", *self.client_address, flush=True)
                rdv.racine = self.client_address
                rdv.vue = time.monotonic()
                reponse = "YREG\n"
            else:
                reponse = "NREG\n"
        else:
            return
        sock.sendto(reponse.encode("ascii"), self.client_address)


if __name__ == "__main__":
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("-p", "--port", type=int, default=MCAST_PORT)
    p.add_argument("-d", "--duree", type=float, default=DELAI_GARDE)
    a = p.parse_args()
    PointDeRendezVous(("", a.port), a.duree).serve_forever()
