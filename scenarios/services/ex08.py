"""A load balancer answers as one server, and hands the requests to all of its nodes: a client cannot tell them apart, a capture can.

It is a server to its clients and a client to its nodes, with two connections for each request. How it chooses is its own affair (in turn, by chance,
the least busy one, by the client's address), as long as each node gets its share when many clients come.
"""

from harness import above, between, equals, same_bytes, scenario
from scenarios.services.kit.http_balancer import NODE_PORTS, Crowd, config, failures, http_balancer, own_name, servers
from scenarios.services.kit.http_server import NOWHERE, PORT, Request, ask_each, ask_whole, not_found, pages, request, served, talk
from topologies.single import Single

NAMES = ("index.html", "pictures/buoy.png", "notes/tide.txt", "all.bin")
CLIENTS = 40
FAR = {"delay": "10ms"}


@scenario(
    "services.ex08", question="A load balancer in front of HTTP servers", topology=Single(5, only={name: FAR for name in NODE_PORTS}),
    roles=["http-balancer", "http-server"], needs={"http-balancer": ["config"], "http-server": ["root"]},
    captures=["h1-eth0", *(f"{name}-eth0" for name in NODE_PORTS)], seconds=5,
)  # fmt: skip
def balanced(lab):
    files = pages()
    with lab.step("Files that the nodes have", id="found"):
        servers(lab, *NODE_PORTS)
        balancer = http_balancer(lab, config=config(lab, *NODE_PORTS))
        for name, reply in zip(NAMES, ask_each(lab, map("/{}".format, NAMES)), strict=True):
            served(lab, reply, files[name], f"/{name}", balancer)
    with lab.step("A file that they have not", id="missing"):
        not_found(lab, ask_whole(lab, NOWHERE), balancer)
    with lab.step(f"{CLIENTS} clients, each with an address of its own", id="spread"):
        sources = [f"10.0.1.{number}" for number in range(1, CLIENTS + 1)]
        lab.h2.run("ip", "-batch", "-", stdin="".join(f"address add {source}/8 dev {lab.h2.interface}\n" for source in sources))
        found = Crowd(lab, ["/who.txt"], CLIENTS, 1, sources=sources, seconds=20).end()
        lab.expect(failures(found), equals([]), "requests that failed", id="failed", hint=balancer.state)
        asked = {name: len(lab.packets(getattr(lab, name), 'http_message.target == "/who.txt"')) for name in NODE_PORTS}
        lab.expect(min(asked.values()), above(0), f"requests to the node that got fewest; h3, h4, h5 got {list(asked.values())}", id="all", hint=balancer.state)
        lab.expect(sum(asked.values()), equals(CLIENTS), "requests that came to nodes", id="once")
        wrong = [one.body for one in found if one.body.encode() not in map(own_name, NODE_PORTS)]
        lab.expect(wrong, equals([]), "answers that no node gave", id="bodies")
        lab.expect(max(asked.values()), between(13, 18), "requests to the node that got most: no more than a fair share", should=True, id="fair")
    with lab.step("Eight clients of two hosts at once, each with its own wish", id="together"):
        for host in (lab.h2, lab.h3):
            found = talk(lab, *(Request(request(f"/{name}"), seconds=20) for name in NAMES * 2), at=host, together=True)
            for one, name in zip(found, NAMES * 2, strict=True):
                lab.expect(one.reply.status, equals(200), f"status of /{name}", id="status", hint=balancer.state)
                lab.expect(one.reply.body, same_bytes(files[name]), f"/{name}", id="body", hint=balancer.state)
    with lab.step("On the wire", id="wire"):
        lab.sequence("exchange", "two connections, one request", lab.packets(lab.h1, f"tcp.stream < 2 || tcp.port == {PORT} && tcp.stream < 3"))
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(balancer)
