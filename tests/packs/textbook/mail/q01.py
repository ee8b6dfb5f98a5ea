"""SMTP is a conversation: each command waits for the reply to the one before, and a dot at the beginning of a line is doubled.

The server may refuse at any step, so a client that goes on without listening sends the message to nobody. A line with a dot alone
ends the message: to keep a message that has such a line, the client puts a dot before each line that begins with one, and the server
takes it away. The end is in order too: QUIT, its reply, and only then the client's FIN.
"""

import json
from pathlib import Path

from harness import equals, is_true, scenario
from topologies.single import Single

PORT, REFUSING_PORT = 2525, 2526
SENDER, RECIPIENT, NOBODY = "ana@client.example", "bruno@mail.example", "nobody@mail.example"
SERVER = Path(__file__).resolve().parent / "agents" / "smtp_server.py"
MESSAGE = [
    f"From: <{SENDER}>",
    f"To: <{RECIPIENT}>",
    "Subject: dots",
    "",
    "A line that begins with a dot:",
    ".profile is a file.",
    "..and with two",
    "and a dot alone:",
    ".",
    "",
    "  Spaces before, a dot at the end.",
    "QUIT is a word of the message here.",
    *(f"line {number} of a long message, which does not fit into one segment" for number in range(1, 61)),
    "Ana",
]
STUFFED = ["." + line if line.startswith(".") else line for line in MESSAGE]


@scenario(
    "mail.q01",
    question="SMTP: what does a mail client say, and when?",
    topology=Single(2, delay=10),
    roles=["mail-client"],
    seconds=5,
    load=0.2,
)
def mail(lab):
    lab.step("A message with dots")
    client, got = send(lab, PORT, RECIPIENT)
    lab.expect(client.status, equals(0), "the client ends with status 0 when its message was accepted")
    lab.expect(verbs(got), equals(["HELO", "MAIL", "RCPT", "DATA", "QUIT"]), "the commands are HELO, MAIL, RCPT, DATA, QUIT in this order")
    addresses = [line.partition(":")[2].partition(">")[0].strip() + ">" for line in got["lines"] if line[:4].upper() in ("MAIL", "RCPT")]
    lab.expect(addresses, equals([f"<{SENDER}>", f"<{RECIPIENT}>"]), "MAIL FROM and RCPT TO name the addresses, in <>")
    lab.expect(got["bare"], equals(0), "lines that do not end with CR LF")
    dots = [line for line in got["data"] if line.startswith(".")]
    lab.expect(dots, equals([line for line in STUFFED if line.startswith(".")]), "lines that begin with a dot have one more on the wire")
    lab.expect(difference([line.removeprefix(".") for line in got["data"]], MESSAGE), equals("none"), "the message arrives unchanged")
    in_turn(lab, PORT)

    lab.step("A recipient whom the server refuses")
    client, got = send(lab, REFUSING_PORT, NOBODY, refused=NOBODY)
    lab.expect(client.status != 0, is_true(), "refused: the client's status is not 0")
    lab.expect(verbs(got), equals(["HELO", "MAIL", "RCPT", "QUIT"]), "refused: after the refusal comes QUIT, no DATA")
    in_turn(lab, REFUSING_PORT, "refused: ")


def send(lab, port, recipient, refused=None):
    """Lets the client send to a server that writes down what it gets; gives both."""
    server = lab.h2.start_command("/usr/bin/python3", SERVER, port, *([refused] if refused else [])).wait_listening(port, "tcp")
    text = "".join(line + "\n" for line in MESSAGE).encode()
    client = lab.h1.start("mail-client", host=lab.h2, port=port, sender=SENDER, recipient=recipient, stdin=text)
    client.wait(12)
    lab.show_output(client)
    server.wait(12)
    return client, json.loads(server.output)


def verbs(got):
    """The commands that the server got, in order; EHLO is a HELO."""
    return [line[:4].upper().replace("EHLO", "HELO") for line in got["lines"]]


def in_turn(lab, port, when=""):
    """Proves from the capture at the client that it speaks only when it is its turn, and ends in order."""
    turns, ended_after, seen = [["", ""]], None, set()
    for packet in lab.packets(lab.h1, f"tcp.port == {port} && (tcp.len > 0 || tcp.flags.fin == 1)"):
        key = packet["tcp.srcport"], packet["tcp.seq"]
        if packet["tcp.len"] and key not in seen:
            # The dissector's texts have \r and \n as two characters each.
            text = packet["textbook_mail.text"].replace("\\r", "\r").replace("\\n", "\n")
            if packet["tcp.srcport"] == port:
                turns.append([text, ""])
            else:
                turns[-1][1] += text
            seen.add(key)
        if packet["tcp.flags.fin"] and packet["tcp.dstport"] == port and ended_after is None:
            ended_after = turns[-1][0][:3]
    early = [text for text in map(said_too_early, *zip(*turns)) if text]
    lab.expect(early, equals([]), f"{when}what the client says before the reply to what it said before")
    lab.expect(ended_after, equals("221"), f"{when}the client closes after the reply to QUIT: the last reply before its FIN")


def said_too_early(reply, said):
    """What a client said after a reply, and should not have said before the next."""
    if not reply:
        return said
    if reply.startswith("354"):
        return said.partition("\r\n.\r\n")[2]
    return said.partition("\n")[2]


def difference(found, wanted):
    """The first line in which two messages differ, in words."""
    if found == wanted:
        return "none"
    place = next((i for i, (a, b) in enumerate(zip(found, wanted)) if a != b), min(len(found), len(wanted)))
    return f"{len(found)} lines in place of {len(wanted)}, from line {place + 1} on: {found[place : place + 1]}"
