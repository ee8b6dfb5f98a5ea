"""Hosts drop datagrams for closed ports and tell nobody."""


def tamper(net):
    for host in net.hosts:
        host.cmd("nft 'add table ip t; add chain ip t c { type filter hook output priority 0; }'")
        host.cmd("nft 'add rule ip t c icmp type destination-unreachable drop'")
