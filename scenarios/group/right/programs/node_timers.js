#!/usr/bin/env node
// Nodo del árbol multicast.  node nodo.js --rdv-point A[:P] [--port N] [--data-port N] ...
'use strict';
const crypto = require('crypto');
const dgram = require('dgram');
const dns = require('dns');
const net = require('net');

const o = {
  'rdv-point': '127.0.0.1', port: 10000, 'data-port': 10001, address: '0.0.0.0', 'children-max': 3, refresh: 120,
  'child-lifetime': 180, 'root-cache': 60, 'answer-timeout': 1, 'refresh-repeat': null, rest: 2,
};
for (let i = 2; i + 1 < process.argv.length; i += 2) {
  const clave = process.argv[i].slice(2);
  if (!(clave in o)) { console.error(`nodo: opción desconocida ${process.argv[i]}`); process.exit(2); }
  o[clave] = ['rdv-point', 'address'].includes(clave) ? process.argv[i + 1] : Number(process.argv[i + 1]);
}
if (o['refresh-repeat'] === null) o['refresh-repeat'] = o.refresh;

const red = dgram.createSocket('udp4');
const origen = crypto.randomBytes(7).toString('hex') + '5a';
let rp, yo;                           // "dirección puerto"
let estado = 'inicio', padre = null, candidato = null, reloj = null;
let preguntados = new Set(), listas = [], rechazos = 0;
let sinRespuesta = 0, pendiente = false, enviadoEn = 0;
const hijos = new Map();              // extremo -> caducidad
const vistos = new Map();
let cuenta = 0, cola = [], raiz = null, raizHasta = 0, busca = null;

const ahora = () => Number(process.hrtime.bigint() / 1000n) / 1e6;
const despues = (s, f) => { clearTimeout(reloj); reloj = setTimeout(f, Math.max(0, s * 1000)); };

function enviar(texto, a) {
  const [direccion, puerto] = a.split(' ');
  try {
    red.send(texto, Number(puerto), direccion, (e) => { if (e) console.error(`nodo: ${e.message}`); });
  } catch (e) {
    console.error(`nodo: ${e.message}`);
  }
}

function extremo(linea) {
  const m = /^(\d+\.\d+\.\d+\.\d+) ([1-9]\d{0,4})$/.exec(linea);
  if (!m || !net.isIPv4(m[1]) || Number(m[2]) > 65535) throw new Error('mal extremo');
  const primero = Number(m[1].split('.')[0]);
  if (primero === 0 || primero >= 224) throw new Error('mal extremo');
  return linea;
}

function pedir(nuevo, mensaje, a, agotado) {
  estado = nuevo;
  let veces = 0;
  const otra = () => {
    if (veces++ === 3) { agotado(); return; }
    enviar(mensaje, a);
    despues(o['answer-timeout'], otra);
  };
  otra();
}

function descansar() {
  estado = 'descanso';
  candidato = null;
  despues(o.rest * (0.5 + Math.random()), preguntar);
}

function preguntar() {
  padre = candidato = null;
  pedir('pregunta', 'ROOT\n', rp, descansar);
}

function registrar() { pedir('registro', 'RREG\n', rp, descansar); }

function caminar(primeros) {
  padre = null;
  preguntados = new Set([yo]);
  listas = [primeros];
  siguiente();
}

function siguiente() {
  while (listas.length && preguntados.size <= 64) {
    const quedan = listas[listas.length - 1].filter((e) => !preguntados.has(e));
    if (quedan.length) {
      candidato = quedan[Math.floor(Math.random() * quedan.length)];
      preguntados.add(candidato);
      pedir('entrada', 'RJOI\n', candidato, siguiente);
      return;
    }
    listas.pop();
  }
  descansar();
}

function instalado(nuevo) {
  estado = nuevo;
  sinRespuesta = 0;
  pendiente = false;
  despues(o.refresh, refrescar);
}

function refrescar() {
  if (pendiente) sinRespuesta++;
  if (estado === 'hijo' && sinRespuesta >= 3) { preguntar(); return; }
  pendiente = true;
  enviadoEn = ahora();
  if (estado === 'hijo') enviar('RJOI\n', padre); else enviar('RREG\n', rp);
  despues(estado === 'hijo' && sinRespuesta === 2 ? o['answer-timeout'] : o['refresh-repeat'], refrescar);
}

function refrescado() {
  if (!pendiente) return;
  pendiente = false;
  sinRespuesta = 0;
  despues(o.refresh - (ahora() - enviadoEn), refrescar);
}

function hijosVivos() {
  for (const [h, t] of hijos) if (t <= ahora()) hijos.delete(h);
  return [...hijos.keys()];
}

function mostrar(datos) {
  const texto = datos.toString('utf8');
  if (!Buffer.from(texto, 'utf8').equals(datos)) {
    console.log(`${datos.subarray(0, 48).toString('hex')} (${datos.length} octetos)`);
  } else {
    console.log(texto.replace(/\r?\n$/, '').replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (c) => '\\x' + c.codePointAt(0).toString(16).padStart(2, '0')));
  }
}

