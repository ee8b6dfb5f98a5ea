// A client by Node's http: http_client.js url= proxy= port= log= output=, empty where they are not given.
const fs = require('fs')
const http = require('http')
const [first, proxy, port, log, output] = process.argv.slice(2).map((word) => word.replace(/^[^=]*=/, ''))

function fail(text) {
  console.error(text)
  process.exit(1)
}

function get(text, left) {
  const url = new URL(text)
  if (port && !url.port) url.port = port
  const options = { headers: { Host: url.host }, agent: false }
  const [host, number] = proxy ? proxy.split(':') : [url.hostname.replace(/^\[|\]$/g, ''), url.port || 80]
  Object.assign(options, { host, port: number, path: proxy ? url.href.replace(/#.*/, '') : url.pathname + url.search })
  if (url.username) options.auth = `${url.username}:${url.password}`
  const request = http.get(options, (answer) => {
    if (log) {
      const pairs = answer.rawHeaders
      const lines = pairs.map((name, at) => at % 2 ? '' : `${name}: ${pairs[at + 1]}\n`).join('')
      fs.appendFileSync(log, `HTTP/${answer.httpVersion} ${answer.statusCode} ${answer.statusMessage}\n${lines}\n`)
    }
    if ([301, 302, 303, 307, 308].includes(answer.statusCode) && answer.headers.location) {
      answer.destroy()
      if (!left) fail('too many redirects')
      const next = new URL(answer.headers.location, url)
      return get(next.href, left - 1)
    }
    if (answer.statusCode >= 400) fail(`${answer.statusCode} ${answer.statusMessage}`)
    const parts = []
    answer.on('data', (data) => parts.push(data))
    answer.on('aborted', () => fail('the connection broke off'))
    answer.on('end', () => {
      if (!answer.complete) fail('this is not all')
      fs.writeFileSync(output || 'index.html', Buffer.concat(parts))
    })
  })
  request.on('error', (error) => fail(error.message))
}

get(first, 10)
