import socket
import sys


def main(host, port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.settimeout(1)
    answers = 0
    while True:
        line = sys.stdin.buffer.readline()
        if not line:
            break
        message = line.rstrip(b"\n")
        if message:
            s.sendto(message, (host, port))
            try:
                answer = s.recv(1500)
                answers += 1
                print("".join(chr(b) if 32 <= b < 127 else "\\x%02x" % b for b in answer), flush=True)
            except socket.timeout:
                print("no answer", file=sys.stderr, flush=True)
        if message == b"end":
            break
    return 0 if answers else 1


if __name__ == "__main__":
    port = 12800
    if len(sys.argv) > 2 and sys.argv[2]:
        port = int(sys.argv[2])
    sys.exit(main(sys.argv[1], port))
