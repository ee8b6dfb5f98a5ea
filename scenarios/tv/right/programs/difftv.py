# difftv.py: diffusion TV, 7975 octets toutes les 100 ms (638 kbit/s)
import argparse
import socket
import sys
import time

p = argparse.ArgumentParser()
p.add_argument('host')
p.add_argument('port', type=int)
p.add_argument('--file')
p.add_argument('--speed', type=float, default=1.0)
a = p.parse_args()
if not 0 < a.port < 65536:
    print("port incorrect : %d" % a.port, file=sys.stderr)
    sys.exit(1)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try:
    if a.file is None:
        s.sendto(b"Hello", (a.host, a.port))
        sys.exit(0)
    f = open(a.file, 'rb')
    data = f.read(7975)
    while data:
        s.sendto(data, (a.host, a.port))
        time.sleep(0.1 / a.speed)
        data = f.read(7975)
    print("end")
    f.close()
except OSError as e:
    print("Erreur :", e, file=sys.stderr)
    sys.exit(1)
finally:
    s.close()
