// echo client: node echoclient.js HOST PORT
const net = require('net');

const [host, port] = process.argv.slice(2);
const socket = net.connect({ host, port: Number(port) });
let typed = Buffer.alloc(0);

socket.on('connect', () => {
  process.stdin.on('data', (piece) => {
    typed = Buffer.concat([typed, piece]);
    let at;
    while ((at = typed.indexOf(10)) >= 0) {
      socket.write(typed.subarray(0, at + 1));
      typed = typed.subarray(at + 1);
    }
  });
  process.stdin.on('end', () => socket.end());
});
socket.on('data', (data) => process.stdout.write(data));
socket.on('close', () => process.stdin.destroy());
socket.on('error', (e) => {
  console.error(e.code === 'ECONNREFUSED' ? 'connection refused' : e.message);
  process.exitCode = 1;
  process.stdin.destroy();
});
