"""What was cut is taken up where it ended, if it is still the same; if it has changed, all of it is fetched anew.

A part fits its beginning only if both are of one version. Range with If-Range and a strong validator asks for the part of that version, or for all
of a new one (RFC 9110, 13.1.5); the answer says which it is. Without a validator nobody can know.
"""

from harness import equals, is_true, same_bytes, scenario
from scenarios.services.kit.again import CHANGED, CUT, NEW, OLD, TABLE, TAG
from scenarios.services.kit.http import Origin, fetch
from topologies.single import Single


@scenario(
    "services.ex03-again", question="HTTP: what does a client do when it has not got all?", topology=Single(2), roles=["http-client"],
    captures=["h1-eth0"], seconds=5,
)  # fmt: skip
def again(lab):
    tries = {"tries": 3} if lab.takes("http-client", "tries") else {}
    with lab.step("Half of it, then the connection's end", id="cut"):
        origin = Origin(lab, lab.h1, TABLE)
        whole, found = fetch(lab, "/whole.bin", **tries), fetch(lab, "/cut.bin", **tries)
        lab.expect(found.saved == OLD or found.complains(whole), is_true(), "the client saves all of it, or tells that it has not", id="whole", hint=found.program.state)
    with lab.step("The rest of the same version", id="rest", should=True):
        lab.expect(found.saved, same_bytes(OLD), "what the client saves", id="bytes", hint=found.against(OLD))
        wanted, condition = (origin.last.values(name) for name in ("Range", "If-Range"))
        lab.expect(wanted, equals([f"bytes={CUT}-"]), "the part that it asks for", id="range")
        lab.expect(condition, equals([TAG]), "the version of which it wants it", id="version")

    with lab.step("Meanwhile it has changed, or nobody can tell", id="changed", should=True):
        for target in CHANGED:
            found = fetch(lab, target, **tries)
            lab.expect(found.kept in (NEW, None), is_true(), f"{target}: it saves the new version, or nothing", id="one", hint=found.program.state)
            lab.expect(found.kept == NEW or found.complains(whole), is_true(), f"{target}: if nothing, it says so", id="told")
            conditions = {value for request in origin.asked(target) for value in request.values("If-Range")}
            lab.expect(conditions - {TAG}, equals(set()), f"{target}: conditions without a strong validator", id="strong")
        lab.expect(fetch(lab, "/anew.bin", **tries).saved, same_bytes(NEW), "what it saves of a new version", id="anew")
