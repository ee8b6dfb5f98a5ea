"""While one TCP client is connected the server has two sockets, LISTEN and ESTABLISHED, and both belong to one process.

The socket that listen made waits for connections all its life and never carries data: its foreign end is "any". accept returns a
second socket, with a descriptor of its own, for the one client: it is the connection's end, and has the client's address and
port. The client has one socket and so one line, with the same two ends the other way round. netstat shows Proto, the queues,
both ends, the State and the PID; lsof shows COMMAND, PID, USER and FD, the descriptor.
"""

from harness import contains, ended, equals, scenario
from topologies.single import Single

PORT = 12800
NETSTAT = ("Proto", "Recv-Q", "Send-Q", "Local Address", "Foreign Address", "State", "PID/Program name")
LSOF = ("COMMAND", "PID", "USER", "FD", "TYPE", "DEVICE", "SIZE/OFF", "NODE", "NAME")


@scenario(
    "transport.1-2",
    question="TCP: what netstat -p tcp and lsof -n -i:12800 show",
    topology=Single(),
    roles=["tcp-server", "tcp-client"],
    load=0.45,
    seconds=4,
)
def tcp_tables(lab):
    server = lab.h1.start("tcp-server", port=PORT, mode="iterative").wait_listening(PORT)
    lab.step("Before a client comes")
    before = lab.h1.lsof(PORT)
    lab.expect_sockets(before, [dict(pid=server, state="LISTEN", protocol="TCP")], "one line for the server, LISTEN")

    lab.step("A client is connected")
    client = lab.h2.start("tcp-client", host=lab.h1, port=PORT)
    lab.expect(client.ask("hi", "Message received"), contains("Message received"), "the client is served")
    own_port = lab.packets(lab.h1, f"tcp.dstport == {PORT} && tcp.flags.syn == 1")[0]["tcp.srcport"]

    lab.step("lsof -n -i:12800 on both hosts")
    table = lab.h1.lsof(PORT)
    lab.expect(table.columns, equals(LSOF), "lsof's columns")
    listening = dict(pid=server, state="LISTEN", local="*", foreign=None, local_port=PORT)
    accepted = dict(pid=server, state="ESTABLISHED", local=lab.h1, local_port=PORT, foreign=lab.h2, foreign_port=own_port)
    lab.expect_sockets(table, [listening, accepted], "two lines, LISTEN and ESTABLISHED, one PID")
    lab.expect(len({row.descriptor for row in table}), equals(2), "descriptors: each socket has its own")
    lab.expect([row.descriptor for row in table.where(state="LISTEN")], equals([row.descriptor for row in before]),
               "the listening socket is still the one from before")  # fmt: skip
    connected = dict(state="ESTABLISHED", local=lab.h2, local_port=own_port, foreign=lab.h1, foreign_port=PORT)
    lab.expect_sockets(lab.h2.lsof(PORT), [dict(pid=client, **connected)], "the client: one line")

    lab.step("netstat -p tcp shows connections; with -a the listening socket too")
    table = lab.h1.netstat("-p", "tcp")
    lab.expect(table.columns, equals(NETSTAT), "netstat's columns")
    lab.expect_sockets(table.where(local_port=PORT), [dict(accepted, receive_queue=0, send_queue=0)], "h1: the connection")
    lab.expect_sockets(lab.h2.netstat("-p", "tcp").where(foreign_port=PORT), [dict(pid=client, **connected)], "h2: the connection")
    everything = lab.h1.netstat("-paunt").where(local_port=PORT)
    lab.expect_sockets(everything, [dict(pid=server, state="LISTEN", foreign_port="*"), accepted], "h1, with -a: both sockets")

    lab.step("After the client's 'end'")
    client.ask("end")
    lab.expect(client.wait(), ended, "the client ends")
    with lab.step("The server goes on", should=True):
        lab.expect_soon(lambda: len(lab.h1.lsof(PORT)), equals(1), "lines of lsof that are left")
        lab.expect_sockets(lab.h1.lsof(PORT), [listening], "the listening socket outlives the connection")
    lab.expect_sockets(lab.h2.lsof(PORT), [], "nothing is left of the client")
