"""The switch of the last host loses one packet in ten to groups on its way there, as if it forgot the member now and then."""

import subprocess

RULES = """
table netdev forgetful {{
  chain to_last {{
    type filter hook egress device "{port}" priority 0;
    ether daddr & 01:00:00:00:00:00 == 01:00:00:00:00:00 meta l4proto udp numgen inc mod 10 == 0 drop
  }}
}}
"""


def tamper(net):
    intf = net.hosts[-1].defaultIntf()
    port = intf.link.intf1 if intf.link.intf2 is intf else intf.link.intf2
    subprocess.run(["nft", "-f", "-"], input=RULES.format(port=port.name), text=True, check=True)
