"""Browsers show what an HTTP server sends: the page with its stylesheet and picture, and for what is not there the server's own page.

A page is several requests, and browsers make them at once, on connections that they keep, and some that they open in advance. The picture is shown if
its Content-Type is right and its last byte came; the page of a 404 is shown as any other, if there is one.
"""

from harness import about, above, contains, equals, scenario
from scenarios.services.kit.browsers import BROWSERS, pixels, visit, written
from scenarios.services.kit.http_server import NOWHERE, PORT, ask_whole, http_server, not_found, site, words
from topologies.single import Single

GROUND, BUOY = (0x10, 0x3C, 0x58), (0xE8, 0x5D, 0x04)  # of pages/style.css and pages/pictures/buoy.png, which is 320 by 240


@scenario(
    "services.ex06-browsers", question="An HTTP server, seen by browsers", topology=Single(3), roles=["http-server"],
    needs={"http-server": ["root"]}, tools=["chromium", "firefox-esr"], captures=["h1-eth0", "h2-eth0", "h3-eth0"], seconds=10, load=0.8,
)  # fmt: skip
def browsers(lab):
    with lab.step("The server", id="starts"):
        server = http_server(lab, site())
        not_found(lab, missing := ask_whole(lab, NOWHERE), server)
    url = f"http://{lab.h1}:{PORT}"
    for browser, host in zip(BROWSERS, (lab.h2, lab.h3), strict=True):
        with lab.step(f"{browser.title()}: a page with a stylesheet and a picture", id=f"{browser}-page"):
            shown, _ = visit(lab, host, browser, f"{url}/index.html", f"{browser}-page", f"{browser.title()}: /index.html")
            lab.expect(pixels(shown, BUOY), about(320 * 240, percent=2), "pixels of the picture", id="picture", hint=server.state)
            lab.expect(pixels(shown, GROUND), above(300_000), "pixels of the ground that the stylesheet gives", id="stylesheet", hint=server.state)
            told = {one["http_message.status"] for one in lab.packets(lab.h1, f"http_message.status && ip.dst == {host} && http_message.status != 404")}
            lab.expect(told, equals({200}), "statuses that it got", id="status")
        with lab.step(f"{browser.title()}: what is not there", id=f"{browser}-missing"):
            shown, page = visit(lab, host, browser, url + NOWHERE, f"{browser}-missing", f"{browser.title()}: {NOWHERE}")
            lab.expect(written(shown), above(500), "pixels of a page that has something on it", id="shown", hint=server.state)
            if browser == "chromium":
                lab.expect(" ".join(words(page.encode())), contains(" ".join(words(missing.reply.body)[:6])), "it has read the server's page", id="page")
            asked = lab.packets(lab.h1, f'http_message.target == "{NOWHERE}" && ip.src == {host}')
            found = lab.packets(lab.h1, f"http_message.status == 404 && ip.dst == {host}")
            lab.expect([len(asked) > 0, len(found) > 0], equals([True, True]), "it has asked for it, and got 404", id="status")
        with lab.step(f"{browser.title()} talks to nobody else", id=f"{browser}-alone", should=True):
            others = lab.packets(host, f"eth.src == {host.mac} && ip && ip.dst != {lab.h1}")
            lab.expect(others, equals(0), f"packets of {host.name} to other addresses", id="others")
    with lab.step("Ctrl+C", id="interrupt"):
        lab.expect_interrupted(server)
