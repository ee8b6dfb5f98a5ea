#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Nœud de l'arbre multicast applicatif (variante de HMTP), un fil par rôle.

- fil principal : trouver la racine, se rattacher, rafraîchir ;
- fil « réseau » : lit MCAST_PORT, répond aux RJOI, recopie les DATA ;
- fil « local » : lit DATA_PORT et envoie à la racine.
"""
import argparse
import ipaddress
import os
import queue
import random
import re
import select
import signal
import socket
import sys
import threading
import time
from collections import OrderedDict

ENTETE = re.compile(rb"([0-9a-f]{16}) ([1-9][0-9]{0,19})\n")
POINT = re.compile(r"([0-9.]{7,15}) ([1-9][0-9]{0,4})")
ESSAIS = 3


def lire_point(texte):
    """« adresse port » -> (adresse, port), ou ValueError."""
    m = POINT.fullmatch(texte)
    if not m or int(m[2]) > 65535:
        raise ValueError(texte)
    ip = ipaddress.IPv4Address(m[1])
    if int(ip) >> 24 == 0 or int(ip) >> 29 == 7:
        raise ValueError(texte)
    return str(ip), int(m[2])


def affichable(octets):
    texte = octets.decode("utf-8", "backslashreplace")
    if texte.endswith("\n"):
        texte = texte[:-1]
    return "".join(c if c.isprintable() else "".join("\\x%02x" % o for o in c.encode()) for c in texte)


class Noeud:
    def __init__(self, o):
        self.o = o
        hote, _, port = o.rdv_point.partition(":")
        self.rp = (socket.gethostbyname(hote), int(port or 10000))
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((o.address, o.port))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as essai:
            if o.address not in ("", "0.0.0.0"):
                essai.bind((o.address, 0))
            essai.connect(self.rp)
            self.moi = (essai.getsockname()[0], o.port)
        self.locaux = []
        boucles = [(socket.AF_INET, o.address)] if o.address.startswith("127.") else \
            [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")]
        for famille, adresse in boucles:
            try:
                s = socket.socket(famille, socket.SOCK_DGRAM)
                s.bind((adresse, o.data_port))
                self.locaux.append(s)
            except OSError as e:
                if famille == socket.AF_INET:
                    raise
                print("mcastnode :", adresse, e, file=sys.stderr)

        self.verrou = threading.RLock()
        self.enfants = {}                 # point -> heure d'expiration
        self.parent = None
        self.candidat = None
        self.racine = False
        self.reponses = queue.Queue(100)
        self.toor = threading.Condition()
        self.racine_connue = None         # (point, heure)
        self.vus = OrderedDict()
        self.origine = (os.urandom(7) + b"\1").hex().encode()
        self.compteur = 0

    # ------------------------------------------------------------ envoi
    def envoyer(self, octets, dest):
        try:
            self.sock.sendto(octets, dest)
        except OSError as e:
            print("mcastnode : envoi à", dest, ":", e, file=sys.stderr)

    def attendre(self, qui, genres, delai):
        fin = time.monotonic() + delai
        while True:
            reste = fin - time.monotonic()
            if reste <= 0:
                return None, None
            try:
                genre, corps, de = self.reponses.get(timeout=reste)
            except queue.Empty:
                return None, None
            if de == qui and genre in genres:
                if genre not in ("TOOR", "NJOI"):
                    return genre, None
                try:
                    lignes = corps.decode("ascii").splitlines()
                    if len(lignes) > (1 if genre == "TOOR" else 64):
                        raise ValueError
                    return genre, [lire_point(ligne) for ligne in lignes]
                except ValueError:
                    continue

    def demander(self, genre, qui, genres):
        while not self.reponses.empty():
            self.reponses.get_nowait()
        for _ in range(ESSAIS):
            self.envoyer(genre + b"\n", qui)
            r = self.attendre(qui, genres, self.o.answer_timeout)
            if r[0]:
                return r
        return None, None

    # ------------------------------------------------------------ fil réseau
    def reseau(self):
        while True:
            try:
                message, de = self.sock.recvfrom(65535)
            except OSError:
                continue
            genre, _, corps = message.partition(b"\n")
            if genre == b"RJOI":
                self.demande_enfant(de)
            elif genre == b"DATA":
                with self.verrou:
                    permis = self.racine or de in (self.parent, self.candidat)
                if permis:
                    self.donnees(message, corps)
            elif genre in (b"TOOR", b"YREG", b"NREG", b"YJOI", b"NJOI"):
                if genre == b"TOOR" and de == self.rp:
                    try:
                        lignes = corps.decode("ascii").splitlines()
                        point = lire_point(lignes[0]) if lignes else None
                    except ValueError:
                        continue
                    with self.toor:
                        self.racine_connue = (point, time.monotonic()) if point else None
                        self.toor.notify_all()
                try:
                    self.reponses.put_nowait((genre.decode(), corps, de))
                except queue.Full:
                    pass

    def demande_enfant(self, de):
        maintenant = time.monotonic()
        with self.verrou:
            self.enfants = {p: t for p, t in self.enfants.items() if t > maintenant}
            if de in self.enfants or len(self.enfants) < self.o.children_max:
                self.enfants[de] = maintenant + self.o.child_lifetime
                reponse = "YJOI\n"
            else:
                reponse = "NJOI\n" + "".join("%s %d\n" % p for p in self.enfants)
        self.envoyer(reponse.encode(), de)

    def donnees(self, message, corps):
        m = ENTETE.match(corps)
        if not m or int(m[2]) >= 1 << 64 or m[1] == b"0" * 16:
            return
        cle = m[1], int(m[2])
        with self.verrou:
            if cle in self.vus:
                return
            self.vus[cle] = True
            if len(self.vus) > 50000:
                self.vus.popitem(last=False)
            maintenant = time.monotonic()
            enfants = [p for p, t in self.enfants.items() if t > maintenant]
            print(affichable(corps[m.end():]), flush=True)
        for enfant in enfants:
            self.envoyer(message, enfant)

    # ------------------------------------------------------------ fil local
    def ou_est_la_racine(self):
        """Demande au RP jusqu'à ce qu'il y ait une racine ; la mémorise root_cache secondes."""
        while True:
            with self.toor:
                if self.racine_connue and time.monotonic() - self.racine_connue[1] < self.o.root_cache:
                    point = self.racine_connue[0]
                    if point != self.moi or self.racine:
                        return point
                self.envoyer(b"ROOT\n", self.rp)
                self.toor.wait(self.o.answer_timeout)
                if self.racine_connue and (self.racine_connue[0] != self.moi or self.racine):
                    return self.racine_connue[0]
            time.sleep(self.o.answer_timeout)

    def local(self):
        while True:
            for s in select.select(self.locaux, [], [])[0]:
                charge = s.recv(65535)
                if len(charge) > 65464:
                    print("mcastnode : message trop long", file=sys.stderr)
                    continue
                self.compteur += 1
                corps = self.origine + b" %d\n" % self.compteur + charge
                point = self.moi if self.racine else self.ou_est_la_racine()
                if point == self.moi:
                    self.donnees(b"DATA\n" + corps, corps)
                else:
                    self.envoyer(b"DATA\n" + corps, point)

    # ------------------------------------------------------------ fil principal
    def repos(self):
        time.sleep(self.o.rest * random.uniform(0.5, 1.5))

    def rattachement(self, candidats):
        """Parcours de l'arbre ; rend True quand un nœud a dit YJOI."""
        demandes = {self.moi}
        piles = [list(candidats)]
        while len(demandes) <= 64:
            while piles:
                piles[-1] = [c for c in piles[-1] if c not in demandes]
                if piles[-1]:
                    break
                piles.pop()
            if not piles:
                break
            candidat = random.choice(piles[-1])
            demandes.add(candidat)
            with self.verrou:
                self.candidat = candidat
            genre, points = self.demander(b"RJOI", candidat, ("YJOI", "NJOI"))
            if genre == "YJOI":
                with self.verrou:
                    self.parent, self.candidat = candidat, None
                return True
            if genre == "NJOI":
                piles.append(points)
        with self.verrou:
            self.candidat = None
        return False

    def etre_enfant(self):
        manques, pause = 0, self.o.refresh
        while True:
            time.sleep(max(0, pause))
            depart = time.monotonic()
            while not self.reponses.empty():
                self.reponses.get_nowait()
            self.envoyer(b"RJOI\n", self.parent)
            delai = self.o.answer_timeout if manques == ESSAIS - 1 else self.o.refresh_repeat
            genre, points = self.attendre(self.parent, ("YJOI", "NJOI"), delai)
            if genre == "YJOI":
                manques, pause = 0, self.o.refresh - (time.monotonic() - depart)
            elif genre == "NJOI":
                with self.verrou:
                    self.parent = None
                if not self.rattachement(points):
                    self.repos()
                    return
                manques, pause = 0, self.o.refresh
            else:
                manques, pause = manques + 1, 0
                if manques == ESSAIS:
                    with self.verrou:
                        self.parent = None
                    return

    def etre_racine(self):
        pause = self.o.refresh
        while True:
            time.sleep(max(0, pause))
            depart = time.monotonic()
            while not self.reponses.empty():
                self.reponses.get_nowait()
            self.envoyer(b"RREG\n", self.rp)
            genre, _ = self.attendre(self.rp, ("YREG", "NREG"), self.o.refresh_repeat)
            if genre == "NREG":
                self.racine = False
                return
            pause = self.o.refresh - (time.monotonic() - depart) if genre else 0

    def vivre(self):
        refus = 0
        while True:
            genre, points = self.demander(b"ROOT", self.rp, ("TOOR",))
            if genre is None:
                self.repos()
            elif points and points[0] != self.moi:
                refus = 0
                if self.rattachement(points):
                    self.etre_enfant()
                else:
                    self.repos()
            else:
                genre, _ = self.demander(b"RREG", self.rp, ("YREG", "NREG"))
                if genre == "YREG":
                    refus = 0
                    self.racine = True
                    self.etre_racine()
                elif genre == "NREG":
                    refus += 1
                    if refus >= 2:
                        self.repos()
                else:
                    self.repos()


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument("--rdv-point", required=True)
    a.add_argument("--address", default="")
    a.add_argument("--port", type=int, default=10000)
    a.add_argument("--data-port", type=int, default=10001)
    a.add_argument("--children-max", type=int, default=3)
    a.add_argument("--refresh", type=float, default=120)
    a.add_argument("--child-lifetime", type=float, default=180)
    a.add_argument("--root-cache", type=float, default=60)
    a.add_argument("--answer-timeout", type=float, default=1)
    a.add_argument("--refresh-repeat", type=float)
    a.add_argument("--rest", type=float, default=2)
    o = a.parse_args()
    if o.refresh_repeat is None:
        o.refresh_repeat = o.refresh
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        noeud = Noeud(o)
    except OSError as e:
        print("mcastnode :", e, file=sys.stderr)
        sys.exit(1)
    for role in (noeud.reseau, noeud.local):
        threading.Thread(target=role, daemon=True).start()
    try:
        noeud.vivre()
    except KeyboardInterrupt:
        os._exit(0)


main()
