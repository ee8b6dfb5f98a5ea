"""Wrong members of the multicast chat, and wrong networks for it (lab group, exercise 4.1)."""

from harness import Mutant, program

_GIVEN = ("{room}", "{name}", "--port={port}", "--interface={interface}", "--ttl={ttl}", "--keep-alive={keep_alive}")

# Faults of a member's program, by question, and what must find them out.
_MEMBER = {
    "group.4-1-1": {
        "comes-silently": "ana to read 'bob'",
        "leaves-silently-at-the-end-of-input": "bob to read 'ana'",
        "dies-of-interrupt": "cleo to read 'bob'",
        "leaves-twice": "ana leaves by Ctrl+D: datagrams to the room",
        "sends-twice": "what ana says is shown to all",
        "shows-itself-twice": "what ana says is shown to all, ana included",
        "does-not-loop": "bob to read 'cleo'",
        "does-not-share-its-port": "h2-mcast-chat-2",
        "hears-nobody": "ana to read 'bob'",
        "ascii-only": "to read 'ana bonjour à tous'",
    },
    "group.4-1-1-rooms": {"hears-every-room": "shown on h1 to its member alone, once"},
    "group.4-1-1-route": {
        "content-without-a-route": "without a route: how the chat ends",
        "does-not-say-why": "without a route: it says why (ENETUNREACH)",
        "ignores-interface": "h2-mcast-chat",
    },
    "group.4-1-1-datagrams": {
        "cuts-long-lines": "its writer is told",
        "sends-too-much": "the longest datagram",
        "comes-silently": "to read 'bob'",
        "sends-twice": "the whole conversation, as datagrams",
        "takes-strangers-for-members": "sees where it came from",
    },
    "group.4-1-1-hostile": {
        "dies-of-bad-text": "ana to read 'eve still here'",
        "dies-of-too-long": "ana to read 'eve still here'",
        "shows-bad-text": "bytes shown that could move a terminal",
        "does-not-count": "ana tells what was dropped",
        "answers-strangers": "bob's line, and no answer",
    },
    "group.4-1-1-crash": {"keeps-no-promise": 'mcast_chat.type == "ALIVE"'},
    "group.4-1-2": {
        "joins-the-other": "with ana: the Ethernet address, and the group in both tables",
        "leaves-a-child": "after bob: the group stays until the last has left",
    },
    "group.4-1-2-alike": {"joins-the-other-too": "lines of ana that bob reads"},
    "group.4-1-2-alike-snooping": {"joins-the-other-too": "snooping: only members get the frames"},
    "group.4-1-3": {
        "broadcasts": "the datagrams at h1 go to",
        "leaves-a-child": "h1 leaves: reports of IGMPv3, record type 3",
    },
    "group.4-1-4": {"leaves-a-child": "h1 leaves ff12::801:101: reports of MLDv2, record type 3"},
    "group.4-1-4-hops": {"ignores-ttl": "--ttl 1: who reads it"},
}
# Wrong networks.
_NETWORK = {
    "group.4-1-2-alike": {"tamper_duplicating_switch.py": "flood: every host gets the frames"},
    "group.4-1-2-alike-snooping": {"tamper_flooding_switches.py": "snooping: only members get the frames"},
    "group.4-1-3": {
        "tamper_igmpv2.py": "h1 joins: reports of IGMPv3, record type 4",
        "tamper_flooding_switches.py": "snooping+querier: to members only",
        "tamper_duplicating_switch.py": "snooping+querier: to members only",
        "tamper_forgetful_switch.py": "Zoë to read 'ana line 0'",
    },
    "group.4-1-3-snooping": {"tamper_flooding_switches.py": "snooping: to members only"},
    "group.4-1-3-flood": {"tamper_duplicating_switch.py": "flood: to all hosts, members or not"},
    "group.4-1-4": {
        "tamper_mldv1.py": "h1 joins ff12::801:101: reports of MLDv2, record type 4",
        "tamper_flooding_switches.py": "ff12::801:101: to members only",
    },
    "group.4-1-4-scopes": {
        "tamper_wide_site.py": "site (ff15::801:101): who hears whom, by what is shown",
        "tamper_flooding_switches.py": "site: datagrams at hosts that are no members",
    },
}
MUTANTS = [
    *(
        Mutant(question, name, caught_by, {"mcast-chat": program("chat.py", name, *_GIVEN)})
        for question, faults in _MEMBER.items()
        for name, caught_by in faults.items()
    ),
    *(
        Mutant(question, file.removeprefix("tamper_").removesuffix(".py").replace("_", "-"), caught_by, tamper=file)
        for question, faults in _NETWORK.items()
        for file, caught_by in faults.items()
    ),
]
