"""Wrong members of the multicast chat, and wrong networks for it (lab group, exercise 4.1)."""

from harness import Mutant, program

_GIVEN = ("{room}", "{name}", "--port={port}", "--interface={interface}", "--ttl={ttl}", "--keep-alive={keep_alive}")

# Faults of a member's program, by question, and the id of what must find them out.
_MEMBER = {
    "group.4-1-1": {
        "comes-silently": "come",
        "leaves-silently-at-the-end-of-input": "leave",
        "dies-of-interrupt": "leave",
        "leaves-twice": "leave/datagrams",
        "sends-twice": "speak/shown",
        "shows-itself-twice": "speak/shown",
        "does-not-loop": "come",
        "does-not-share-its-port": "come",
        "hears-nobody": "come",
        "ascii-only": "speak",
    },
    "group.4-1-1-rooms": {"hears-every-room": "alone/shown"},
    "group.4-1-1-route": {
        "content-without-a-route": "lost/status",
        "does-not-say-why": "lost/why",
        "ignores-interface": "found",
    },
    "group.4-1-1-datagrams": {
        "cuts-long-lines": "full/told",
        "sends-too-much": "protocol/longest",
        "comes-silently": "lines",
        "sends-twice": "protocol/exchange",
        "takes-strangers-for-members": "stranger/source",
    },
    "group.4-1-1-hostile": {
        "dies-of-bad-text": "attack",
        "dies-of-too-long": "attack",
        "shows-bad-text": "leave/dangers",
        "does-not-count": "leave/dropped",
        "answers-strangers": "goes-on/answers",
    },
    "group.4-1-1-crash": {"keeps-no-promise": "come"},
    "group.4-1-2": {
        "joins-the-other": "come/tables",
        "leaves-a-child": "leave/tables",
    },
    "group.4-1-2-alike": {"joins-the-other-too": "speak/read"},
    "group.4-1-2-alike-snooping": {"joins-the-other-too": "frames/members-only"},
    "group.4-1-3": {
        "broadcasts": "captures/to",
        "leaves-a-child": "captures/leaves",
    },
    "group.4-1-4": {"leaves-a-child": "captures/leaves"},
    "group.4-1-4-hops": {"ignores-ttl": "ttl-1/readers"},
}
# Wrong networks.
_NETWORK = {
    "group.4-1-2-alike": {"tamper_duplicating_switch.py": "frames/every-host"},
    "group.4-1-2-alike-snooping": {"tamper_flooding_switches.py": "frames/members-only"},
    "group.4-1-3": {
        "tamper_igmpv2.py": "captures/joins",
        "tamper_flooding_switches.py": "speak/delivered",
        "tamper_duplicating_switch.py": "speak/delivered",
        "tamper_forgetful_switch.py": "speak",
    },
    "group.4-1-3-snooping": {"tamper_flooding_switches.py": "speak/delivered"},
    "group.4-1-3-flood": {"tamper_duplicating_switch.py": "speak/delivered"},
    "group.4-1-4": {
        "tamper_mldv1.py": "captures/joins",
        "tamper_flooding_switches.py": "link-local/delivered",
    },
    "group.4-1-4-scopes": {
        "tamper_wide_site.py": "speak/shown",
        "tamper_flooding_switches.py": "speak/idle",
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
