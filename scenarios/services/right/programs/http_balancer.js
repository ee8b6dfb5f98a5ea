// The http module of Node, streams both ways, the node with the fewest requests first: http_balancer.js CONFIG PORT
"use strict";
const fs = require("fs");
const http = require("http");

const nodes = [];
for (const line of fs.readFileSync(process.argv[2], "utf8").split("\n")) {
  const section = line.match(/^\s*\[(nodo\d+)\]/);
  const pair = line.match(/^\s*(host|port)\s*=\s*(\S+)/);
  if (section) nodes.push({ active: 0, last: 0, down: 0 });
  else if (pair && nodes.length) nodes[nodes.length - 1][pair[1]] = pair[2];
}
let count = 0;

function ask(request, response, left) {
  const now = Date.now();
  left.sort((a, b) => (a.down > now) - (b.down > now) || a.active - b.active || a.last - b.last);
  const node = left.shift();
  if (!node) {
    response.writeHead(503, { "Content-Type": "text/plain" });
    return response.end("no node is there\n");
  }
  node.active += 1;
  node.last = ++count;
  let sent = false;
  const headers = { ...request.headers, "x-forwarded-for": request.socket.remoteAddress.replace("::ffff:", "") };
  const onward = http.request({ host: node.host, port: node.port, method: request.method, path: request.url, headers });
  onward.once("close", () => { node.active -= 1; });
  onward.on("response", (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
    answer.once("aborted", () => response.destroy());
  });
  onward.on("socket", (socket) => {
    const go = () => { sent = true; request.pipe(onward); };
    if (socket.connecting) socket.once("connect", go); else go();
  });
  onward.on("error", () => {
    if (response.headersSent) return response.destroy();
    if (!sent) {
      node.down = Date.now() + 3000;
      return ask(request, response, left);
    }
    response.writeHead(502);
    response.end("the node failed\n");
  });
}

http.createServer((request, response) => ask(request, response, [...nodes])).listen(Number(process.argv[3]));
