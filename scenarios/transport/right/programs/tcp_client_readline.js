const net = require('net');
const readline = require('readline');

const [host, port] = process.argv.slice(2);
const sock = net.connect(port, host);
const lines = [];
let waiting = false;
let closed = false;

function next() {
  if (waiting) return;
  if (lines.length === 0) {
    if (closed) sock.end();
    return;
  }
  const line = lines.shift();
  if (line === '') return next();
  waiting = true;
  sock.write(line);
  if (line === 'end') {
    lines.length = 0;
    closed = true;
  }
}

sock.on('connect', () => {
  const rl = readline.createInterface({ input: process.stdin });
  rl.on('line', (l) => { if (!closed) { lines.push(l); next(); } });
  rl.on('close', () => { closed = true; next(); });
  sock.on('close', () => { rl.close(); process.exit(0); });
});
sock.on('data', (d) => {
  console.log('Server: ' + d);
  waiting = false;
  next();
});
sock.on('error', (e) => {
  console.error(e.code === 'ECONNREFUSED' ? 'Connection refused' : e.message);
  process.exit(1);
});
