"""One process serves 1,000 TCP clients with select; beyond descriptor 1,023 it must refuse, and with epoll it need not.

select waits for many sockets at once, so one process, without fork, answers whoever speaks: lsof shows one PID with one
descriptor per client. But an fd_set has room for FD_SETSIZE = 1024 descriptors, numbered 0 to 1023, and no program can ask for
more: FD_SET beyond that writes past the set's end. A correct server looks at the number that accept returns and turns the client
away in words. epoll keeps its list in the kernel, has no such bound, and its cost does not grow with clients that are silent.
"""

from harness import CLOSED, Crowd, above, between, contains, ended, equals, interrupted, scenario
from topologies.single import Single

PORT, RECEIPT = 12800, "Message received"
CLIENTS, MORE, FD_SETSIZE = 1000, 60, 1024


def one_process(lab, server, clients):
    """lsof: one PID with a descriptor per client. Gives the highest descriptor."""
    table = lab.h1.lsof(PORT)
    connections = table.where(state="ESTABLISHED", pid=server)
    lab.expect({row.pid for row in table}, equals({server.pid}), "PIDs in lsof")
    lab.expect(len(table), equals(clients + 1), "lines of lsof: the clients and the listening socket")
    lab.expect(len({row.descriptor for row in connections}), equals(clients), "descriptors with a connection")
    lab.expect(server.children, equals([]), "child processes")
    return max(int(row.descriptor.rstrip("urw")) for row in connections)


def meet_crowds(lab):
    """1,000 clients arrive, and speak at the same time."""
    crowds = [Crowd(host, lab.h1, PORT) for host in (lab.h2, lab.h3)]
    for crowd in crowds:
        lab.expect(crowd.arrive(CLIENTS // 2, "hello"), equals({RECEIPT: CLIENTS // 2}), f"what {crowd.program.host.name}'s clients hear")
    for crowd in crowds:
        lab.expect(crowd.say("all at once"), equals({RECEIPT: CLIENTS // 2}), "what they hear when all speak at once")
    return crowds


@scenario(
    "transport.3-select",
    question="TCP: the server uses select: the same questions, and 1,000 clients",
    topology=Single(4),
    roles=["tcp-server", "tcp-client"],
    captures=["h1-eth0"],
    snaplen=160,
    seconds=13,
    load=0.7,
)
def select(lab):
    server = lab.h1.start("tcp-server", port=PORT, mode="select").wait_listening(PORT)
    lab.step("A client talks, a second one comes, and nobody waits")
    first = lab.h2.start("tcp-client", host=lab.h1, port=PORT)
    lab.expect(first.ask("hi", RECEIPT), contains(RECEIPT), "the receipt comes back")
    lab.expect_frames("transport.message", lab.h1, client=lab.h2, server=lab.h1, port=PORT)
    second = lab.h3.start("tcp-client", host=lab.h1, port=PORT)
    for client, words in ((second, "I am the second"), (first, "I am the first"), (second, "me again")):
        lab.expect(client.ask(words, RECEIPT), contains(RECEIPT), f"'{words}' is answered at once")
    lab.show_output(server)
    lines = [dict(pid=server, state="LISTEN"), *(dict(pid=server, state="ESTABLISHED", foreign=host) for host in (lab.h2, lab.h3))]
    lab.expect_sockets(lab.h1.lsof(PORT), lines, "lsof: three sockets, one PID")
    lab.expect_sockets(lab.h1.netstat("-paunt").where(local_port=PORT), lines, "netstat: the same")
    for client in (first, second):
        client.ask("end")
        lab.expect(client.wait(), ended, f"{client.name} ends well after 'end'")

    lab.step("A dozen at once")
    dozen = Crowd(lab.h4, lab.h1, PORT)
    lab.expect(dozen.arrive(12, "hello"), equals({RECEIPT: 12}), "what twelve clients hear")
    one_process(lab, server, 12)
    lab.expect(dozen.say("all at once"), equals({RECEIPT: 12}), "what they hear when all speak at once")
    dozen.leave()
    server.interrupt()
    lab.expect(server.wait(), interrupted, "the server ends at Ctrl+C")

    with lab.step(f"{CLIENTS:,} clients, and more than an fd_set holds", should=True):
        beyond(lab)
    if lab.takes("tcp-server", "mode"):
        epoll(lab)


def beyond(lab):
    """1,000 clients of a server with select, and 60 more."""
    server = lab.h1.start("tcp-server", port=PORT, mode="select").wait_listening(PORT)
    lab.step(f"select: {CLIENTS:,} clients")
    crowds = meet_crowds(lab)
    highest = one_process(lab, server, CLIENTS)
    lab.expect(highest, between(CLIENTS, FD_SETSIZE - 1), "highest descriptor")

    lab.step(f"select: {MORE} more, and FD_SETSIZE is reached")
    late = Crowd(lab.h4, lab.h1, PORT)
    heard = late.arrive(MORE, "hello")
    served, refused = heard.pop(RECEIPT, 0), heard.total()
    lab.expect(served, equals(FD_SETSIZE - 1 - highest), f"served: the descriptors that are left up to {FD_SETSIZE - 1}")
    lab.expect((refused, len(heard)), equals((MORE - served, 1)), "refused, all the others, with the same words")
    lab.expect(next(iter(heard), ""), contains("refused"), "the words")
    remarks = [line for line in server.errors.splitlines() if "refused" in line]
    lab.tell("output", "h1", server.name, "\n".join(remarks[:3]))
    lab.expect(one_process(lab, server, CLIENTS + served), equals(FD_SETSIZE - 1), "highest descriptor")
    lab.expect(late.say("and now?"), equals({RECEIPT: served, CLOSED: refused}), "those are served on; the refused ones are closed")
    lab.expect(late.leave(), equals({CLOSED: served}), "h4's clients leave")
    lab.expect(late.arrive(1, "hello"), equals({RECEIPT: 1}), "a descriptor is free again: the next one is served")
    for crowd in (*crowds, late):
        crowd.leave()
    server.interrupt()
    lab.expect(server.wait(), interrupted, "the server ends at Ctrl+C after all these")


def epoll(lab):
    """1,060 clients of a server with epoll."""
    lab.step(f"epoll: {CLIENTS + MORE:,} clients")
    server = lab.h1.start("tcp-server", port=PORT, mode="epoll").wait_listening(PORT)
    crowds = meet_crowds(lab)
    late = Crowd(lab.h4, lab.h1, PORT)
    lab.expect(late.arrive(MORE, "hello"), equals({RECEIPT: MORE}), f"{MORE} more are served like all others")
    lab.expect(one_process(lab, server, CLIENTS + MORE), above(FD_SETSIZE - 1), "highest descriptor")
    for crowd in (*crowds, late):
        crowd.leave()
    lab.expect_soon(lambda: len(lab.h1.lsof(PORT)), equals(1), "lines of lsof when all have left", deadline=10)
    server.interrupt()
    lab.expect(server.wait(), interrupted, "the server ends at Ctrl+C")
