"""What probers of round-trip times print, by their habits: scenarios/services/kit/probe_output.py finds in all the same four numbers."""

from __future__ import annotations

import json
import math
import time

import pytest

from scenarios.services.kit.probe_output import Told, told

ADDRESS, OTHER = "10.0.0.2", "10.0.0.22"
FOUND = Told(13, 12, 1, 2.5)

_OUTPUTS = {
    "the sheet's": """*****
Estadísticas IP: 10.0.0.22
Paquetes: enviados=18, Recibido=18, Perdido=0
Promedio=239 ms
*****
*****
Estadísticas IP: 10.0.0.2
Paquetes: enviados=13, Recibido=12, Perdido=1
Promedio=2.5 ms
*****
""",
    "ours": """10.0.0.2:2681 over udp
  sent=13 received=12 lost=1 (7.7 %: 1 on the way there, 0 on the way back, 0 unknown) late=0
  average=2.500 ms maximum=3.000 ms, of those received
  of all: minimum=2.000 ms median=2.400 ms 50 %=2.400 ms 90 %=3.000 ms 95 %=infinite ms 99 %=infinite ms
  median by the program's clock=2.500 ms, responder's own time subtracted, median=0.030 ms
10.0.0.22:2681 over udp
  sent=10 received=10 lost=0 late=0
  average=20.000 ms maximum=30.000 ms, of those received
10.0.0.2: udp 2.400 ms tcp 2.600 ms (+0.200 ms)
udp: 5 probes not sent, because the program was not run in time
""",
    "ping": """PING 10.0.0.2 (10.0.0.2) 56(84) bytes of data.
64 bytes from 10.0.0.2: icmp_seq=1 ttl=64 time=9.50 ms

--- 10.0.0.2 ping statistics ---
13 packets transmitted, 12 received, 7.69231% packet loss, time 9011ms
rtt min/avg/max/mdev = 2.045/2.500/2.910/0.100 ms
""",
    "fping": """10.0.0.2  : xmt/rcv/%loss = 13/12/7%, min/avg/max = 2.04/2.50/2.91
10.0.0.22 : xmt/rcv/%loss = 10/10/0%, min/avg/max = 20.4/20.5/20.9
""",
    "lines in English": """Host 10.0.0.22
  Packets sent: 5
  Average RTT: 20 ms
Host 10.0.0.2
  Packets sent: 13
  Packets received: 12
  Packets lost: 1 (7.7%)
  Average RTT: 2.5 ms
""",
    "seconds and decimal commas": "10.0.0.2: enviados 13, recibidos 12, perdidos 1 (7,7 %), RTT medio 0,0025 s\n10.0.0.22: RTT medio 0,02 s\n",
    "microseconds": "[10.0.0.2] tx=13 rx=12 lost=1 avg=2500 µs min=2000 µs\n",
    "numbers in front": "10.0.0.2 -> 13 enviados, 12 recibidos, 1 perdido; 2.5 ms promedio\n10.0.0.22 -> 9 enviados, 9 recibidos, 0 perdidos; 20 ms promedio\n",
    "sentences": "A 10.0.0.2 se enviaron 13 paquetes, se recibieron 12 y se perdió 1. El RTT medio fue de 2,5 milisegundos.\n",
    "label first": """RTT promedio a 10.0.0.22: 20 ms (enviados: 5, recibidos: 5, perdidos: 0)
RTT promedio a 10.0.0.2: 2.5 ms (enviados: 13, recibidos: 12, perdidos: 1)
""",
    "a table of blanks": """Dirección IP    Enviados  Recibidos  Perdidos  RTT medio (ms)
--------------------------------------------------------------
10.0.0.22             10         10         0          20.100
10.0.0.2              13         12         1           2.500
""",
    "a narrow table": """Dirección        Enviados Recibidos Perdidos   RTT medio (s)
10.0.0.2               13        12        1        0.002500
10.0.0.22              10        10        0        0.020000
""",
    "a table with bars": """+-----------+------+----------+--------+---------+
| Address   | Sent | Received | Lost % | Avg (s) |
+-----------+------+----------+--------+---------+
| 10.0.0.2  |   13 |       12 |    7.7 |  0.0025 |
| 10.0.0.22 |   10 |       10 |    0.0 |  0.0200 |
+-----------+------+----------+--------+---------+
""",
    "CSV": "ip,sent,received,lost,min_ms,avg_ms,max_ms\n10.0.0.2,13,12,1,2.0,2.5,2.9\n10.0.0.22,10,10,0,20.0,20.5,20.9\n",
    "CSV of a Spanish spreadsheet": "ip;enviados;recibidos;perdidos;promedio\n10.0.0.2;13;12;1;2,5\n10.0.0.22;10;10;0;20,5\n",
    "JSON": json.dumps({"10.0.0.2": {"sent": 13, "received": 12, "lost": 1, "avg_s": 0.0025}, OTHER: {"sent": 10, "avg_s": 0.02}}),
    "a dictionary": "{'10.0.0.22': {'enviados': 9}, '10.0.0.2': {'enviados': 13, 'recibidos': 12, 'perdidos': 1, 'promedio': 2.5}}",
    "each probe, then all": """10.0.0.2: seq=1 rtt=9.1 ms
10.0.0.22: seq=1 rtt=20.1 ms
10.0.0.2: seq=2 no reply
=== 10.0.0.22 ===
sent: 10, received: 10, lost: 0
mean: 20 ms
=== 10.0.0.2 ===
sent: 13, received: 12, lost: 1
mean: 2.5 ms
""",
    "every time anew": "".join(
        f"Estadísticas IP: 10.0.0.2\nPaquetes: enviados={count}, Recibido={count - 1}, Perdido=1\nPromedio={count - 10.5} ms\n" for count in (11, 12, 13)
    ),
    "no average but a round trip": "10.0.0.2:7  sent=13  received=12  lost=1  RTT = 2.5 ms\n",
    "colours": "\x1b[1m10.0.0.2\x1b[0m\n\x1b[32mSent:\x1b[0m 13\n\x1b[32mReceived:\x1b[0m 12\n\x1b[31mLost:\x1b[0m 1\nMean RTT:\t2.5 ms\n",
    "one of so many": "10.0.0.2: 12/13 received, average over 12 replies: 2.5 ms\n10.0.0.22: 9 of 9 received, average 20 ms\n",
    "cells": "Host: 10.0.0.2 | Sent: 13 | Recv: 12 | Loss: 7.69% | Avg: 2.5ms | Max: 3ms\nOverall average of all hosts: 75 ms\n",
    "dots": """Resultados para 10.0.0.2 (UDP):
  Paquetes enviados ....: 13
  Paquetes recibidos ...: 12
  Paquetes perdidos ....: 1
  RTT min/prom/max (ms) : 2.0/2.5/2.9
""",
    "a drawn table": """│ Host      │ Env. │ Enviados │ Recibidos │ Perdidos │ RTT prom. │
│ 10.0.0.2  │ -    │ 13       │ 12        │ 1        │ 2.500 ms  │
""",
    "nothing of lost ones": "Estadísticas de 10.0.0.2 - Enviados: 13 - Recibidos: 12 - Media: 2.5 ms\n",
}  # fmt: skip


