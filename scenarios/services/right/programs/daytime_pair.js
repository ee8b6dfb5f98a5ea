// Server and client with a PDU of 96 bytes of JSON, filled by spaces; the client makes the words of the date.
// daytime_pair.js server PORT ZONE= | daytime_pair.js client HOST PORT FORMAT= ZONE= AT=
const dgram = require('dgram')
const words = process.argv.slice(2)
const value = (at) => (words[at] || '').replace(/^[^=]*=/, '')
const pdu = (fields) => Buffer.from(JSON.stringify(fields).padEnd(96))
const socket = dgram.createSocket('udp4')

function local(zone, moment) {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone, hourCycle: 'h23', weekday: 'short', month: 'short', year: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit'
  }).formatToParts(moment)
  const found = Object.fromEntries(parts.map((part) => [part.type, part.value]))
  const month = new Intl.DateTimeFormat('en-CA', { timeZone: zone, month: '2-digit' }).format(moment)
  return [found.weekday.slice(0, 3), found.month.slice(0, 3), found.day, `${found.hour}:${found.minute}:${found.second}`, found.year, month]
}

function answered(question, home) {
  try {
    const there = local(question.zone || home, new Date(question.at ? Number(question.at) * 1000 : Date.now()))
    return pdu({ there })
  } catch {
    return pdu({ error: 'no zone' })
  }
}

if (words[0] === 'server') {
  const home = value(2) || 'UTC'
  socket.on('message', (data, client) => {
    const own = data.length === 96
    const [weekday, month, day, clock, year] = local(home, new Date())
    const reply = own ? answered(JSON.parse(data), home) : Buffer.from(`${weekday} ${month} ${day} ${clock} ${year}\r\n`)
    socket.send(reply, client.port, client.address)
  })
  socket.bind(Number(words[1]))
} else {
  socket.on('message', (data) => {
    const answer = JSON.parse(data)
    socket.close()
    if (answer.error) {
      console.error(answer.error, value(4))
      process.exit(1)
    }
    const [weekday, name, day, clock, year, month] = answer.there
    const c = value(3) === '%c' || value(3) === ''
    console.log(c ? `${weekday} ${name} ${day.padStart(2)} ${clock} ${year}` : `${year}-${month}-${day.padStart(2, '0')}T${clock}`)
  })
  socket.send(pdu({ zone: value(4), at: value(5) }), Number(words[2]), words[1])
}
