# Multi-client TCP server with fork()
import os
import signal
import socket
import sys

port = int(sys.argv[1])
signal.signal(signal.SIGCHLD, signal.SIG_IGN)

server = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
server.bind(('', port))
server.listen(5)
print("parent", os.getpid(), "listening on", port, flush=True)


def talk(conn, who):
    me = os.getpid()
    print("child", me, "serves", who, flush=True)
    while True:
        msg = conn.recv(1024)
        if msg == b"":
            break
        print("child %d got %r from %s:%d" % (me, msg, *who), flush=True)
        conn.sendall(b"Message received")
        if msg == b"end":
            break
    conn.close()
    print("child", me, "done", flush=True)


while True:
    conn, who = server.accept()
    if os.fork() == 0:
        server.close()
        try:
            talk(conn, who)
        except ConnectionError:
            pass
        os._exit(0)
    conn.close()