function repartir(mensaje) {
  const m = /^DATA\n([0-9a-f]{16}) ([1-9]\d{0,19})\n/.exec(mensaje.subarray(0, 48).toString('latin1'));
  if (!m || /^0+$/.test(m[1]) || BigInt(m[2]) >= 1n << 64n) return;
  const clave = m[1] + m[2];
  if (vistos.has(clave)) return;
  vistos.set(clave, true);
  if (vistos.size > 100000) vistos.delete(vistos.keys().next().value);
  mostrar(mensaje.subarray(m[0].length));
  for (const h of hijosVivos()) enviar(mensaje, h);
}

function vaciar() {
  clearTimeout(busca);
  if (estado === 'raiz') {
    for (const m of cola.splice(0)) repartir(m);
  } else if (raiz && raiz !== yo && ahora() < raizHasta) {
    for (const m of cola.splice(0)) enviar(m, raiz);
  } else if (cola.length) {
    enviar('ROOT\n', rp);
    busca = setTimeout(vaciar, o['answer-timeout'] * 1000);
  }
}

function deAqui(datos) {
  if (datos.length > 65464) { console.error('nodo: mensaje demasiado largo'); return; }
  cola.push(Buffer.concat([Buffer.from(`DATA\n${origen} ${++cuenta}\n`), datos]));
  if (cola.length > 64) cola.shift();
  if (cola.length === 1 || estado === 'raiz') vaciar();
}

const casos = {
  RJOI(cuerpo, de) {
    const vivos = hijosVivos();
    if (hijos.has(de) || vivos.length < o['children-max']) {
      hijos.set(de, ahora() + o['child-lifetime']);
      enviar('YJOI\n', de);
    } else {
      enviar('NJOI\n' + vivos.map((h) => h + '\n').join(''), de);
    }
  },
  DATA(cuerpo, de, mensaje) {
    if (estado === 'raiz' || de === padre || de === candidato) repartir(mensaje);
  },
  TOOR(cuerpo, de) {
    if (de !== rp) return;
    const donde = cuerpo === '' ? null : extremo(cuerpo.replace(/\n$/, ''));
    if (donde) { raiz = donde; raizHasta = ahora() + o['root-cache']; }
    if (estado === 'pregunta') {
      if (donde && donde !== yo) { rechazos = 0; caminar([donde]); } else registrar();
    }
    if (donde && cola.length && donde !== yo) vaciar();
  },
  YREG(cuerpo, de) {
    if (de !== rp) return;
    if (estado === 'registro') { rechazos = 0; instalado('raiz'); vaciar(); } else if (estado === 'raiz') refrescado();
  },
  NREG(cuerpo, de) {
    if (de !== rp) return;
    if (estado === 'raiz') preguntar();
    else if (estado === 'registro') { if (++rechazos > 1) descansar(); else preguntar(); }
  },
  YJOI(cuerpo, de) {
    if (estado === 'entrada' && de === candidato) { padre = de; candidato = null; instalado('hijo'); } else if (estado === 'hijo' && de === padre) refrescado();
  },
  NJOI(cuerpo, de) {
    const lineas = cuerpo.split('\n');
    if (lineas[lineas.length - 1] === '') lineas.pop();
    if (lineas.length > 64) return;
    const otros = lineas.map(extremo);
    if (estado === 'entrada' && de === candidato) { listas.push(otros); siguiente(); } else if (estado === 'hijo' && de === padre && pendiente) caminar(otros);
  },
};

red.on('message', (mensaje, quien) => {
  const corte = mensaje.indexOf(10);
  const tipo = (corte < 0 ? mensaje : mensaje.subarray(0, corte)).toString('latin1');
  if (!Object.prototype.hasOwnProperty.call(casos, tipo)) return;
  try {
    casos[tipo](corte < 0 ? '' : mensaje.subarray(corte + 1).toString('latin1'), `${quien.address} ${quien.port}`, mensaje);
  } catch (e) { /* mensaje mal formado */ }
});
red.on('error', (e) => { console.error(`nodo: ${e.message}`); process.exit(1); });
for (const s of ['SIGINT', 'SIGTERM']) process.on(s, () => process.exit(0));

const [rdvNombre, rdvPuerto] = o['rdv-point'].split(':');
dns.lookup(rdvNombre, 4, (err, direccion) => {
  if (err) { console.error(`nodo: no existe ${rdvNombre}`); process.exit(1); }
  rp = `${direccion} ${rdvPuerto || 10000}`;
  const prueba = dgram.createSocket('udp4');
  prueba.bind(0, o.address, () => prueba.connect(Number(rdvPuerto || 10000), direccion, (e) => {
    if (e) { console.error(`nodo: ${e.message}`); process.exit(1); }
    yo = `${prueba.address().address} ${o.port}`;
    prueba.close();
    red.bind(o.port, o.address, preguntar);
  }));
});
const puertas = o.address.startsWith('127.') ? [['udp4', o.address]] : [['udp4', '127.0.0.1'], ['udp6', '::1']];
for (const [tipo, direccion] of puertas) {
  const puerta = dgram.createSocket(tipo);
  puerta.on('message', deAqui);
  puerta.on('error', (e) => { if (tipo === 'udp4') { console.error(`nodo: ${e.message}`); process.exit(1); } });
  puerta.bind(o['data-port'], direccion);
}
