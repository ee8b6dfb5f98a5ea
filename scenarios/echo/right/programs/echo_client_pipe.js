// cliente de eco: teclado -> socket -> pantalla
const net = require('net');
const s = net.createConnection({ host: process.argv[2], port: +process.argv[3], allowHalfOpen: true });
s.on('connect', () => {
  process.stdin.pipe(s); // al llegar EOF, pipe() llama a s.end(): FIN
  s.pipe(process.stdout);
});
s.on('end', () => { process.stdin.destroy(); s.end(); });
s.on('error', (e) => {
  console.error('error de conexión:', e.message);
  process.exitCode = 1;
});
