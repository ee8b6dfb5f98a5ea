// A prober of all addresses at once; over TCP it sends words on one connection each, and waits for their echo. It prints JSON.
// rtt_prober.js LIST PORT SECONDS --udp|--tcp
const dgram = require("dgram");
const fs = require("fs");
const net = require("net");

const [list, port, seconds, way] = process.argv.slice(2);
const hosts = fs.readFileSync(list, "utf8").split(/[;\s]+/).filter(Boolean);
const PATIENCE = 1000, PAUSE = 50;

function opened(host, take) {
  if (way === "--udp") {
    const socket = dgram.createSocket("udp4", (data, from) => from.address === host && take(data));
    return Promise.resolve({ send: (text) => socket.send(text, port, host), close: () => socket.close() });
  }
  return new Promise((done) => {
    const socket = net.connect({ host, port, noDelay: true }, () => done({ send: (text) => socket.write(text), close: () => socket.destroy() }));
    socket.on("data", take);
  });
}

async function measured(host) {
  const found = { sent: 0, received: 0, lost: 0, average: null };
  let answered = () => {}, sum = 0;
  const peer = await opened(host, (data) => answered(data.toString()));
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await new Promise((done) => setTimeout(done, PAUSE))) {
    const text = `${found.sent++} `, began = performance.now();
    const took = await new Promise((done) => {
      const patience = setTimeout(() => done(null), PATIENCE);
      answered = (back) => { if (back === text) { clearTimeout(patience); done(performance.now() - began); } };
      peer.send(text);
    });
    if (took === null) found.lost++;
    else { found.received++; sum += took; }
  }
  peer.close();
  found.average = found.received ? `${(sum / found.received).toFixed(3)} ms` : null;
  return [host, found];
}

Promise.all(hosts.map(measured)).then((all) => console.log(JSON.stringify(Object.fromEntries(all), null, 2)));
