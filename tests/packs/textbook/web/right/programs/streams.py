"""A server of asyncio's streams that sends header and body in many pieces: streams.py PORT FOLDER"""

import asyncio
import os
import sys

ROOT = sys.argv[2]


async def serve(reader, writer):
    request = await reader.readuntil(b"\r\n\r\n")
    name = os.path.basename(request.split(b" ")[1].decode())
    try:
        with open(os.path.join(ROOT, name), "rb") as file:
            content = file.read()
        writer.write(b"HTTP/1.0 200 Here it is\r\n")
        writer.write(b"content-type:TEXT/HTML\r\n")
        writer.write(b"content-length: %d\r\nServer: streams\r\n\r\n" % len(content))
        for start in range(0, len(content), 1000):
            writer.write(content[start : start + 1000])
            await writer.drain()
    except FileNotFoundError:
        writer.write(b"HTTP/1.0 404 Not Found\r\n\r\n")
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, None, int(sys.argv[1]))
    async with server:
        await server.serve_forever()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
