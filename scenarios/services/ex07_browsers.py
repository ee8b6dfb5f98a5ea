"""A browser shows a page through a proxy as without one, and the next browser's picture does not come from the origin.

For a proxy a page is several requests, at once and on kept connections. What the first visitor fetched, the stylesheet and the picture, is there for
the next one, who has nothing of it yet: the origin is asked for the page alone, which may not be kept.
"""

from harness import about, above, contains, equals, scenario
from scenarios.services.kit.browsers import pixels, visit
from scenarios.services.kit.http import Origin
from scenarios.services.kit.http_proxy import AUTHORITY, PICTURE, PROXY, asked, http_proxy
from scenarios.services.kit.http_proxy_tables import BUOY, GROUND, VISITED
from topologies.single import Single


@scenario(
    "services.ex07-browsers", question="A page through a proxy, seen by browsers", topology=Single(4), roles=["http-proxy"], tools=["chromium"],
    captures=["h1-eth0", "h2-eth0", "h4-eth0"], seconds=8, load=0.8,
)  # fmt: skip
def browsers(lab):
    server, origin = http_proxy(lab), Origin(lab, lab.h1, VISITED)
    for host, id in ((lab.h2, "first"), (lab.h4, "second")):  # noqa: A001
        with lab.step(f"Chromium on {host.name}, without a past", id=f"visit-{id}"):
            given = {"proxy": f"http://{lab.h3}:{PROXY}"}
            shown, page = visit(lab, host, "chromium", f"http://{AUTHORITY}/index.html", f"chromium-{id}", f"Chromium on {host.name}, through the proxy", **given)
            lab.expect(pixels(shown, BUOY), about(320 * 240, percent=2), "pixels of the picture", id="picture", hint=server.state)
            lab.expect(pixels(shown, GROUND), above(300_000), "pixels of the ground that the stylesheet gives", id="stylesheet", hint=server.state)
            lab.expect(page, contains("naïve façade"), "what it has read of the page", id="page")
            others = lab.packets(host, f"eth.src == {host.mac} && ip && ip.dst != {lab.h3}")
            lab.expect(others, equals(0), f"packets of {host.name} to others than the proxy", id="others")
    with lab.step("What the origin was asked for", id="asked"):
        counts = {target: asked(origin, target) for target in ("/index.html", "/style.css", PICTURE)}
        lab.expect(counts, equals({"/index.html": 2, "/style.css": 1, PICTURE: 1}), "how often", id="once")
        lab.measure("requests", sum(counts.values()), unit="requests")
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)
