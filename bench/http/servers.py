"""Commands and configurations of what is measured: of one process, with logs off, and no bound on the requests of a connection."""

from __future__ import annotations

import dataclasses
import os
import pathlib

import peers

NODES = (8401, 8402)
ORIGIN = 8201
CHECK = "/file.txt?balancer-check"
"""What http-balancer asks a node for, to see whether it is there."""
_FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclasses.dataclass(frozen=True)
class Server:
    """A server that is measured: its command, and where it listens."""

    name: str
    command: list[str]
    port: int


def nginx(folder: pathlib.Path, name: str, port: int, body: str, http: str = "") -> list[str]:
    """A command that runs it with these lines in its server{} and http{}."""
    place = folder / name
    place.mkdir(exist_ok=True)
    temporary = " ".join(f"{one}_temp_path {place}/{one};" for one in _FOLDERS)
    user = "user root;" if os.geteuid() == 0 else ""
    (place / "nginx.conf").write_text(
        f"""\
daemon off; worker_processes 1; pid {place}/pid; error_log {place}/errors crit; {user}
events {{ worker_connections 16384; }}
http {{ access_log off; sendfile on; keepalive_requests 100000000; default_type application/octet-stream; {temporary}
{http}
server {{ listen 127.0.0.1:{port} backlog=4096; {body} }} }}
"""
    )
    return [peers.program("nginx"), "-c", str(place / "nginx.conf"), "-e", str(place / "errors")]


def static(folder: pathlib.Path, ours: pathlib.Path) -> list[Server]:
    root = folder / "files"
    (folder / "lighttpd.conf").write_text(
        f"""\
server.document-root = "{root}"
server.modules = ()
server.port = 8103
server.bind = "127.0.0.1"
server.max-keep-alive-requests = 100000000
server.max-connections = 16384
server.max-fds = 32768
server.listen-backlog = 4096
mimetype.assign = (".bin" => "application/octet-stream")
"""
    )
    tuned = "tcp_nopush on; open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s; open_file_cache_min_uses 1;"
    return [
        Server("nginx", nginx(folder, "nginx", 8101, f"root {root};"), 8101),
        Server("nginx, files kept open", nginx(folder, "tuned", 8102, f"root {root};", tuned), 8102),
        Server("lighttpd", [peers.program("lighttpd"), "-D", "-f", str(folder / "lighttpd.conf")], 8103),
        Server("http-server", [str(ours / "http-server"), "--root", str(root), "--host", "127.0.0.1", "--port", "8104"], 8104),
    ]


def origin(folder: pathlib.Path, port: int = ORIGIN) -> list[str]:
    """Files that may be kept for an hour."""
    root = folder / "files"
    return nginx(folder, f"origin-{port}", port, f'root {root}; expires 1h; add_header Cache-Control "public";', "open_file_cache max=1000;")


def caches(folder: pathlib.Path, ours: pathlib.Path) -> list[Server]:
    upstream = f"upstream up {{ server 127.0.0.1:{ORIGIN}; keepalive 64; keepalive_requests 100000000; }}"
    kept = f"proxy_cache_path {folder}/nginx-kept levels=1:2 keys_zone=z:64m max_size=2g inactive=60m use_temp_path=off; {upstream}"
    passed = 'location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_cache z; }'
    our = [str(ours / "http-proxy"), "--host", "127.0.0.1", "--port", "8302", "--cache", str(folder / "our-kept"), "--origin", f"127.0.0.1:{ORIGIN}"]
    return [Server("nginx", nginx(folder, "cache", 8301, passed, kept), 8301), Server("http-proxy", our, 8302)]


def balancers(folder: pathlib.Path, ours: pathlib.Path) -> list[Server]:
    (folder / "haproxy.cfg").write_text(
        f"""\
global
 nbthread 1
 maxconn 8192
defaults
 mode http
 timeout connect 1s
 timeout client 30s
 timeout server 10s
 retries 3
 option redispatch
 retry-on conn-failure empty-response response-timeout
 http-reuse always
frontend f
 bind 127.0.0.1:8411
 default_backend b
backend b
 balance roundrobin
 server s1 127.0.0.1:{NODES[0]} check inter 500
 server s2 127.0.0.1:{NODES[1]} check inter 500
"""
    )
    named = " ".join(f"server 127.0.0.1:{port} max_fails=1 fail_timeout=2s;" for port in NODES)
    upstream = f"upstream up {{ {named} keepalive 64; keepalive_requests 100000000; }}"
    passed = 'location / { proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_connect_timeout 1s; }'
    (folder / "config.ini").write_text("[balancer]\ncheck_interval = 0.5\n" + "".join(f"[nodo{port}]\nhost = 127.0.0.1\nport = {port}\n" for port in NODES))
    our = [str(ours / "http-balancer"), "--config", str(folder / "config.ini"), "--host", "127.0.0.1", "--port", "8413"]
    return [
        Server("haproxy", [peers.program("haproxy"), "-db", "-f", str(folder / "haproxy.cfg")], 8411),
        Server("nginx", nginx(folder, "balancer", 8412, passed, upstream), 8412),
        Server("http-balancer", our, 8413),
    ]


def ours(programs: pathlib.Path, folder: pathlib.Path, root: pathlib.Path, port: int, behind: int) -> dict[str, list[str]]:
    """Program → its command, all on the same port: a server of root, and two gateways to who listens on the port behind."""
    (folder / "config.ini").write_text(f"[nodo1]\nhost = 127.0.0.1\nport = {behind}\n[balancer]\ncheck_path = {CHECK}\n")
    where = ["--host", "127.0.0.1", "--port", str(port)]
    return {
        "http-server": [str(programs / "http-server"), "--root", str(root), *where],
        "http-proxy": [str(programs / "http-proxy"), *where, "--cache", str(folder / "kept"), "--origin", f"127.0.0.1:{behind}"],
        "http-balancer": [str(programs / "http-balancer"), "--config", str(folder / "config.ini"), *where],
    }
