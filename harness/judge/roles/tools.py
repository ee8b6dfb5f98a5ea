"""Roles that existing tools fill: their own command lines are the contract, as far as scenarios use them."""

from harness.judge.roles.role import Role

_SERVER = {"host": "server's address", "port": "server's TCP port"}

ROLES = [
    Role(
        "netcat",
        ["nc"],
        {},
        "OpenBSD netcat: a client of HOST and PORT, or with -l a server on PORT; copies its input to the network, and what comes to its "
        "output. A TCP server ends after its first client has. A UDP client is connected: it ends when it is refused.",
        "the port is bound",
        {
            "<bytes>": "on standard output, what comes from the network, as it comes",
            "Connection refused": "on standard error, with -v, when nobody listens; its status is not 0 then, with -v or without",
        },
        options={
            "-l": "listen, and serve one client",
            "-u": "UDP in place of TCP",
            "-N": "at the end of the input, end the connection's sending side (FIN)",
            "-C": "end each line that is sent with CR LF",
            "-v": "tell on standard error how connecting went",
            "-q SECONDS": "end so long after the end of the input",
        },
        operands={"HOST": "whom to connect to", "PORT": "its port; with -l the port to listen on, alone"},
    ),
    Role(
        "udp-sender",
        ["socat", "-u", "-", "UDP4-{socket}:{host}:{port}"],
        {"host": "receiver's address", "port": "receiver's UDP port", "socket": "SENDTO (unconnected) or CONNECT"},
        "Sends each line of its input at once as a datagram. An unconnected socket (sendto) never learns of a refusal and ends "
        "with status 0 after its input; a connected one fails at the write after it: a message on stderr, status not 0.",
        says={"Connection refused": "on standard error, when a connected socket was refused"},
    ),
    Role(
        "cat",
        ["cat"],
        {},
        "Copies files to standard output.",
        says={"<bytes>": "on standard output, what the files hold"},
        operands={"FILE…": "a file to copy"},
        reads=frozenset({"FILE…"}),
    ),
    Role(
        "ffmpeg",
        ["ffmpeg"],
        {},
        "ffmpeg: decodes a file or a stream, and prints a hash of each picture.",
        says={"<hashes>": "on standard output, a line for each picture (framemd5)"},
        options={
            "-hide_banner": "no banner",
            "-nostdin": "standard input is not read",
            "-loglevel LEVEL": "what it tells on standard error",
            "-threads NUMBER": "how many threads decode",
            "-i INPUT": "what to decode: a file, or udp://ADDRESS:PORT",
            "-map STREAM": "which stream of it",
            "-fps_mode MODE": "whether pictures are left out or doubled",
            "-vf FILTERS": "filters of the pictures",
            "-f FORMAT": "form of the output",
        },
        operands={"OUTPUT": "- for standard output"},
        reads=frozenset({"-i INPUT"}),
    ),
    Role(
        "inetd",
        ["inetd", "-i", "{file}"],
        {"file": "configuration, of inetd.conf's form"},
        "Listens for the services that its configuration names, and serves or starts them; stays in the foreground.",
        "the service's TCP port is in state LISTEN",
        {"<bytes>": "to the client of the service echo, what it has sent"},
        reads=frozenset({"file"}),
    ),
    Role(
        "telnet",
        ["telnet", "{host}", "{port}"],
        _SERVER,
        "Sends each line that is typed, ended by CR LF, and prints what comes back; Ctrl+] and quit end it.",
        says={
            "Escape character is": "on standard output, once it is connected and takes lines",
            "<line>": "on standard output, each line that comes back",
        },
    ),
]
