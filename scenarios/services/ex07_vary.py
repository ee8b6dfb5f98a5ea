"""An answer that varies by a field of the request is only for requests with the same value there.

Vary names the fields. What is kept for who reads Spanish is not for who reads English; what was packed by gzip is nothing for who cannot unpack it.
Each variant may be kept beside the others. An asterisk says that nobody can know (RFC 9111, 4.1).
"""

from harness import equals, scenario
from scenarios.services.kit.http import Origin
from scenarios.services.kit.http_proxy import ONE, ask, counted, http_proxy, serves
from scenarios.services.kit.http_proxy_tables import SPOKEN, VARIED, VARY_TABLE
from topologies.single import Single

PACKED = b"\x1f\x8b packed"


@scenario(
    "services.ex07-vary", question="Which variant does a proxy answer by?", topology=Single(3), roles=["http-proxy"], captures=["h1-eth0"], seconds=4,
)  # fmt: skip
def vary(lab):
    with lab.step("Packed, and for who cannot unpack it", id="packed"):
        server, origin = http_proxy(lab), Origin(lab, lab.h1, VARY_TABLE)
        serves(lab, ask(lab, "/packed", accept_encoding="gzip"), PACKED, "who takes gzip", server)
        serves(lab, ask(lab, "/packed"), ONE, "who does not say so", server)
        serves(lab, ask(lab, "/packed", accept_encoding="gzip"), PACKED, "who takes gzip, again", server)
    with lab.step("Everybody gets what is for them", id="own"):
        for target, field in VARIED.items():
            for word in ("es", "en", "", "en", "es", ""):
                serves(lab, ask(lab, target, **({field: word} if word else {})), SPOKEN[word], f"{target}, {field.replace('_', '-')}: {word or 'none'}", server)
    with lab.step("Each variant is kept", id="kept", should=True):
        for target in VARIED:
            if target != "/star":
                counted(lab, origin, target, 3, "once for each variant")
        counted(lab, origin, "/packed", 2, "once for each variant")
        counted(lab, origin, "/star", 6, "what varies by nobody knows what is kept for nobody")
    with lab.step("Other fields do not count", id="other", should=True):
        serves(lab, ask(lab, "/language", accept_language="es", x_other="1", user_agent="another"), SPOKEN["es"], "the same with other fields", server)
        counted(lab, origin, "/language", 3, "once for each variant")
        lab.expect(ask(lab, "/language", accept_language="es").fields.get("vary", "").lower(), equals("accept-language"), "Vary, as it is handed on", id="told")
    with lab.step("Ctrl+C", id="interrupt", should=True):
        lab.expect_interrupted(server)
