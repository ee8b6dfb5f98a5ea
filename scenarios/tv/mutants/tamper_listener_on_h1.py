"""Somebody listens on the very host that the sheet names by mistake."""


def tamper(net):
    net.hosts[0].cmd("nc -l -k 1234 > /dev/null & until ss -lnt | grep -q :1234; do sleep 0.01; done")
