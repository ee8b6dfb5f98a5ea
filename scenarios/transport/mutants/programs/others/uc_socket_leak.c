/* client UDP : une ligne, un datagramme, une réponse */
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in serveur = {.sin_family = AF_INET};

/* envoie le message et attend la réponse, une seconde au plus ; rend sa longueur ou -1 */
static ssize_t echange(const char *m, size_t n, unsigned char *r, size_t taille) {
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  if (s < 0) { perror("socket"); exit(1); }
  if (sendto(s, m, n, 0, (struct sockaddr *)&serveur, sizeof serveur) < 0) { perror("sendto"); return -1; }
  struct pollfd p = {.fd = s, .events = POLLIN};
  if (poll(&p, 1, 1000) <= 0) return -1;
  return recv(s, r, taille, 0);
}

int main(int argc, char **argv) {
  if (argc < 2) { fprintf(stderr, "usage : %s machine [port]\n", argv[0]); return 2; }
  struct hostent *h = gethostbyname(argv[1]);
  if (!h) { fprintf(stderr, "%s : machine inconnue\n", argv[1]); return 1; }
  memcpy(&serveur.sin_addr, h->h_addr_list[0], sizeof serveur.sin_addr);
  serveur.sin_port = htons(argc > 2 && *argv[2] ? atoi(argv[2]) : 12800);
  char *ligne = NULL;
  size_t place = 0;
  ssize_t n;
  int reponses = 0;
  while ((n = getline(&ligne, &place, stdin)) > 0) {
    unsigned char r[1024];
    if (ligne[n - 1] == '\n') n--;
    ssize_t k = echange(ligne, n, r, sizeof r);
    if (k < 0) fprintf(stderr, "no answer\n");
    else {
      reponses++;
      for (ssize_t i = 0; i < k; i++)
        if (r[i] > 31 && r[i] < 127) putchar(r[i]); else printf("\\x%02x", r[i]);
      putchar('\n');
      fflush(stdout);
    }
    if (n == 3 && !memcmp(ligne, "end", 3)) break;
  }
  return reponses ? 0 : 1;
}
