"""Every host rejects the first connection attempt by ICMP: refused all the same, but without a reset."""


def tamper(net):
    for host in net.hosts:
        host.cmd("nft 'add table ip t; add chain ip t c { type filter hook input priority 0; }'")
        host.cmd("nft 'add rule ip t c tcp flags & (syn | ack) == syn numgen inc mod 1000 == 0 reject'")
