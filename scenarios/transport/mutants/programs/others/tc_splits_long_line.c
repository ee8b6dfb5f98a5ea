/* client : lit une ligne, l'envoie, attend la réponse, l'affiche */
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TAILLE 81

static void afficher(const unsigned char *p, ssize_t n) {
  for (ssize_t i = 0; i < n; i++)
    printf(p[i] >= 32 && p[i] < 127 ? "%c" : "\\x%02x", p[i]);
  printf("\n");
  fflush(stdout);
}

int main(int argc, char **argv) {
  if (argc < 2) { fprintf(stderr, "usage : %s machine [port]\n", argv[0]); return 2; }
  struct addrinfo h = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *r;
  if (getaddrinfo(argv[1], argc > 2 && argv[2][0] ? argv[2] : "12800", &h, &r)) {
    fprintf(stderr, "%s : machine inconnue\n", argv[1]);
    return 1;
  }
  signal(SIGPIPE, SIG_IGN);
  int s = socket(r->ai_family, r->ai_socktype, 0);
  if (connect(s, r->ai_addr, r->ai_addrlen)) { perror("connect"); return 1; }
  char ligne[TAILLE];
  while (fgets(ligne, TAILLE, stdin)) {
    size_t n = strcspn(ligne, "\n");
    if (n == 0) continue;
    if (send(s, ligne, n, 0) != (ssize_t)n) { perror("send"); return 1; }
    unsigned char reponse[1024];
    ssize_t k = recv(s, reponse, sizeof reponse, 0);
    if (k <= 0) { fprintf(stderr, "le serveur a fermé\n"); return 1; }
    afficher(reponse, k);
    if (n == 3 && !strncmp(ligne, "end", 3)) break;
  }
  shutdown(s, SHUT_WR);
  close(s);
  return 0;
}
