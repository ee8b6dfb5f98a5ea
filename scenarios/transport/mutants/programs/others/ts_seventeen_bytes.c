/* serveur TCP itératif : répond « Message received » à chaque message */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

char reponse[] = "Message received";

void fin(int sig) { (void)sig; _exit(EXIT_SUCCESS); }

void affiche(const unsigned char *b, size_t n) {
  for (size_t i = 0; i < n;) {
    size_t k = b[i] < 0x20 || b[i] == 0x7f ? 0 : b[i] < 0x80 ? 1 : b[i] < 0xc2 ? 0 : b[i] < 0xe0 ? 2 : b[i] < 0xf0 ? 3 : b[i] < 0xf5 ? 4 : 0;
    if (k > n - i) k = 0;
    for (size_t j = 1; j < k; j++)
      if ((b[i + j] & 0xc0) != 0x80) k = 0;
    if (k == 2 && b[i] == 0xc2 && b[i + 1] < 0xa0) k = 0;
    if (k) { fwrite(b + i, 1, k, stdout); i += k; } else printf("\\x%02x", b[i++]);
  }
  putchar('\n');
  fflush(stdout);
}

int main(int argc, char *argv[]) {
  if (argc != 2) { fprintf(stderr, "usage : %s port\n", argv[0]); return 2; }
  signal(SIGINT, fin);
  signal(SIGTERM, fin);
  signal(SIGPIPE, SIG_IGN);
  int ecoute = socket(AF_INET, SOCK_STREAM, 0), un = 1;
  setsockopt(ecoute, SOL_SOCKET, SO_REUSEADDR, &un, sizeof un);
  struct sockaddr_in adr;
  memset(&adr, 0, sizeof adr);
  adr.sin_family = AF_INET;
  adr.sin_port = htons(atoi(argv[1]));
  adr.sin_addr.s_addr = INADDR_ANY;
  if (bind(ecoute, (struct sockaddr *)&adr, sizeof adr) < 0) { perror("bind"); return 1; }
  listen(ecoute, 5);
  while (1) {
    int service = accept(ecoute, NULL, NULL);
    if (service < 0) continue;
    unsigned char message[2048];
    ssize_t n;
    while ((n = recv(service, message, sizeof message, 0)) > 0) {
      if (send(service, reponse, sizeof reponse, 0) < 0) break;
      affiche(message, n);
      if (n == 3 && !memcmp(message, "end", 3)) break;
    }
    close(service);
  }
}
