"""asyncio, an answer handed on piece by piece, and tunnels: proxy_asyncio.py PORT [CONNECT_PORTS]"""

import asyncio
import re
import sys
import time

PORTS = {int(port) for port in (sys.argv[2] if sys.argv[2:] else "443").split(",")}
cache = {}


async def head_of(reader):
    text = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = text[:-4].split("\r\n")
    return first, [tuple(line.split(":", 1)) for line in lines if ":" in line]


def value(fields, name):
    return ",".join(text.strip() for key, text in fields if key.lower() == name)


def error(writer, status, why):
    page = f"<html><body><h1>{status} {why}</h1></body></html>"
    writer.write(f"HTTP/1.1 {status} {why}\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\nConnection: close\r\n\r\n{page}".encode())


async def pump(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        pass


async def tunnel(reader, writer, target):
    host, _, port = target.rpartition(":")
    if not port.isdigit() or int(port) not in PORTS:
        error(writer, 403, "Forbidden")
        return
    try:
        there, back = await asyncio.wait_for(asyncio.open_connection(host, int(port)), 10)
    except (OSError, asyncio.TimeoutError):
        error(writer, 502, "Bad Gateway")
        return
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    await asyncio.gather(pump(reader, back), pump(there, writer))
    back.close()


async def serve(reader, writer):
    try:
        await answer(reader, writer)
        await writer.drain()
    except (OSError, ValueError, EOFError, asyncio.LimitOverrunError):
        pass
    finally:
        writer.close()


async def answer(reader, writer):
    first, fields = await head_of(reader)
    found = re.fullmatch(r"(\S+) (\S+) HTTP/1\.[01]", first)
    if found and found[1] == "CONNECT":
        await tunnel(reader, writer, found[2])
        return
    url = found and re.fullmatch(r"http://([\w.-]+)(?::(\d+))?(/\S*)?", found[2])
    if not url:
        error(writer, 400, "Bad Request")
        return
    key, method = found[2], found[1]
    alone = method != "GET" or any(value(fields, name) for name in ("authorization", "range", "cache-control", "cookie"))
    if not alone and key in cache and cache[key][0] > time.time():
        writer.write(cache[key][1])
        return
    kept = [f"{name}:{text}" for name, text in fields if name.lower() not in ("connection", "proxy-connection", "keep-alive", "host")]
    body = await reader.readexactly(int(value(fields, "content-length") or 0))
    try:
        there, back = await asyncio.wait_for(asyncio.open_connection(url[1], int(url[2] or 80)), 10)
        host = url[1] + (f":{url[2]}" if url[2] else "")
        lines = [f"{method} {url[3] or '/'} HTTP/1.1", f"Host: {host}", *kept, "Via: 1.1 asyncio", "Connection: close", "", ""]
        back.write("\r\n".join(lines).encode("latin-1") + body)
        status, said = await head_of(there)
        while " 1" in status[8:10]:
            status, said = await head_of(there)
    except (OSError, EOFError, ValueError, asyncio.TimeoutError, asyncio.LimitOverrunError):
        error(writer, 502, "Bad Gateway")
        return
    lines = [f"{name}:{text}" for name, text in said if name.lower() not in ("connection", "keep-alive")]
    got = "\r\n".join([status, *lines, "Connection: close", "", ""]).encode("latin-1")
    writer.write(got)
    begin = len(got)
    while data := await there.read(65536):
        writer.write(data)
        await writer.drain()
        got += data
    back.close()
    length, control = value(said, "content-length"), value(said, "cache-control").lower()
    whole = got.endswith(b"0\r\n\r\n") if "chunked" in value(said, "transfer-encoding") else length == str(len(got) - begin)
    age = re.search(r"max-age=(\d+)", control)
    if age and whole and not alone and " 200 " in status and not re.search("no-store|no-cache|private", control) and not value(said, "vary"):
        cache[key] = time.time() + int(age[1]) - int(value(said, "age") or 0), got


async def main():
    server = await asyncio.start_server(serve, "0.0.0.0", int(sys.argv[1]), backlog=100)
    async with server:
        await server.serve_forever()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
