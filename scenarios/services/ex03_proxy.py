"""Who asks a proxy names the origin in the request line, and speaks to nobody else, redirects included.

A proxy is asked for a whole URL (absolute-form, RFC 9112, 3.2.2), since its connection says nothing of whom it is to ask; it asks that host in
origin-form. A proxy that cannot be reached is no reason to go without it: who named it had one.
"""

from harness import contains, equals, failed, matches, same_bytes, scenario, tcp
from scenarios.services.kit.http import LETTER, PORT, Origin, answer, client, fetch, forwarding, moved
from topologies.single import Single

PROXY = 3128
TABLE = {
    "/letter.txt?x=1": answer(LETTER, "X-Serial: 4713"),
    "/old.txt": moved("/new.txt"),
    "/new.txt": answer(LETTER[::-1]),
    "/": answer(LETTER),
}
TARGET = f"http://h1:{PORT}/letter.txt?x=1"


@scenario(
    "services.ex03-proxy", question="HTTP: what changes with a proxy?", topology=Single(3), roles=["http-client"], captures=["h1-eth0", "h2-eth0"],
    seconds=4,
)  # fmt: skip
def through_a_proxy(lab):
    with lab.step("A file, through a proxy on h3", id="proxy"):
        origin = Origin(lab, lab.h1, TABLE, PORT, 80)
        proxy = Origin(lab, lab.h3, forwarding(lab), PROXY)
        found = client(lab, TARGET, proxy=f"{lab.h3}:{PROXY}")
        lines = [request.lines[0] for request in proxy.requests]
        lab.expect("\n".join(lines), matches(rf"\AGET {TARGET.replace('?', '[?]')} HTTP/1\.[01]\Z"), "what the proxy is asked for", id="absolute")
        lab.expect(found.saved, same_bytes(LETTER), "what the client saves", id="bytes", hint=found.against(LETTER))
        lab.expect(proxy.last.values("Host"), equals([f"h1:{PORT}"]), "the host that it names: the origin", id="host")
        lab.expect(origin.last.values("Via"), equals(["1.1 proxy"]), "through whom the origin is asked", id="via")
        if lab.takes("http-client", "log"):
            lab.expect(found.logged, contains("4713"), "what stands in the log", id="log")

    with lab.step("A redirect goes through the proxy, too", id="redirect"):
        found = fetch(lab, "/old.txt", proxy=f"{lab.h3}:{PROXY}")
        lab.expect(found.saved, same_bytes(LETTER[::-1]), "what the client saves", id="bytes", hint=found.against(LETTER[::-1]))
        lab.expect(proxy.targets[1:], equals([f"http://h1:{PORT}/{name}.txt" for name in ("old", "new")]), "what the proxy is asked for", id="asked")

    with lab.step("The origin's root, on its default port", id="root"):
        found = client(lab, "http://h1", proxy=f"{lab.h3}:{PROXY}")
        lab.expect(found.saved, same_bytes(LETTER), "what the client saves", id="bytes", hint=found.against(LETTER))
        lab.expect(proxy.last.target, matches("^http://h1(:80)?/?$"), "what the proxy is asked for", id="absolute")

    with lab.step("Nobody listens where the proxy should be", id="dead", should=True):
        found = fetch(lab, "/letter.txt?x=1", proxy=f"{lab.h3}:{PROXY + 1}")
        lab.expect(found.status, failed, "the client's exit status", id="status")
        lab.expect(found.program.errors, matches("(?i)refused"), "what it says", id="told")

    with lab.step("The client speaks to nobody but the proxy", id="alone"):
        lab.expect(lab.packets(lab.h2, tcp("SYN", to=lab.h1)), equals(0), "connections from h2 to the origin", id="direct")
