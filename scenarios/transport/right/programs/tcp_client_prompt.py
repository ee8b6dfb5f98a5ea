# client of exercise 1
import socket
import sys

if len(sys.argv) != 3:
    print("usage: client HOST PORT")
    sys.exit(2)

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect((sys.argv[1], int(sys.argv[2])))
print(f"Connected from {s.getsockname()} to {s.getpeername()}")
msg = b""
while msg != b"end":
    msg = input("> ").encode("utf8")
    if not msg:
        continue  # send(b"") sends nothing
    s.send(msg)
    answer = s.recv(1024)
    print(f"The server answers: {answer}")
print("Closing")
s.close()
