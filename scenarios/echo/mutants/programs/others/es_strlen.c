/* echoserveur.c - serveur d'écho itératif, port en argument */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void fin(int s) { (void)s; _exit(0); }

static int envoie(int fd, const char *p, size_t n) {
  while (n) {
    ssize_t k = write(fd, p, n);
    if (k < 0) return -1;
    p += k;
    n -= k;
  }
  return 0;
}

int main(int argc, char **argv) {
  if (argc != 2) { fprintf(stderr, "usage : %s port\n", argv[0]); return 2; }
  signal(SIGINT, fin);
  signal(SIGTERM, fin);
  signal(SIGPIPE, SIG_IGN);
  int ecoute = socket(AF_INET, SOCK_STREAM, 0), un = 1;
  setsockopt(ecoute, SOL_SOCKET, SO_REUSEADDR, &un, sizeof un);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  if (bind(ecoute, (struct sockaddr *)&a, sizeof a) < 0) {
    fprintf(stderr, "port %s: ", argv[1]);
    perror("bind");
    return 1;
  }
  listen(ecoute, 5);
  for (;;) {
    int c = accept(ecoute, NULL, NULL);
    if (c < 0) continue;
    char tampon[1025];
    ssize_t n;
    while ((n = read(c, tampon, 1024)) > 0) {
      tampon[n] = '\0';
      if (envoie(c, tampon, strlen(tampon)) < 0) break;
    }
    close(c);
  }
}
