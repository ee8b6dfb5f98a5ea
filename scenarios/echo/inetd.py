"""inetd's own echo service answers a line from another host, and the exchange is the seven frames of the sheet.

inetd listens for many services at once, and starts what serves a client only when the client comes; for small services, echo
among them, it does the work itself. A line of 15 bytes makes frames of 81 bytes: 14 of Ethernet, 20 of IP, 32 of TCP with the
timestamps, then the line. The acknowledgements are those 66 bytes alone, and both SYN carry 8 bytes of options more.
"""

import pathlib

from harness import equals, scenario, tcp
from scenarios.echo.kit.talk import echoed, frames_at_both, nc
from topologies.single import Single

PORT, LINE = 7, "fourteen bytes"  # echo's port, in /etc/services; and the end of the line


@scenario(
    "echo.inetd", question="Install inetd's echo service, and try it from another host", topology=Single(), roles=["inetd", "netcat"],
    seconds=5,
)  # fmt: skip
def echo_inetd(lab):
    with lab.step("inetd serves echo itself (internal), as its configuration says", id="listens"):
        configuration = pathlib.Path("/tmp/inetd.conf")
        configuration.write_text("echo stream tcp nowait nobody internal\n")
        lab.h1.run("cat", configuration)
        server = lab.h1.start("inetd", file=configuration).wait_listening(PORT)
        ports = lab.h1.netstat("-paunt").where(local="0.0.0.0")
        lab.expect_sockets(ports, [dict(protocol="tcp", local_port=PORT, state="LISTEN", pid=server)], "inetd listens on port 7")

    with lab.step("A line from another host", id="line"):
        client = nc(lab.h2, PORT, "-N")
        echoed(lab, client, LINE)
        frames_at_both(lab, "echo.inetd", PORT)
        told = [packet.info for packet in lab.packets(lab.h2, tcp("data"))]
        lab.expect(told, equals(["Request", "Response"]), "what Wireshark calls the two with data")
        lab.sequence("inetd", "One line to inetd's echo service", lab.packets(lab.h2, "tcp"))

    with lab.step("The client leaves, and inetd's process for it ends", id="leaves"):
        client.end_input()
        lab.expect(client.wait(), equals(0), "Ctrl+D ends the client, and the connection")
        lab.expect_soon(lambda: [str(child) for child in server.children], equals([]), "processes that inetd left behind", id="children")
    with lab.step("Another client", id="next"):
        another = lab.h2.start("netcat", "-N", lab.h1, PORT, stdin=f"{LINE}\n".encode())
        another.wait()
        lab.expect(another.output, equals(f"{LINE}\n"), "the next client's line comes back", id="echo", hint=server.state)
