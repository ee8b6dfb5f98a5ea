"""lsof shows one line without a state for a UDP server, however many clients it has; each client is a process of its own.

UDP has no connections, so there is nothing to be in a state: one socket, one line, foreign end "any", PID of the server. A client
with an unconnected socket appears under its own port only; its kernel does not know whom it talks to. One that called
connect() has the server's address in its line: that is a filter and a default destination on its own host. No packet is sent
for it, and the server's table does not change.
"""

from harness import contains, equals, scenario
from topologies.single import Single

PORT, RECEIPT = 12800, "Message received"


@scenario(
    "transport.2-2",
    question="UDP: what lsof shows",
    topology=Single(3),
    roles=["udp-server", "udp-client"],
    load=0.45,
    seconds=5,
)
def udp_tables(lab):
    server = lab.h1.start("udp-server", port=PORT).wait_listening(PORT, "udp")
    one = dict(pid=server, protocol="UDP", state=None, local="*", local_port=PORT, foreign=None)
    lab.step("The server before anybody comes")
    lab.expect_sockets(lab.h1.lsof(PORT), [one], "one line, no state")

    lab.step("Two clients on h2 and one on h3")
    clients = [host.start("udp-client", host=lab.h1, port=PORT) for host in (lab.h2, lab.h2, lab.h3)]
    for number, client in enumerate(clients, 1):
        lab.expect(client.ask(f"I am client {number}", RECEIPT), contains(RECEIPT), f"client {number} is answered")
    ports = [packet["udp.srcport"] for packet in lab.packets(lab.h1, f"udp.dstport == {PORT}")]
    lab.expect_sockets(lab.h1.lsof(PORT), [one], "still one line for three clients")
    netstat = lab.h1.netstat("-paunt").where(local_port=PORT)
    lab.expect_sockets(netstat, [dict(pid=server, state=None, foreign_port="*")], "netstat too: one line, no state")

    lab.step("The clients: several processes, several sockets")
    for client, port in zip(clients, ports):
        row = dict(pid=client, protocol="UDP", state=None, local_port=port)
        lab.expect_sockets(client.host.lsof(port), [row], f"{client.name}: its PID, its port, no state")
    with lab.step("Each has one socket, whatever it says", should=True):
        for client, port in zip(clients, ports):
            lab.expect(client.ask("me again", RECEIPT), contains(RECEIPT), f"{client.name} is answered again")
        later = [packet["udp.srcport"] for packet in lab.packets(lab.h1, f"udp.dstport == {PORT}")][len(ports) :]
        lab.expect(later, equals(ports), "the ports that the second messages come from")
    with lab.step("They are not connected", should=True):
        unconnected(lab, clients, ports)
    rows = lab.h2.netstat("-paunt").where(protocol=["udp", "udp6"])
    lab.expect_sockets(rows, [dict(pid=client) for client in clients[:2]], "h2: two clients, two PIDs")
    if not lab.takes("udp-client", "connected"):
        return
    lab.step("Two clients on h3 that call connect()")
    before = len(lab.packets(lab.h1, "udp"))
    connected = [lab.h3.start("udp-client", connected=True, host=lab.h1, port=PORT) for _ in range(2)]
    rows = [dict(pid=client, protocol="UDP", state=None, foreign=lab.h1, foreign_port=PORT) for client in connected]
    lab.expect_soon(lambda: len(lab.h3.lsof(PORT)), equals(2), "lines of lsof -i:12800 on h3")
    lab.expect_sockets(lab.h3.lsof(PORT), rows, "with the server's address: two lines, two PIDs, no state")
    lab.expect(len(lab.packets(lab.h1, "udp")) - before, equals(0), "datagrams that connect() sent")
    for number, client in enumerate(connected, 1):
        lab.expect(client.ask(f"connected client {number}", RECEIPT), contains(RECEIPT), f"connected client {number} is answered")
    lab.expect_sockets(lab.h1.lsof(PORT), [one], "the server: one line, as before")


def unconnected(lab, clients, ports):
    """No socket of a client has the server's address: the sheet's sends by sendto."""
    for client, port in zip(clients, ports):
        row = dict(pid=client, local="*", foreign=None)
        lab.expect_sockets(client.host.lsof(port), [row], f"{client.name}: its PID, its port, no state, no foreign end")
    lab.expect_sockets(lab.h2.lsof(PORT), [], "lsof -i:12800 on h2 finds none: they are not connected to it")
