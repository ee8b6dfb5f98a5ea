"""What breaks at FD_SETSIZE: more clients of a server with select than an fd_set has room for."""

from harness import CLOSED, Crowd, above, between, contains, equals
from scenarios.transport.kit import crowds
from scenarios.transport.kit.messages import PORT, RECEIPT, tcp_server

CLIENTS, MORE, FD_SETSIZE = 1000, 60, 1024


def a_thousand(lab):
    """1,000 clients of a server with select. Gives the server, the crowds and the highest descriptor."""
    server = tcp_server(lab, "select")
    came = crowds.arrive(lab, CLIENTS // 2)
    highest = crowds.one_process(lab, server, CLIENTS)
    lab.expect(highest, between(CLIENTS, FD_SETSIZE - 1), "highest descriptor")
    return server, came, highest


def sixty_more(lab, server, came, highest):
    """60 more: those that fit are served, the others are refused in words, and there is room again for whoever comes after."""
    late = Crowd(lab.h4, lab.h1, PORT)
    heard = late.arrive(MORE, "hello")
    served, refused = heard.pop(RECEIPT, 0), heard.total()
    lab.expect(served, equals(FD_SETSIZE - 1 - highest), f"served: the descriptors that are left up to {FD_SETSIZE - 1}", id="served")
    lab.accounts("late clients with one answer", clients=MORE, served=served, refused=refused, id="refused")
    lab.expect(len(heard), equals(1), "different words that the refused ones hear")
    lab.expect(next(iter(heard), ""), contains("refused"), "the words to those who are refused", id="words")
    lab.tell("output", "h1", server.name, "\n".join([line for line in server.errors.splitlines() if "refused" in line][:3]))
    lab.expect(crowds.one_process(lab, server, CLIENTS + served), equals(FD_SETSIZE - 1), "highest descriptor")
    lab.expect(late.say("and now?"), equals({RECEIPT: served, CLOSED: refused}), "those are served on; the refused ones are closed")
    lab.expect(late.leave(), equals({CLOSED: served}), "h4's clients leave")
    lab.expect(late.arrive(1, "hello"), equals({RECEIPT: 1}), "a descriptor is free again: the next one is served")
    for crowd in (*came, late):
        crowd.leave()
    lab.expect_interrupted(server)


def all_of_them(lab):
    """As many clients of a server with epoll, and none is refused."""
    server = tcp_server(lab, "epoll")
    came = [*crowds.arrive(lab, CLIENTS // 2), crowds.come(lab, lab.h4, MORE)]
    lab.expect(crowds.one_process(lab, server, CLIENTS + MORE), above(FD_SETSIZE - 1), "highest descriptor")
    for crowd in came:
        crowd.leave()
    lab.expect_soon(lambda: len(lab.h1.lsof(PORT)), equals(1), "lines of lsof when all have left", deadline=10)
    lab.expect_interrupted(server)
