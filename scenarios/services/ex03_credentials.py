"""A name and a password are for the host that they were given for: no redirect takes them to another one, or to another port.

They stand in the URL before an @, and go to the server in a field of the request, in the clear but for Base64, not in its Host. Whoever may
redirect on that server decides where the client goes next; it must not be who learns the password.
"""

import base64

from harness import contains, equals, failed, same_bytes, scenario
from scenarios.services.kit.http import LETTER, PORT, Origin, answer, client, fetch, moved
from topologies.single import Single

SECRET = "Hunter2"
BASIC = base64.b64encode(f"ana:{SECRET}".encode()).decode()
ASKED = answer(b"who are you?\n", 'WWW-Authenticate: Basic realm="letters"', status="401 Unauthorized")
PLACES = {"host": f"http://h3:{PORT}/letter.txt", "port": f"http://h1:{PORT + 1}/letter.txt"}


@scenario(
    "services.ex03-credentials", question="HTTP: who learns a password?", topology=Single(3), roles=["http-client"], captures=["h2-eth0"], seconds=4,
)  # fmt: skip
def credentials(lab):
    with lab.step("What is for everybody", id="everybody"):
        table = {f"/{name}/letter.txt": guarded(moved(place)) for name, place in PLACES.items()}
        table |= {"/letter.txt": guarded(answer(LETTER)), "/same/letter.txt": guarded(moved("/letter.txt")), "/open.txt": answer(LETTER)}
        mine, others = Origin(lab, lab.h1, table), {"host": (lab.h3, PORT), "port": (lab.h1, PORT + 1)}
        found = fetch(lab, "/open.txt")
        lab.expect(found.saved, same_bytes(LETTER), "what the client saves", id="bytes", hint=found.against(LETTER))

    with lab.step("A password, and redirects to another host and to another port", id="others", should=True):
        for name, (host, port) in others.items():
            other = Origin(lab, host, {"/letter.txt": answer(LETTER)}, port)
            found = client(lab, f"http://ana:{SECRET}@h1:{PORT}/{name}/letter.txt")
            learnt = [line for request in other.requests for line in request.lines if SECRET in line or BASIC in line]
            lab.expect(learnt, equals([]), f"lines with the password that the other {name} gets", id="learnt")
            lab.expect(found.saved, same_bytes(LETTER), f"what the client saves from the other {name}", id="bytes", hint=found.against(LETTER))
            lab.expect(SECRET in found.said, equals(False), "whether it prints the password", id="printed")

    with lab.step("It is for its own host", id="own", should=True):
        for target in ("/letter.txt", "/same/letter.txt"):
            found = client(lab, f"http://ana:{SECRET}@h1:{PORT}{target}")
            lab.expect(found.saved, same_bytes(LETTER), f"what the client saves of {target}", id="bytes", hint=found.against(LETTER))
        hosts = {host for request in mine.requests for host in request.values("Host")}
        lab.expect(hosts, equals({f"h1:{PORT}"}), "the hosts that it names, without the password", id="host")

    with lab.step("A wrong password", id="wrong", should=True):
        found = client(lab, f"http://ana:guess@h1:{PORT}/letter.txt")
        lab.expect(found.status, failed, "its exit status", id="status")
        lab.expect(found.said, contains("401"), "what it says", id="told")
        lab.expect(found.kept is None, equals(True), "it has no file with that page", id="file")


def guarded(steps):
    """Variants: what is for her alone, and what others get."""
    return [[f"^Authorization: Basic {BASIC}", steps], ["", ASKED]]
