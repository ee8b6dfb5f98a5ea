#!/usr/bin/env python3
# difftv.py ADRESSE PORT [FICHIER [VITESSE]]
# Sans fichier : envoie Hello.  Avec un fichier : 7975 octets toutes les 100 ms (638 kbit/s), VITESSE = 0.5, 1, 2...
import sys
import time
import socket


def arret(message):
    sys.stderr.write("difftv : " + message + "\n")
    sys.exit(-1)


args = [a for a in sys.argv[1:] if a != ""]
if len(args) < 2:
    arret("il manque des arguments\nusage : python difftv.py ADRESSE PORT [FICHIER [VITESSE]]")

DHOST = args[0]
try:
    DPORT = int(args[1])
except ValueError:
    arret("le port « " + args[1] + " » n'est pas un nombre")
if DPORT < 1 or DPORT > 65535:
    arret("le port doit être entre 1 et 65535, pas " + args[1])
try:
    DHOST = socket.gethostbyname(DHOST)
except OSError as e:
    arret("machine inconnue : " + args[0] + " (" + str(e) + ")")

try:
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
except OSError as e:
    arret("impossible de créer la socket : " + str(e))

if len(args) == 2:
    try:
        s.connect((DHOST, DPORT))
        s.send(b"Hello")
        s.settimeout(0.5)        # une erreur ICMP eventuelle revient ici
        s.recv(100)
    except socket.timeout:
        pass
    except OSError as e:
        arret("erreur pendant l'envoi : " + str(e))
    s.close()
    sys.exit(0)

try:
    vitesse = float(args[3]) if len(args) > 3 else 1.0
    if vitesse <= 0:
        raise ValueError
except ValueError:
    arret("vitesse incorrecte : " + args[3])
try:
    f = open(args[2], "rb")
except IOError as e:
    arret("erreur à l'ouverture du fichier : " + str(e))

data = f.read(7975)
while data:
    try:
        s.sendto(data, (DHOST, DPORT))
    except OSError as e:
        arret("erreur pendant l'envoi : " + str(e))
    time.sleep(0.1 / vitesse)
    data = f.read(7975)
print("fin")
f.close()
s.close()
