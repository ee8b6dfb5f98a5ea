"""`cat` and two `nc` carry a text file over TCP, byte for byte; the client must name the host of the server.

`nc -l 1234 > /tmp/fichier.txt` waits on h2, and on h1 `cat ~/fichier.txt | nc -N 10.0.0.2 1234` sends. -N makes nc pass
the end of its input on as a FIN, on which the server ends too. Erratum: the sheet's client names 10.0.0.1, which is h1
itself, where nobody listens: its connection is refused without a packet leaving the host.
"""

import pathlib

from harness import above, equals, same_bytes, scenario, tcp
from scenarios.tv.kit.hosts import sent
from scenarios.tv.kit.netcat import HANDSHAKE, PORT, flags
from topologies.single import Single

RECEIVED = pathlib.Path("/tmp/fichier.txt")
TEXT = "".join(f"ligne {number} : ce texte va de h1 à h2\n" for number in range(1, 151)).encode()


@scenario(
    "tv.q02", question="Send a text file from h1 to h2 with nc over TCP and cat", topology=Single(), roles=["netcat", "cat"], seconds=3
)
def text_file_over_tcp(lab):
    file = pathlib.Path.home() / "fichier.txt"
    file.write_bytes(TEXT)
    with lab.step("The server on h2; the sheet's own client line names h1", id="wrong-host"):
        server = lab.h2.start("netcat", "-l", PORT, stdout=RECEIVED).wait_listening(PORT)
        wrong = lab.h1.start("netcat", lab.h1, PORT, stdin=lab.h1.start("cat", file, pipe_output=True))
        lab.expect(wrong.wait(5), above(0), "the sheet's client line fails")
        lab.expect(lab.packets(lab.h1, "tcp"), equals(0), "and puts nothing on the wire")
        lab.expect(RECEIVED.stat().st_size, equals(0, "B"), "and h2 has received nothing")

    with lab.step("The client on h1, with h2's address", id="file"):
        client = lab.h1.start("netcat", "-N", lab.h2, PORT, stdin=lab.h1.start("cat", file, pipe_output=True))
        lab.expect(lab.wait(client, server, deadline=10), equals([0, 0]), "client and server end well by themselves")
        lab.expect(RECEIVED.read_bytes(), same_bytes(TEXT), f"the file that h2 receives is that of {len(TEXT):,} bytes which h1 sends")

    with lab.step("On the wire", id="wire"):
        lab.expect(flags(lab.packets(lab.h1, "tcp")), equals(HANDSHAKE), "the handshake stands at the beginning")
        data = lab.packets(lab.h2, f"{tcp('data', source=lab.h1)} && !tcp.analysis.retransmission")
        lab.expect(data.total("tcp.len"), equals(len(TEXT), "B"), "the payloads add up to the file's size", on=data)
        end = lab.packets(lab.h2, tcp("FIN", source=lab.h1))
        last = [packet["tcp.seq"] + packet["tcp.len"] for packet in end][:1]
        lab.expect(last, equals([len(TEXT) + 1]), "h1's FIN follows the last byte", on=end, id="fin", hint=lambda: sent(lab, lab.h1))
        lab.expect(lab.packets(lab.h2, tcp("FIN", source=lab.h2)), above(0), "h2 answers with its own FIN")
        lab.expect(lab.packets(lab.h2, tcp("RST")), equals(0), "no reset")
