"""The hosts report their memberships by IGMPv2, to the groups themselves."""


def tamper(net):
    for host in net.hosts:
        host.cmd("echo 2 > /proc/sys/net/ipv4/conf/all/force_igmp_version")
