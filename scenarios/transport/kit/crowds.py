"""Crowds of clients of one server, and what lsof shows of them."""

from harness import Crowd, equals
from scenarios.transport.kit.messages import PORT, RECEIPT


def arrive(lab, count):
    """So many clients arrive on h2 and as many on h3, then speak at the same time."""
    crowds = [come(lab, host, count) for host in (lab.h2, lab.h3)]
    for crowd in crowds:
        speak(lab, crowd, count)
    return crowds


def come(lab, host, count):
    """So many clients arrive on a host."""
    crowd = Crowd(host, lab.h1, PORT)
    lab.expect(crowd.arrive(count, "hello"), equals({RECEIPT: count}), f"what {count} clients on {host.name} hear", id="served")
    return crowd


def speak(lab, crowd, count):
    """All of a crowd speak at the same time."""
    lab.expect(crowd.say("all at once"), equals({RECEIPT: count}), "what they hear when all speak at once", id="at-once")


def one_process(lab, server, clients):
    """lsof: one PID with a descriptor per client. Gives the highest descriptor."""
    table = lab.h1.lsof(PORT)
    connections = table.where(state="ESTABLISHED", pid=server)
    lab.expect({row.pid for row in table}, equals({server.pid}), "PIDs in lsof")
    lab.expect(len(table), equals(clients + 1), "lines of lsof: the clients and the listening socket")
    lab.expect(len({row.descriptor for row in connections}), equals(clients), "descriptors with a connection")
    lab.expect(server.children, equals([]), "child processes", id="children")
    return max(int(row.descriptor.rstrip("urw")) for row in connections)


def process_for_each(lab, server, clients):
    """lsof: one child of the server for each client."""
    connections = lab.h1.lsof(PORT).where(state="ESTABLISHED")
    children = [dict(pid=child.pid, state="ESTABLISHED") for child in server.children]
    lab.expect_sockets(connections, children, "lsof: one line for each child")
    lab.expect(len({row.pid for row in connections}), equals(clients), "PIDs with a connection")
    lab.expect(len({(row.foreign, row.foreign_port) for row in connections}), equals(clients), "clients in lsof")
