"""The other side of a conversation, byte by byte: what harness/stage/peer.py starts on a host and gives orders to.

    peer_program.py tcp|udp ADDRESS PORT

Orders are lines of JSON on standard input, {"do": …}; each is answered by a line: {"data": hexadecimal, "ended": "" | "FIN" | "reset"}.
send (data), receive (count, seconds: until so many bytes, the other side's end, or nothing more for so long), shut (its sending side), reset
(closes with RST), close.
"""

import json
import socket
import struct
import sys
import time


def receive(connection: socket.socket, datagrams: bool, count: int, seconds: float) -> tuple[bytes, str]:
    """What comes, and how the other side has ended."""
    data, end = b"", time.monotonic() + seconds
    while len(data) < count and (rest := end - time.monotonic()) > 0:
        connection.settimeout(rest)
        try:
            part = connection.recv(1 << 16)
        except socket.timeout:
            break
        except OSError as error:
            return data, "reset" if isinstance(error, (ConnectionResetError, BrokenPipeError)) else f"error: {error}"
        if not part and not datagrams:
            return data, "FIN"
        data += part
        if datagrams:
            break
    return data, ""


def main() -> None:
    protocol, address, port = sys.argv[1:]
    datagrams = protocol == "udp"
    if datagrams:
        connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        connection.connect((address, int(port)))
    else:
        connection = socket.create_connection((address, int(port)), 10)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print("{}", flush=True)
    for line in sys.stdin:
        order, data, ended = json.loads(line), b"", ""
        try:
            if order["do"] == "send":
                connection.settimeout(10)
                connection.send(bytes.fromhex(order["data"])) if datagrams else connection.sendall(bytes.fromhex(order["data"]))
            elif order["do"] == "receive":
                data, ended = receive(connection, datagrams, order["count"], order["seconds"])
            elif order["do"] == "shut":
                connection.shutdown(socket.SHUT_WR)
            else:
                if order["do"] == "reset":
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()
        except OSError as error:
            ended = "reset" if isinstance(error, (ConnectionResetError, BrokenPipeError)) else f"error: {error}"
        print(json.dumps({"data": data.hex(), "ended": ended}), flush=True)


if __name__ == "__main__":
    main()
