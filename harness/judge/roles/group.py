"""Roles of the lab group: chat by multicast, and multicast by the hosts themselves."""

from harness.judge.roles.role import Role

ROLES = [
    Role(
        "rdv-point",
        ["rdv-point", ["--port", "{port}"], ["--lifetime", "{lifetime}"], ["--state", "{state}"], ["--extensions", "{extensions}"],
         ["--json", "{json}"]],
        {"port": "UDP port to listen on, 10000 in the sheet",
         "lifetime": "seconds a root stays registered after its last RREG, 180 in the sheet",
         "state": "file that keeps the registration over a restart", "extensions": "on or off: of the protocol, see docs/protocols/hmtp.md",
         "json": "file for its counts, written when it is stopped: malformed, unknown, unexpected"},
        "Rendezvous point of the multicast tree: answers ROOT by TOOR with the root's 'address port' or nothing, RREG by YREG or, "
        "when another node is the root, NREG; forgets a root that is silent for the lifetime. SIGINT and SIGTERM end it, status 0.",
        "the UDP port is bound",
        {"restored the root": "on standard error, when it knows the root from its state file"},
        reads=frozenset({"state"}),
        writes=frozenset({"state", "json"}),
    ),
    Role(
        "mcast-node",
        ["mcast-node", ["--rdv-point", "{rdv_point}"], ["--port", "{port}"], ["--data-port", "{data_port}"], ["--address", "{address}"],
         ["--children-max", "{children_max}"], ["--refresh", "{refresh}"], ["--child-lifetime", "{child_lifetime}"],
         ["--root-cache", "{root_cache}"], ["--answer-timeout", "{answer_timeout}"], ["--refresh-repeat", "{refresh_repeat}"],
         ["--rest", "{rest}"], ["--resend", "{resend}"], ["--extensions", "{extensions}"], ["--output", "{output}"],
         ["--seed", "{seed}"], ["--status-socket", "{status_socket}"], ["--counters", "{counters}"]],
        {"rdv_point": "the rendezvous point: address, address:port or [address]:port",
         "port": "UDP port of the tree, 10000 in the sheet", "data_port": "UDP port for local messages, 10001 in the sheet",
         "address": "address to bind to", "children_max": "most children, 3 in the sheet",
         "refresh": "seconds between two refreshes, 120 in the sheet",
         "child_lifetime": "seconds a child stays after its last RJOI, 180 in the sheet",
         "root_cache": "seconds the root's address is used for messages, at most 60 in the sheet",
         "answer_timeout": "seconds until an unanswered request is repeated",
         "refresh_repeat": "seconds until an unanswered refresh is repeated", "rest": "seconds between two attempts to join",
         "resend": "seconds until a message that did not come back is sent again",
         "extensions": "on or off: of the protocol, see docs/protocols/hmtp.md",
         "output": "lines, raw or json", "seed": "of random choices",
         "status_socket": "path of the status socket: a JSON object (parent, children, counters) to whoever connects",
         "counters": "file for the last status, written when it is stopped"},
        "Member of the multicast tree: finds the root by the rendezvous point, or becomes it; joins the tree from the root downwards "
        "(RJOI, YJOI, NJOI); takes messages of this host's programs at the data port, has the root distribute them, and prints each "
        "message of the group once on standard output. SIGINT and SIGTERM end it, status 0.",
        "the UDP port is bound",
        {"<message>": "on standard output at once, each message of the group as a line, once"},
        writes=frozenset({"status_socket", "counters"}),
    ),
    Role(
        "mcast-chat",
        ["mcast-chat", "--room", "{room}", "--name", "{name}", ["--port", "{port}"], ["--interface", "{interface}"], ["--ttl", "{ttl}"],
         ["--loopback", "{loopback}"], ["--keep-alive", "{keep_alive}"]],
        {"room": "multicast address of the room, IPv4 or IPv6",
         "name": "the member's name",
         "port": "UDP port of the room, 5000 in the sheet",
         "interface": "network interface by which the room is reached",
         "ttl": "time to live (hop limit) of what is sent; 1 stays on the link",
         "loopback": "on or off: whether other members on the same host hear it",
         "keep_alive": "seconds between signs of life, after three of which without one a member is taken for gone"},
        "Joins the multicast group and announces that its member has come; sends each line of its input to the group and prints "
        "every message of the room once, its own too, with the name of who said it; announces the leave, once, at the end of its "
        "input, at SIGINT and at SIGTERM, status 0. What comes from the network never reaches the terminal as control characters. "
        "The datagrams are docs/protocols/mcast-chat.md's, or plain text.",
        "the UDP port is bound",
        {
            "<name> <text>": "on standard output at once, a line for each message, with both of them",
            "<name> joined": "on standard output, a line when a member comes, its own coming too",
            "<name> left": "on standard output, a line when another member goes",
            "* <name> has gone silent": "on standard output, when three signs of life that were promised are missing",
            "[<address>:<port>] <text>": "on standard output, for plain text of somebody who is no member",
            "not sent": "on standard error, when a line does not fit into a datagram; the status is 1 in the end",
            "Network is unreachable": "on standard error, when no interface leads to the room; status 1",
            "dropped <number>: <kinds>": "on standard error when it ends, how many datagrams were no messages, by kinds",
        },
    ),
]  # fmt: skip
