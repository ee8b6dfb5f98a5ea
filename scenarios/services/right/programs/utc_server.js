// UTC over UDP as JSON, milliseconds since 1970.
const socket = require("dgram").createSocket("udp4");
socket.on("message", (message, from) => socket.send(JSON.stringify({ utc: Date.now() }), from.port, from.address));
socket.bind(Number(process.argv[2]));
process.on("SIGINT", () => process.exit(0));
