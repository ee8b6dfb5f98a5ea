"""The echo service, and clients that talk to it."""

from harness import contains, equals

PORT, OTHER_PORT = 1234, 4269
GOODBYE = "See you again\n"  # 14 bytes


def serve(lab, port=PORT, **options):
    """An echo server on h1 that listens."""
    return lab.h1.start("echo-server", port=port, **options).wait_listening(port)


def nc(host, port=PORT, *options, **more):
    """nc at a terminal, a client of the server on h1."""
    return host.start("netcat", *options, host.lab.h1, port, terminal=True, **more)


def echoed(lab, client, line):
    """The client sends a line, and prints the same line."""
    lab.expect(client.ask(line).rstrip("\r"), equals(line), f"what {client.name} prints after '{line}'", id="echo")


def echoed_within(lab, client, line, before=""):
    """The client sends a line, and prints it again, whatever stands around it."""
    lab.expect(client.ask(line, before + line), contains(before + line), f"what {client.name} prints after '{line}'", id="echo")


def frames_at_both(lab, reference, port=PORT):
    """The connection of h2 with h1 has the frames of a golden table, wherever one looks."""
    for host, where in ((lab.h1, "server"), (lab.h2, "client")):
        what = f"the frames of {reference}, at the {where}"
        lab.expect_frames(reference, host, client=lab.h2, server=lab.h1, port=port, what=what, id=f"frames-at-{where}")
