// RFC 867 over UDP, in the words of the server's zone: daytime_rfc867.js PORT [ZONE]
const server = require('dgram').createSocket('udp4')
const form = new Intl.DateTimeFormat('en-US', { dateStyle: 'full', timeStyle: 'long', timeZone: process.argv[3] || 'UTC' })
server.on('message', (data, client) => server.send(`${form.format(new Date())}\n`, client.port, client.address))
server.bind(Number(process.argv[2]))
