// An echo client that tells each thing that happens: --host HOST --port PORT --data DATA.
const net = require('net');
const words = process.argv.slice(2);
const option = (name) => words[words.indexOf('--' + name) + 1];
const data = option('data');
let left = Buffer.byteLength(data);
const client = net.createConnection({ host: option('host'), port: Number(option('port')) }, () => {
  console.log('connected to server!');
  client.write(data);
});
client.on('data', (echo) => {
  console.log('echo: ' + echo);
  left -= echo.length;
  if (left <= 0) client.end();
});
client.on('end', () => console.log('disconnected from server'));
client.on('error', (error) => {
  console.error(error.message);
  process.exit(1);
});
