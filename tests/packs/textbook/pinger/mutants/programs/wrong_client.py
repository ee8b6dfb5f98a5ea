"""A ping client with one fault: wrong_client.py FAULT SOURCE_PORT HOST PORT [COUNT]"""

import socket
import sys
import time

fault, source_port, host, port = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
count = int(sys.argv[5]) if len(sys.argv) > 5 else 10
wait = 0.2 if fault == "impatient" else 2.0 if fault == "patient" else 1.0
if fault == "one-too-few":
    count -= 1

connection = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
connection.bind(("", source_port))


def message_of(number):
    shown = number - 1 if fault == "from-zero" else 1 if fault == "same-number" else number
    stamp = "0.0" if fault == "no-stamp" else f"{time.time():.6f}"
    return f"ping {shown} {stamp}".encode()


def wait_for(message, sent):
    """Seconds until the answer came, or None."""
    again = False
    while (left := sent + wait - time.monotonic()) > 0:
        connection.settimeout(left / 2 if fault == "sends-again" and not again else left)
        try:
            answer = connection.recv(2048)
        except TimeoutError:
            if fault == "sends-again" and not again:
                again = True
                connection.sendto(message, (host, port))
                continue
            return None
        if answer == message or fault == "any-answer":
            return time.monotonic() - sent
    return None


if fault == "all-at-once":
    waiting = {}
    for number in range(1, count + 1):
        message = message_of(number)
        waiting[message] = number, time.monotonic()
        connection.sendto(message, (host, port))
    found = {}
    connection.settimeout(1)
    try:
        while True:
            answer = connection.recv(2048)
            number, sent = waiting[answer]
            found[number] = time.monotonic() - sent
    except TimeoutError:
        results = [(number, found.get(number)) for number in range(1, count + 1)]
else:
    results = []
    begun = time.monotonic()
    for number in range(1, count + 1):
        message, sent = message_of(number), time.monotonic()
        connection.sendto(message, (host, port))
        taken = wait_for(message, begun if fault == "from-the-start" else sent)
        if fault == "from-the-start":
            wait += 1
        results.append((number, taken))

for number, taken in results:
    if taken is None and fault == "silent-about-losses":
        continue
    if taken is None and fault == "lost-is-zero":
        taken = 0.0
    factor = 500 if fault == "one-way" else 1 if fault == "seconds" else 1000
    print(f"{number}: timed out" if taken is None else f"{number}: {taken * factor:.3f} ms")
times = [taken * (500 if fault == "one-way" else 1 if fault == "seconds" else 1000) for _, taken in results if taken is not None]
lost = len(results) - len(times)
share = lost / (len(times) or 1) if fault == "loss-of-received" else lost / len(results)
print(f"sent {len(results)}, received {len(results) if fault == 'counts-all' else len(times)}, lost {100 * share:.1f} %")
if times:
    average = sum(times) / (len(results) if fault == "average-of-all" else len(times))
    print(f"min/avg/max {min(times):.3f}/{average:.3f}/{max(times):.3f} ms")
