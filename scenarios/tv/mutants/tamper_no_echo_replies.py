"""The last host answers no ping."""


def tamper(net):
    net.hosts[-1].cmd("echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all")
