"""One host too many."""


def tamper(net):
    host = net.addHost("h4", ip="10.0.0.4/8")
    link = net.addLink(host, net.switches[0])
    net.switches[0].attach(link.intf2)
    host.configDefault()
