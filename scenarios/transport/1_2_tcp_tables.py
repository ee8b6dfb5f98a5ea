"""While one TCP client is connected the server has two sockets, LISTEN and ESTABLISHED, and both belong to one process.

The socket that listen made waits for connections all its life and never carries data: its foreign end is "any". accept returns a
second socket, with a descriptor of its own, for the one client: it is the connection's end, and has the client's address and
port. The client has one socket and so one line, with the same two ends the other way round. netstat shows Proto, the queues,
both ends, the State and the PID; lsof shows COMMAND, PID, USER and FD, the descriptor.
"""

from harness import ended, equals, scenario, tcp
from scenarios.transport.kit.messages import PORT, receipt, tcp_client, tcp_server
from scenarios.transport.kit.tables import LSOF, NETSTAT, established, listening
from topologies.single import Single


@scenario(
    "transport.1-2", question="TCP: what netstat -p tcp and lsof -n -i:12800 show", topology=Single(), roles=["tcp-server", "tcp-client"],
    load=0.45, seconds=4,
)  # fmt: skip
def tcp_tables(lab):
    with lab.step("Before a client comes", id="before"):
        server = tcp_server(lab)
        before = lab.h1.lsof(PORT)
        lab.expect_sockets(before, [dict(listening(server), protocol="TCP")], "one line for the server, LISTEN")

    with lab.step("A client is connected: lsof -n -i:12800 on both hosts", id="lsof"):
        client = tcp_client(lab.h2)
        receipt(lab, client, "hi")
        own = lab.packets(lab.h1, tcp("SYN", to=PORT))[0]["tcp.srcport"]
        waits = dict(listening(server), local="*", foreign=None, local_port=PORT)
        accepted, connected = established(server, lab.h1, PORT, lab.h2, own), established(client, lab.h2, own, lab.h1, PORT)
        table = lab.h1.lsof(PORT)
        lab.expect(table.columns, equals(LSOF), "lsof's columns")
        lab.expect_sockets(table, [waits, accepted], "two lines, LISTEN and ESTABLISHED, one PID", id="server")
        descriptors = [[row.descriptor for row in rows] for rows in (before, table.where(state="LISTEN"), table)]
        lab.expect(len(set(descriptors[2])), equals(2), "descriptors: each socket has its own")
        lab.expect(descriptors[1], equals(descriptors[0]), "descriptors that listen: the one from before")
        lab.expect_sockets(lab.h2.lsof(PORT), [connected], "the client: one line")

    with lab.step("netstat -p tcp shows connections; with -a the listening socket too", id="netstat"):
        server_side, client_side = lab.h1.netstat("-p", "tcp"), lab.h2.netstat("-p", "tcp")
        lab.expect(server_side.columns, equals(NETSTAT), "netstat's columns")
        lab.expect_sockets(server_side.where(local_port=PORT), [dict(accepted, receive_queue=0, send_queue=0)], "h1: the connection")
        lab.expect_sockets(client_side.where(foreign_port=PORT), [connected], "h2: the connection")
        everything = lab.h1.netstat("-paunt").where(local_port=PORT)
        lab.expect_sockets(everything, [dict(listening(server), foreign_port="*"), accepted], "h1, with -a: both sockets")

    with lab.step("After the client's 'end'", id="end"):
        client.ask("end")
        lab.expect(client.wait(), ended, "the client ends")
        with lab.step("The server goes on", id="goes-on", should=True):
            lab.expect_soon(lambda: len(lab.h1.lsof(PORT)), equals(1), "lines of lsof that are left")
            lab.expect_sockets(lab.h1.lsof(PORT), [waits], "the listening socket outlives the connection")
        lab.expect_sockets(lab.h2.lsof(PORT), [], "nothing is left of the client")
