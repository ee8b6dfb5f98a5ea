import signal
import socket
import sys

host = "localhost"
port = 12800
if len(sys.argv) > 1:
    port = int(sys.argv[1])


def printable(b):
    return "".join(c if c.isprintable() else "\\x%02x" % ord(c) for c in b.decode("utf-8", "backslashreplace"))


def talk(conn, addr):
    msg = b""
    while msg != b"end":
        msg = conn.recv(1024)
        if msg == b"":
            return
        conn.sendall(b"Message received")
        print("Received", printable(msg), "from client socket", addr, flush=True)


def bye(*args):
    raise SystemExit(0)


signal.signal(signal.SIGTERM, bye)
signal.signal(signal.SIGINT, bye)
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind((host, port))
s.listen(1)
print("The server now listens on the port {}".format(port), flush=True)
try:
    while True:
        conn, addr = s.accept()
        with conn:
            try:
                talk(conn, addr)
            except OSError as e:
                print(e, file=sys.stderr)
finally:
    s.close()
