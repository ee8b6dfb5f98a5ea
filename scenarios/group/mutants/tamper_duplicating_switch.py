"""The switch of the last host hands every packet to a group over to it twice."""

import subprocess

RULES = """
table netdev duplicating {{
  chain to_last {{
    type filter hook egress device "{port}" priority 0;
    ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00 meta l4proto udp meta mark != 7 meta mark set 7 dup to "{port}"
  }}
}}
"""


def tamper(net):
    intf = net.hosts[-1].defaultIntf()
    port = intf.link.intf1 if intf.link.intf2 is intf else intf.link.intf2
    subprocess.run(["nft", "-f", "-"], input=RULES.format(port=port.name), text=True, check=True)
