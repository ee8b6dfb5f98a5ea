"""A mail client with one fault: wrong.py FAULT HOST PORT SENDER RECIPIENT"""

import socket
import sys

fault, host, port, sender, recipient = sys.argv[1:]
message = sys.stdin.read()
end = "\n" if fault == "bare-newlines" else "\r\n"
connection = socket.create_connection((host, int(port)))
connection.settimeout(5)
lines = connection.makefile("r", newline="\n")


def reply():
    return lines.readline()


def say(text):
    connection.sendall((text + end).encode())
    if fault != "all-at-once":
        return reply()


if fault not in ("no-greeting", "all-at-once"):
    reply()
if fault != "no-hello":
    say("HELO there")
if fault == "recipient-first":
    say(f"RCPT TO:<{recipient}>")
say(f"MAIL FROM:{sender}" if fault == "no-brackets" else f"MAIL FROM:<{recipient if fault == 'swapped' else sender}>")
answer = say(f"RCPT TO:<{sender if fault == 'swapped' else recipient}>")
refused = answer is not None and answer.startswith("5") and fault != "deaf"
if refused and fault == "drops-the-line":
    sys.exit(1)
if not refused:
    data = message.split("\n")[:-1]
    if fault == "no-stuffing":
        pass
    elif fault == "stuffs-first-only":
        data = [line + "." if line == "." else line for line in data]
    elif fault == "strips":
        data = [("." + line if line[:1] == "." else line).strip() for line in data]
    elif fault == "stuffs-lone-dot-only":
        data = [".." if line == "." else line for line in data]
    else:
        data = ["." + line if line[:1] == "." else line for line in data]
    if fault == "empty-line-more":
        data.append("")
    if fault == "not-empty-lines":
        data = [line for line in data if line]
    text = end.join(data) + end + "." + end
    if fault == "no-wait-for-354":
        connection.sendall(("DATA" + end).encode())
        connection.sendall(text.encode())
        reply()
    else:
        say("DATA")
        connection.sendall(text.encode())
    if fault != "all-at-once":
        reply()
if fault == "no-quit":
    sys.exit(1 if refused else 0)
connection.sendall(("QUIT" + end).encode())
if fault == "all-at-once":
    connection.settimeout(1)
    try:
        while reply():
            pass
    except OSError:
        pass
elif fault != "quits-and-runs":
    reply()
connection.close()
sys.exit(1 if refused and fault != "always-content" else 0)
