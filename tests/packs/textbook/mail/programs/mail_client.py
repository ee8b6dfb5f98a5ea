"""Sends a message of standard input by SMTP: mail_client.py HOST PORT SENDER RECIPIENT"""

import socket
import sys


class Refused(Exception):
    pass


class Conversation:
    """Commands and their replies."""

    def __init__(self, host, port):
        self.socket = socket.create_connection((host, port), timeout=10)
        self.lines = self.socket.makefile("rb")
        self.reply("2")

    def reply(self, wanted):
        """Reads a reply to its last line, and holds its first digit against the one that is wanted."""
        while True:
            line = self.lines.readline().decode("utf-8", "replace").rstrip("\r\n")
            if not line:
                raise Refused("the server closed")
            if line[3:4] != "-":
                break
        if line[0] != wanted:
            raise Refused(line)

    def say(self, command, wanted):
        self.socket.sendall(command.encode() + b"\r\n")
        self.reply(wanted)


def on_the_wire(message):
    """A message with CR LF, dots doubled, and the line that ends it."""
    lines = message.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines) + b".\r\n"


def main():
    host, port, sender, recipient = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
    message = sys.stdin.buffer.read()
    status = 0
    mail = Conversation(host, port)
    try:
        mail.say("HELO client.example", "2")
        mail.say(f"MAIL FROM:<{sender}>", "2")
        mail.say(f"RCPT TO:<{recipient}>", "2")
        mail.say("DATA", "3")
        mail.socket.sendall(on_the_wire(message))
        mail.reply("2")
    except Refused as refusal:
        print(f"not sent: {refusal}", file=sys.stderr)
        status = 1
    mail.say("QUIT", "2")
    mail.socket.close()
    return status


if __name__ == "__main__":
    sys.exit(main())
