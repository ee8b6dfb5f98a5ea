"""A small SMTP server for one client, which writes down what it gets: smtp_server.py PORT [REFUSED_RECIPIENT]

At the end of the connection it prints JSON: lines (each command, without its end), bare (lines that did not end with CR LF alone),
data (the lines of the message as they came, before the dot), accepted (the message was accepted).
It takes commands in the wrong order too, answers them with 503, and goes on, so that all that is wrong can be told.
"""

import json
import socket
import sys

port, refused = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None
log = {"lines": [], "bare": 0, "data": [], "accepted": False}


def read_line(lines):
    """A line without its end; None at the end of the connection."""
    line = lines.readline(100_000)
    if not line:
        return None
    if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
        log["bare"] += 1
    return line.rstrip(b"\r\n").decode("latin-1")


def read_message(lines):
    """Reads to the dot; False when the connection ends before."""
    while (line := read_line(lines)) is not None:
        if line == ".":
            return True
        log["data"].append(line)
    return False


def serve(connection):
    lines = connection.makefile("rb")

    def reply(text):
        connection.sendall(text.encode() + b"\r\n")

    done = set()
    reply("220 mail.example is ready")
    while (line := read_line(lines)) is not None:
        log["lines"].append(line)
        verb = line[:4].upper()
        if verb in ("HELO", "EHLO"):
            done.add("HELO")
            reply("250 mail.example greets you")
        elif verb == "MAIL" and "HELO" in done:
            done.add("MAIL")
            reply("250 sender ok")
        elif verb == "RCPT" and "MAIL" in done:
            if refused and refused in line:
                reply("550 nobody of this name lives here")
            else:
                done.add("RCPT")
                reply("250 recipient ok")
        elif verb == "DATA" and "RCPT" in done:
            reply("354 go ahead, a dot ends it")
            if not read_message(lines):
                return
            log["accepted"] = True
            reply("250 message accepted")
        elif verb == "QUIT":
            reply("221 good bye")
            # The client closes; whatever else it says is written down.
            while (line := read_line(lines)) is not None:
                log["lines"].append(line)
            return
        else:
            reply("503 not now" if verb in ("MAIL", "RCPT", "DATA") else "500 what?")


with socket.create_server(("", port)) as listener:
    listener.settimeout(8)
    try:
        client, _ = listener.accept()
        client.settimeout(8)
        with client:
            serve(client)
    except OSError as error:
        log["error"] = str(error)
print(json.dumps(log))
