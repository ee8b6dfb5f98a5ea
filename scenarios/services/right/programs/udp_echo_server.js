// A UDP echo server of events: node udp_echo_server.js PORT
const server = require('dgram').createSocket('udp4');

server.on('message', (message, from) => server.send(message, from.port, from.address));
server.on('listening', () => console.log(`listening on port ${server.address().port}`));
server.bind(Number(process.argv[2]));
