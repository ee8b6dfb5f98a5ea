"""`cat` and two `nc` carry a text file over TCP, byte for byte; the client must name the host of the server.

`nc -l 1234 > /tmp/fichier.txt` waits on h2, and on h1 `cat ~/fichier.txt | nc -N 10.0.0.2 1234` sends. -N makes nc pass
the end of its input on as a FIN, on which the server ends too. Erratum: the sheet's client names 10.0.0.1, which is h1
itself, where nobody listens: its connection is refused without a packet leaving the host.
"""

import pathlib

from harness import above, equals, scenario
from topologies.single import Single

SENT, RECEIVED = pathlib.Path("fichier.txt"), pathlib.Path("/tmp/fichier.txt")
TEXT = "".join(f"ligne {number} : ce texte va de h1 à h2\n" for number in range(1, 151))


@scenario(
    "tv.q02",
    question="Send a text file from h1 to h2 with nc over TCP and cat",
    topology=Single(),
    roles=["netcat", "cat"],
    seconds=3,
)
def text_file_over_tcp(lab):
    file = pathlib.Path.home() / SENT
    file.write_text(TEXT)

    lab.step("The server on h2")
    server = lab.h2.start("netcat", "-l", 1234, stdout=RECEIVED).wait_listening(1234)

    lab.step("The sheet's own client line names h1, while the server is on h2")
    wrong = lab.h1.start("netcat", lab.h1, 1234, stdin=lab.h1.start("cat", file, pipe_output=True))
    lab.expect(wrong.wait(5), above(0), "the sheet's client line fails")
    lab.expect(lab.packets(lab.h1, "tcp"), equals(0), "and puts nothing on the wire")
    lab.expect(RECEIVED.stat().st_size, equals(0, "B"), "and h2 has received nothing")

    lab.step("The client on h1, with h2's address")
    client = lab.h1.start("netcat", "-N", lab.h2, 1234, stdin=lab.h1.start("cat", file, pipe_output=True))
    lab.expect(lab.wait(client, server, deadline=10), equals([0, 0]), "client and server end well by themselves")
    sums = [host.run("sha256sum", path).output.split()[0] for host, path in ((lab.h1, file), (lab.h2, RECEIVED))]
    lab.expect(sums[1], equals(sums[0]), "the received file is identical")

    lab.step("On the wire")
    size = file.stat().st_size
    flags = [packet.flags for packet in lab.packets(lab.h1, "tcp")][:3]
    lab.expect(flags, equals(["SYN", "SYN, ACK", "ACK"]), "the handshake stands at the beginning")
    data = lab.packets(lab.h2, f"ip.src == {lab.h1} && tcp.len > 0 && !tcp.analysis.retransmission")
    lab.expect(data.total("tcp.len"), equals(size, "B"), "the payloads add up to the file's size", on=data)
    end = lab.packets(lab.h2, f"ip.src == {lab.h1} && tcp.flags.fin == 1")
    lab.expect([packet["tcp.seq"] + packet["tcp.len"] for packet in end][:1], equals([size + 1]), "h1's FIN follows the last byte", on=end)
    lab.expect(lab.packets(lab.h2, f"ip.src == {lab.h2} && tcp.flags.fin == 1"), above(0), "h2 answers with its own FIN")
    lab.expect(lab.packets(lab.h2, "tcp.flags.reset == 1"), equals(0), "no reset")
