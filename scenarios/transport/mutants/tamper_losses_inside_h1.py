"""h1 loses datagrams for port 12800 between its interface and its sockets: each capture has them, no socket ever sees them."""


def tamper(net):
    host = net.get("h1")
    host.cmd("nft 'add table ip t; add chain ip t c { type filter hook input priority 0; }'")
    host.cmd("nft 'add rule ip t c udp dport 12800 numgen inc mod 10 == 5 drop'")
