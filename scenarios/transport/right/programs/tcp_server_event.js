// Serveur TCP, boucle d'événements de Node : tous les clients dans un seul processus.
const net = require('net');
const port = Number(process.argv[2]);

const serveur = net.createServer((client) => {
  const nom = `${client.remoteAddress}:${client.remotePort}`;
  console.log(`connexion de ${nom}`);
  client.on('data', (donnees) => {
    console.log(`message de ${nom} : ${donnees}`);
    client.write('Message received');
    if (donnees.toString() === 'end') client.end();
  });
  client.on('end', () => console.log(`${nom} a fermé`));
  client.on('error', (e) => console.log(`${nom} : ${e.code}`));
});
serveur.listen(port, '0.0.0.0', () => console.log('en écoute sur', port));
