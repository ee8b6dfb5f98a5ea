import socket
import sys


def main():
    if len(sys.argv) < 2:
        print("usage: client HOST [PORT]", file=sys.stderr)
        return 2
    host, port = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2] else 12800
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        s.connect((host, port))
    except OSError as error:
        print("Error:", error, file=sys.stderr)
        return
    for line in sys.stdin:
        message = line.rstrip("\n")
        if message == "":
            continue
        s.sendall(message.encode("utf-8", "surrogateescape"))
        received = s.recv(1024)
        if received == b"":
            print("Error: connection closed by the server", file=sys.stderr)
            return 1
        print("".join(c if c.isprintable() else "\\x%02x" % ord(c) for c in received.decode("utf-8", "backslashreplace")), flush=True)
        if message == "end":
            break
    s.shutdown(socket.SHUT_WR)
    s.close()
    return 0


if hasattr(sys.stdin, "reconfigure"):
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
sys.exit(main())