@pytest.mark.parametrize("habit", _OUTPUTS)
def test_the_same_numbers_in_all_habits(habit: str) -> None:
    assert numbers_of(told(_OUTPUTS[habit], ADDRESS)) == pytest.approx(numbers_of(FOUND), abs=0.011 if habit == "fping" else 1e-9)


def numbers_of(found: Told) -> list[float]:
    return [found.sent, found.received, found.lost, found.average]


def test_a_wrong_number_stays_wrong() -> None:
    assert told("10.0.0.2: sent=13 received=12 lost=0 average=1 ms", ADDRESS) == Told(13, 12, 0, 1)
    assert told("10.0.0.2\n13 packets transmitted, 12 received, 0% packet loss", ADDRESS).lost == 0
    assert told("10.0.0.2: promedio 2.5 s", ADDRESS).average == 2500


@pytest.mark.parametrize("output", ["", "10.0.0.22: sent=13 received=12 lost=1 average=2.5 ms\n", "10.0.0.2\n", "10.0.0.2: mediana 2.5 ms, rtt\n"])
def test_what_is_not_told_is_no_number(output: str) -> None:
    found = told(output, ADDRESS)
    assert all(math.isnan(number) for number in numbers_of(found))


@pytest.mark.parametrize(
    "piece", [
        "sent ", "a/", "1 ", "1,", "avg", "10.0.0.2 ", "10.0.0.2\n", "sent=1 of", "\n", " ", "avg " + " " * 50, "sent received lost avg\n",
        "sent of 1/1/", "10.0.0.2 sent received avg lost ",
    ],
)  # fmt: skip
def test_long_outputs_of_anything_take_no_time(piece: str) -> None:
    began = time.process_time()
    told(piece * ((1 << 24) // len(piece)), ADDRESS)
    assert time.process_time() - began < 5
