/* serveur UDP, réception de 50 octets au plus */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX 50

static void arret(int s) { (void)s; _exit(0); }

static void affiche(const char *texte, size_t n) {
  const unsigned char *b = (const unsigned char *)texte;
  for (size_t i = 0; i < n;) {
    size_t k = b[i] < 0x20 || b[i] == 0x7f ? 0 : b[i] < 0x80 ? 1 : b[i] < 0xc2 ? 0 : b[i] < 0xe0 ? 2 : b[i] < 0xf0 ? 3 : b[i] < 0xf5 ? 4 : 0;
    if (k > n - i) k = 0;
    for (size_t j = 1; j < k; j++)
      if ((b[i + j] & 0xc0) != 0x80) k = 0;
    if (k == 2 && b[i] == 0xc2 && b[i + 1] < 0xa0) k = 0;
    if (k) { fwrite(b + i, 1, k, stdout); i += k; } else printf("\\x%02x", b[i++]);
  }
  printf("\n");
  fflush(stdout);
}

int main(int argc, char **argv) {
  struct sockaddr_in moi = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 12800)}, client;
  char message[MAX];
  signal(SIGINT, arret);
  signal(SIGTERM, arret);
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  if (bind(s, (struct sockaddr *)&moi, sizeof moi) == -1) { perror("bind"); exit(1); }
  for (;;) {
    socklen_t taille = sizeof client;
    ssize_t n = recvfrom(s, message, sizeof message - 1, 0, (struct sockaddr *)&client, &taille);
    if (n == -1) continue;
    message[n] = '\0';
    sendto(s, "Message received", 16, 0, (struct sockaddr *)&client, taille);
    printf("Reçu de %s : ", inet_ntoa(client.sin_addr));
    affiche(message, n);
  }
}
