"""One host too many."""


def tamper(net):
    host = net.addHost("h4", ip="10.0.0.4/8")
    switch = net.switches[0]
    link = net.addLink(host, switch)
    if hasattr(switch, "attach"):
        switch.attach(link.intf2)
    else:  # a Linux bridge
        switch.cmd("ip", "link", "set", link.intf2.name, "master", switch.name)
    host.configDefault()
