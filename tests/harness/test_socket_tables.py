"""Tables of netstat, lsof, ss and nstat: as they were printed on hosts of a lab, and as they never should be."""

from __future__ import annotations

import itertools
import types

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.socket_tables import SocketRow, SocketTable, SocketTableError, lsof, netstat, pair, ss
from harness.stage.counters import CountersError, nstat

PAUNT = """\
Active Internet connections (servers and established)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    
tcp6       0      0 :::1234                 :::*                    LISTEN      20/echo-server      
tcp6       0     12 10.0.0.1:1234           10.0.0.2:43068          ESTABLISHED 22/echo-server      
tcp        0      0 10.0.0.1:59240          10.0.0.2:80             TIME_WAIT   -                   
udp        0      0 10.0.0.1:5000           10.0.0.2:48140          ESTABLISHED 25/nc               
udp      768      0 0.0.0.0:12800           0.0.0.0:*                           31/python3 my file  
"""
P_TCP = """\
Active Internet connections (w/o servers)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name    
tcp        0      0 localhost:12800         localhost:59240         ESTABLISHED 2250/python3        
Active UNIX domain sockets (w/o servers)
Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path
unix  3      [ ]         STREAM     CONNECTED     18226    -                    @/tmp/.X11-unix/X0
"""
LSOF = """\
COMMAND   PID USER   FD   TYPE   DEVICE SIZE/OFF NODE NAME
echo-serv  20 root    8u  IPv6 12062722      0t0  TCP *:1234 (LISTEN)
echo-serv  22 root   11u  IPv6 12062725      0t0  TCP 10.0.0.1:1234->10.0.0.2:43068 (ESTABLISHED)
my\\x20prog 25 root    5u  IPv4 12062406      0t0  UDP 10.0.0.1:5000->10.0.0.2:48140 
"""
SS_BOTH = """\
Netid State  Recv-Q Send-Q     Local Address:Port      Peer Address:Port Process                              
udp   ESTAB  0      0               10.0.0.1:5000          10.0.0.2:48140 users:(("nc",pid=25,fd=5))          
tcp   LISTEN 1      128                    *:1234                 *:*     users:(("a \\"b",pid=20,fd=8),("c",pid=21,fd=8))
tcp   ESTAB  0      0      [::ffff:10.0.0.1]:1234 [::ffff:10.0.0.2]:43068 users:(("echo-server",pid=22,fd=11))
tcp   TIME-WAIT 0   0      10.0.0.1%h1-eth0:1234         [fe80::1]:43068
"""
SS_TCP = """\
State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
LISTEN 0      128                *:1234            *:*    users:(("echo-server",pid=20,fd=8))
"""
NSTAT = """\
#kernel
IpInReceives                    12                 0.0
UdpInDatagrams                  7                  0.0
UdpRcvbufErrors                 0                  0.0
TcpExtTCPAutoCorking            3                  0.0
"""


def test_netstat() -> None:
    table = netstat(PAUNT)
    assert table.columns == ("Proto", "Recv-Q", "Send-Q", "Local Address", "Foreign Address", "State", "PID/Program name")
    assert len(table) == 5 and table.text == PAUNT
    listening, established, waiting, connected, bound = table
    assert (listening.local, listening.local_port, listening.foreign_port) == ("::", "1234", "*")
    assert (established.state, established.pid, established.program, established.send_queue) == ("ESTABLISHED", 22, "echo-server", 12)
    assert (waiting.pid, waiting.program, waiting.state) == (None, None, "TIME_WAIT")
    assert (connected.protocol, connected.state, connected.pid) == ("udp", "ESTABLISHED", 25)
    assert (bound.state, bound.pid, bound.program, bound.receive_queue) == (None, 31, "python3 my file", 768)
    assert established.text == PAUNT.splitlines()[3]


def test_netstat_with_names_and_local_sockets() -> None:
    (row,) = netstat(P_TCP)
    assert (row.local, row.local_port, row.foreign, row.foreign_port, row.pid) == ("localhost", "12800", "localhost", "59240", 2250)


def test_lsof() -> None:
    table = lsof(LSOF)
    assert table.columns[0] == "COMMAND" and len(table) == 3
    assert [(row.pid, row.state, row.protocol, row.descriptor) for row in table] == [
        (20, "LISTEN", "TCP", "8u"), (22, "ESTABLISHED", "TCP", "11u"), (25, None, "UDP", "5u"),
    ]  # fmt: skip
    assert (table.rows[0].local, table.rows[0].foreign) == ("*", None)
    assert (table.rows[1].foreign, table.rows[1].foreign_port, table.rows[2].program) == ("10.0.0.2", "43068", "my\\x20prog")
    assert len(lsof("")) == 0


def test_ss() -> None:
    table = ss(SS_BOTH)
    assert table.columns[:2] == ("Netid", "State") and table.columns[-3:] == ("Local Address:Port", "Peer Address:Port", "Process")
    assert [row.pid for row in table] == [25, 20, 21, 22, None], "one row for each process that holds the socket"
    assert (table.rows[1].program, table.rows[1].receive_queue) == ('a \\"b', 1)
    assert (table.rows[3].local, table.rows[3].foreign) == ("10.0.0.1", "10.0.0.2")
    assert (table.rows[4].local, table.rows[4].foreign, table.rows[4].state) == ("10.0.0.1%h1-eth0", "fe80::1", "TIME-WAIT")
    alone = ss(SS_TCP, protocol="udp")
    assert alone.columns[-2:] == ("Peer Address:Port", "Process") and alone.rows[0].protocol == "udp"


