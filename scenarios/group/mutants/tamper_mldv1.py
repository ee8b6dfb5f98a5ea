"""The hosts report their IPv6 memberships by MLDv1, to the groups themselves."""


def tamper(net):
    for host in net.hosts:
        host.cmd(f"echo 1 > /proc/sys/net/ipv6/conf/{host.defaultIntf()}/force_mld_version")
