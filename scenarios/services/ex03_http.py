"""A client asks an origin by one line and some fields, saves exactly the bytes that its answer has, and writes down all of its head.

The request says which host is meant, because many names may have one address. The answer says how long its body is: who waits for the end of
the connection instead waits for the server's patience, as long as it has not asked it to close. A status is not a file: what comes with 404 is a
page for people.
"""

from harness import between, contains, equals, failed, is_true, matches, same_bytes, scenario
from scenarios.services.kit.http import LETTER, PORT, Origin, answer, client, fetch
from topologies.single import Single

TYPED = ["Content-Type: text/plain", "X-Serial: 4711-a", "Set-Cookie: one=1", "Set-Cookie: two=2"]
GONE = ["X-Serial: 4712-b"]
TABLE = {
    "/letter.txt": answer(LETTER, *TYPED),
    "/a%20b/c?x=%26&y": answer(LETTER),
    "/c;d=1?x": answer(LETTER),
    "/": answer(LETTER),
    "/gone.txt": answer(b"<h1>There is nothing here</h1>\n", *GONE, status="404 Not Found"),
}


@scenario(
    "services.ex03", question="HTTP: what does a client ask, save and write down?", topology=Single(2), roles=["http-client"],
    captures=["h1-eth0"], seconds=4,
)  # fmt: skip
def http(lab):
    with lab.step("A file, from a server that keeps the connection open as long as it may", id="saved"):
        origin = Origin(lab, lab.h1, TABLE, PORT, 80)
        found = fetch(lab, "/letter.txt")
        lab.expect(found.saved, same_bytes(LETTER), "what the client saves", id="bytes", hint=found.against(LETTER))
        lab.expect(found.status, equals(0), "its exit status", should=True, id="status")

    with lab.step("The request, byte by byte", id="request"):
        request, count = origin.last, len(origin.requests)
        lab.expect(request.lines[0], matches(r"^GET /letter\.txt HTTP/1\.[01]$"), "its first line", id="line")
        lab.expect(request.values("Host"), equals([f"h1:{PORT}"]), "the host and port that it names, once", id="host")
        lab.expect(request.head.replace("\r\n", "").count("\n"), equals(0), "lines of its head that end without CR", id="ends")
        lab.expect(len(request.values("Connection")), between(0, 1), "fields Connection", id="connection")
        lab.expect(count, equals(1), "requests", id="once")
        fetch(lab, "/a%20b/c?x=%26&y#z")
        lab.expect(origin.targets[count:], equals(["/a%20b/c?x=%26&y"]), "the target of a URL with query and fragment", id="target")
        fetch(lab, "/c;d=1?x")
        lab.expect(origin.last.target, equals("/c;d=1?x"), "the target of a URL with parameters behind a semicolon", should=True, id="parameters")

    with lab.step("The log", id="log"):
        if lab.takes("http-client", "log"):
            fields = [*TYPED, f"Content-Length: {len(LETTER)}"]
            absent = [field for field in fields if not found.logs(field)]
            lab.expect(absent, equals([]), "fields of the answer that it lacks", id="fields", hint=found.program.state)
            absent = [line for line in ["HTTP/1.1 200 OK", *fields, *request.lines] if line not in found.logged]
            lab.expect(absent, equals([]), "lines of request and answer that it lacks", should=True, id="lines")

    with lab.step("Nothing is there", id="missing"):
        lost = fetch(lab, "/gone.txt")
        lab.expect(lost.said + lost.logged, contains("404"), "what it says", id="told")
        if lab.takes("http-client", "log"):
            absent = [field for field in GONE if not lost.logs(field)]
            lab.expect(absent, equals([]), "fields of the answer 404 that its log lacks", id="log")
        lab.expect(lost.said, contains("404"), "what it prints", should=True, id="printed")
        lab.expect(lost.status, failed, "its exit status", should=True, id="status")
        lab.expect(lost.kept is None, is_true(), "it has no file with that page", should=True, id="file")

    with lab.step("The port is told beside the URL, or by nobody", id="port"):
        found = client(lab, "http://h1/", port=PORT)
        lab.expect(found.saved, same_bytes(LETTER), "what it saves of http://h1/", id="bytes", hint=found.against(LETTER))
        lab.expect(origin.last.values("Host"), equals([f"h1:{PORT}"]), "the host and port that it names", id="host")
        found = client(lab, "http://h1/")
        lab.expect(found.saved, same_bytes(LETTER), "what it saves of http://h1/, from port 80", id="default", hint=found.against(LETTER))
        lab.expect(" ".join(origin.last.values("Host")), matches("^h1(:80)?$"), "the host that it names there", id="default-host")
