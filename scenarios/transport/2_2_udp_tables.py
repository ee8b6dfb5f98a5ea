"""lsof shows one line without a state for a UDP server, however many clients it has; each client is a process of its own.

UDP has no connections, so there is nothing to be in a state: one socket, one line, foreign end "any", PID of the server. A client
with an unconnected socket appears under its own port only; its kernel does not know whom it talks to. One that called
connect() has the server's address in its line: that is a filter and a default destination on its own host. No packet is sent
for it, and the server's table does not change.
"""

from harness import equals, scenario, udp
from scenarios.transport.kit.messages import PORT, receipt, udp_client, udp_server
from scenarios.transport.kit.tables import bound, udp_sockets
from topologies.single import Single


@scenario(
    "transport.2-2", question="UDP: what lsof shows", topology=Single(3), roles=["udp-server", "udp-client"], load=0.45, seconds=5
)
def udp_tables(lab):
    with lab.step("The server before anybody comes", id="before"):
        server = udp_server(lab)
        lab.expect_sockets(lab.h1.lsof(PORT), [bound(server)], "one line, no state")

    with lab.step("Two clients on h2 and one on h3", id="clients"):
        clients = [udp_client(host) for host in (lab.h2, lab.h2, lab.h3)]
        for number, client in enumerate(clients, 1):
            receipt(lab, client, f"I am client {number}")
        ports = lab.packets(lab.h1, udp(to=PORT)).values("udp.srcport")
        lab.expect_sockets(lab.h1.lsof(PORT), [bound(server)], "still one line for three clients", id="server")
        netstat = lab.h1.netstat("-paunt").where(local_port=PORT)
        lab.expect_sockets(netstat, [dict(pid=server, state=None, foreign_port="*")], "netstat too: one line, no state")

    with lab.step("The clients: several processes, several sockets", id="processes"):
        for client, port in zip(clients, ports):
            row = dict(pid=client, protocol="UDP", state=None, local_port=port)
            lab.expect_sockets(client.host.lsof(port), [row], f"{client.name}: its PID, its port, no state")
    with lab.step("Each has one socket, whatever it says", id="one-socket", should=True):
        for client in clients:
            receipt(lab, client, "me again")
        later = lab.packets(lab.h1, udp(to=PORT)).values("udp.srcport")[len(ports) :]
        lab.expect(later, equals(ports), "the ports that the second messages come from", id="ports")
    with lab.step("They are not connected: the sheet's sends by sendto", id="unconnected", should=True):
        for client, port in zip(clients, ports):
            row = dict(pid=client, local="*", foreign=None)
            lab.expect_sockets(client.host.lsof(port), [row], f"{client.name}: its PID, its port, no state, no foreign end", id="foreign")
        lab.expect_sockets(lab.h2.lsof(PORT), [], "lsof -i:12800 on h2 finds none: they are not connected to it")
    with lab.step("netstat on h2", id="netstat"):
        udp_sockets(lab, lab.h2, [dict(pid=client) for client in clients[:2]], "two clients, two PIDs")

    if lab.takes("udp-client", "connected"):
        with lab.step("Two clients on h3 that call connect()", id="connected"):
            before = len(lab.packets(lab.h1, "udp"))
            connected = [udp_client(lab.h3, connected=True) for _ in range(2)]
            rows = [dict(pid=client, protocol="UDP", state=None, foreign=lab.h1, foreign_port=PORT) for client in connected]
            lab.expect_soon(lambda: len(lab.h3.lsof(PORT)), equals(2), "lines of lsof -i:12800 on h3")
            lab.expect_sockets(lab.h3.lsof(PORT), rows, "with the server's address: two lines, two PIDs, no state")
            lab.expect(len(lab.packets(lab.h1, "udp")) - before, equals(0), "datagrams that connect() sent")
            for number, client in enumerate(connected, 1):
                receipt(lab, client, f"connected client {number}")
            lab.expect_sockets(lab.h1.lsof(PORT), [bound(server)], "the server: one line, as before")
