// The http module of Node, which keeps connections and sends chunks: http_server.js ROOT PORT
"use strict";
const fs = require("fs");
const http = require("http");
const path = require("path");

const [root, port] = process.argv.slice(2);
const types = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".png": "image/png", ".txt": "text/plain" };
const page = "<!doctype html><title>404</title><main><h1>404</h1><p>Sorry, we could not find that page.</p></main>";

http.createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  const file = path.join(root, path.normalize(decodeURIComponent(pathname)).replace(/\/$/, "/index.html"));
  const stream = fs.createReadStream(file);
  stream.once("open", () => {
    response.writeHead(200, { "Content-Type": types[path.extname(file)] || "application/octet-stream" });
    stream.pipe(response);
  });
  stream.once("error", () => {
    if (!response.headersSent) response.writeHead(404, { "Content-Type": "text/html; charset=utf-8" });
    response.end(page);
  });
}).listen(Number(port), () => console.log(`http://localhost:${port}/`));
