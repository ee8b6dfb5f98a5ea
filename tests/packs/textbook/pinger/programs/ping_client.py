"""A UDP pinger: ping_client.py HOST PORT [COUNT] [--from SOURCE_PORT]"""

import argparse
import socket
import time

WAIT = 1.0


def answer_time(connection, message, sent):
    """The seconds until the message came back, None when WAIT is over; answers to earlier messages are thrown away."""
    while (left := sent + WAIT - time.monotonic()) > 0:
        connection.settimeout(left)
        try:
            answer = connection.recv(2048)
        except TimeoutError:
            return None
        if answer == message:
            return time.monotonic() - sent
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("count", type=int, nargs="?", default=10)
    parser.add_argument("--from", type=int, default=0, dest="source_port")
    options = parser.parse_args()
    host, port, count = options.host, options.port, options.count
    times = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        connection.bind(("", options.source_port))
        for number in range(1, count + 1):
            message = f"ping {number} {time.time():.6f}".encode()
            sent = time.monotonic()
            connection.sendto(message, (host, port))
            taken = answer_time(connection, message, sent)
            print(f"{number}: timed out" if taken is None else f"{number}: {taken * 1000:.3f} ms", flush=True)
            if taken is not None:
                times.append(taken * 1000)
    print(f"sent {count}, received {len(times)}, lost {100 * (count - len(times)) / count:.1f} %")
    if times:
        print(f"min/avg/max {min(times):.3f}/{sum(times) / len(times):.3f}/{max(times):.3f} ms")


if __name__ == "__main__":
    main()