def test_where() -> None:
    table = netstat(PAUNT)
    server = types.SimpleNamespace(pid=20)
    assert [row.pid for row in table.where(state="LISTEN", pid=server)] == [20]
    assert [row.pid for row in table.where(local_port=1234)] == [20, 22]
    assert [row.pid for row in table.where(pid=[server, 25, types.SimpleNamespace(pid=22)])] == [20, 22, 25]
    assert table.where(pid=[]) == [] and len(table.where(pid=None)) == 1
    with pytest.raises(TypeError, match="a socket table has no port"):
        table.where(port=3)


def test_counters() -> None:
    before = nstat(NSTAT)
    after = nstat(NSTAT.replace("UdpInDatagrams                  7", "UdpInDatagrams 19") + "UdpInErrors 2 0.0\n")
    change = after - before
    assert change["UdpInDatagrams"] == 12 and change["UdpInErrors"] == 2 and change["UdpRcvbufErrors"] == 0
    assert change.changed == {"UdpInDatagrams": 12, "UdpInErrors": 2} and str(change) == "UdpInDatagrams 12, UdpInErrors 2"
    with pytest.raises(KeyError, match="no counter UdpRcvBufferErrors; near ones are UdpRcvbufErrors"):
        change["UdpRcvBufferErrors"]


@pytest.mark.parametrize("text", ["", "#kernel\n", "nstat: no such file\n", "UdpInDatagrams\n", "Udp 1 0.0 more\n"])
def test_what_is_no_table_of_counters(text: str) -> None:
    with pytest.raises(CountersError):
        nstat(text)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (netstat, ""),
        (netstat, "netstat: command not found"),
        (netstat, PAUNT + "tcp  0  0 nowhere 10.0.0.1:2 LISTEN 1/x\n"),
        (netstat, PAUNT + "tcp  0  0 1.2.3.4:1 10.0.0.1:2 LISTEN x/1\n"),
        (netstat, PAUNT + "tcp  -1  0 1.2.3.4:1 10.0.0.1:2 LISTEN 1/x\n"),
        (netstat, PAUNT + "\x1b[2Jtcp  0  0 1.2.3.4:1 10.0.0.1:2 LISTEN 1/x\n"),
        (lsof, "lsof: no pwd entry for UID 1000\n"),
        (lsof, LSOF + "half a li\n"),
        (lsof, LSOF + "x 1 root 8u IPv6 1 0t0 TCP nowhere (LISTEN)\n"),
        (lsof, LSOF + "x 1 root 8u IPv6 1 0t0 TCP *:1 (LISTEN) more\n"),
        (ss, ""),
        (ss, "Failed to open cgroup2 mount\n"),
        (ss, SS_TCP + "LISTEN 0 128 *:1 *:* ino:12 sk:1\n"),
        (ss, SS_TCP + "tcp LISTEN 0 128 *:1 *:*\n"),
        (ss, SS_BOTH + "LISTEN 0 128 *:1 *:*\n"),
        (ss, SS_TCP + 'LISTEN 0 128 *:1 *:* users:(("x",pid=1,fd=2),junk)\n'),
        (ss, SS_TCP + "LISTEN 0 128 *: *:*\n"),
    ],
)
def test_what_cannot_be_read_is_an_error(read, text: str) -> None:
    with pytest.raises(SocketTableError):
        read(text)


@given(st.sampled_from([netstat, lsof, ss, nstat]), st.sampled_from([PAUNT, P_TCP, LSOF, SS_BOTH, SS_TCP, NSTAT]), st.data())
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(read, text: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text)))
    to = data.draw(st.integers(at, min(len(text), at + 30)))
    changed = text[:at] + data.draw(st.text(max_size=12)) + text[to:]
    try:
        read(changed)
    except (SocketTableError, CountersError):
        pass


_ROW = SocketRow("", "tcp", "10.0.0.1", "80")
_ROWS = [SocketRow("", "tcp", "10.0.0.1", "80", state, pid=pid) for state in ("LISTEN", "ESTAB") for pid in (1, 2)]
_WANTED = [{"state": "LISTEN"}, {"pid": 1}, {"pid": [1, 2]}, {"state": "ESTAB", "pid": 2}, {}]


@given(st.lists(st.sampled_from(_ROWS), max_size=5), st.lists(st.sampled_from(_WANTED), max_size=5))
@settings(max_examples=300, deadline=None)
def test_pairing_finds_a_way_if_there_is_one(rows: list[SocketRow], wanted: list[dict]) -> None:
    def fits(row: SocketRow, one: dict) -> bool:
        return bool(SocketTable("", "", (), (row,)).where(**one))

    ways = itertools.permutations(rows) if len(rows) == len(wanted) else []
    assert pair(rows, wanted) is any(all(map(fits, way, wanted)) for way in ways)


def test_pairing_of_a_thousand() -> None:
    rows = [SocketRow("", "tcp", "10.0.0.1", "80", "ESTABLISHED", pid=7) for _ in range(1000)]
    assert pair(rows, [{"pid": 7}] * 1000) and not pair(rows, [{"pid": 7}] * 999 + [{"pid": 8}])
