// Node's http module, which keeps connections and speaks chunks; a Map for a cache: http_proxy.js PORT
"use strict";
const http = require("http");
const net = require("net");

const cache = new Map();
const HOP = new Set(["connection", "proxy-connection", "keep-alive", "transfer-encoding", "te", "upgrade"]);
const without = (fields) => Object.fromEntries(Object.entries(fields).filter(([name]) => !HOP.has(name)));

const server = http.createServer((request, response) => {
  let url;
  try {
    url = new URL(request.url);
  } catch {
    response.writeHead(400, { "Content-Type": "text/html" });
    response.end("<h1>This is a proxy</h1>");
    return;
  }
  const asked = request.headers;
  const alone = request.method !== "GET" || asked.authorization || asked.range || asked["cache-control"] || asked.cookie;
  const kept = alone ? undefined : cache.get(request.url);
  if (kept && kept.until > Date.now()) {
    response.writeHead(kept.status, kept.fields);
    response.end(kept.body);
    return;
  }
  const path = request.url.slice(request.url.indexOf("/", 7) === -1 ? request.url.length : request.url.indexOf("/", 7)) || "/";
  const options = { host: url.hostname, port: url.port || 80, path, method: request.method, agent: false, headers: { ...without(asked), host: url.host } };
  const origin = http.request(options, (answer) => {
    const fields = without(answer.headers), pieces = [];
    response.writeHead(answer.statusCode, answer.statusMessage, fields);
    answer.on("data", (piece) => { pieces.push(piece); response.write(piece); });
    answer.on("end", () => {
      response.end();
      const said = String(answer.headers["cache-control"] || "").toLowerCase();
      const age = /(?:^|[ ,])max-age=(\d+)/.exec(said);
      if (!alone && answer.complete && answer.statusCode === 200 && age && !/no-store|no-cache|private/.test(said) && !answer.headers.vary && !answer.headers["set-cookie"]) {
        const until = Date.now() + 1000 * (Number(age[1]) - Number(answer.headers.age || 0));
        cache.set(request.url, { status: 200, fields, body: Buffer.concat(pieces), until });
      }
    });
    answer.on("aborted", () => response.destroy());
    answer.on("error", () => response.destroy());
  });
  origin.on("error", () => {
    if (response.headersSent) {
      response.destroy();
    } else {
      response.writeHead(502, { "Content-Type": "text/html" });
      response.end("<h1>Nobody answers there</h1>");
    }
  });
  request.pipe(origin);
});

server.on("connect", (request, socket, head) => {
  const [host, port] = request.url.split(":");
  if (port !== "443") {
    socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  const other = net.connect({ host, port: Number(port), allowHalfOpen: true }, () => {
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    other.write(head);
    socket.pipe(other).pipe(socket);
  });
  other.on("error", () => socket.end("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"));
  socket.on("error", () => other.destroy());
});
server.keepAliveTimeout = 2000;
server.listen(Number(process.argv[2]));
process.on("SIGINT", () => process.exit(0));
