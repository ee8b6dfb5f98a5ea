"""A netcat that sends UDP in good order: 1316 bytes at a time, at eight times the clip's rate. Usage: [-u|-v] HOST PORT"""

import socket
import sys
import time

*options, host, port = sys.argv[1:]
if "-u" not in options:
    try:
        socket.create_connection((host, int(port)), 5).close()
    except OSError as error:
        sys.exit(f"nc: {error}")
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    sender.connect((host, int(port)))
    due = time.monotonic()
    while data := sys.stdin.buffer.read(1316):
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            sender.send(data)
        except ConnectionRefusedError:
            pass
        due += len(data) * 8 / (8 * 638_000)
