"""Connections, not requests, in turn: bytes go both ways as they come, whatever they are: http_balancer_asyncio.py CONFIG PORT"""

import asyncio
import configparser
import sys


async def pass_on(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.write_eof()
    except OSError:
        writer.close()


class Balancer:
    def __init__(self, nodes):
        self.nodes = nodes

    async def serve(self, reader, writer):
        for _ in self.nodes:
            self.nodes.append(node := self.nodes.pop(0))
            try:
                there = await asyncio.wait_for(asyncio.open_connection(*node), 2)
            except (OSError, asyncio.TimeoutError):
                continue
            await asyncio.gather(pass_on(reader, there[1]), pass_on(there[0], writer))
            there[1].close()
            break
        else:
            writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()


async def main():
    config = configparser.ConfigParser()
    config.read(sys.argv[1])
    balancer = Balancer([(config[name]["host"], int(config[name]["port"])) for name in config.sections()])
    server = await asyncio.start_server(balancer.serve, "0.0.0.0", int(sys.argv[2]))
    async with server:
        await server.serve_forever()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    pass
