"""The switch loses one datagram in a hundred on its way to h2."""

import subprocess

RULES = """
table netdev losses {
  chain to_h2 {
    type filter hook egress device "s1-eth2" priority 0;
    ip protocol udp numgen inc mod 100 == 0 drop
  }
}
"""


def tamper(net):
    subprocess.run(["nft", "-f", "-"], input=RULES, text=True, check=True)
