/* client d'écho : ./echoclient machine port */
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int connexion(const char *machine, const char *port) {
  struct hostent *h = gethostbyname(machine);
  if (!h) return -1;
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(port))};
  memcpy(&a.sin_addr, h->h_addr_list[0], sizeof a.sin_addr);
  int s = socket(AF_INET, SOCK_STREAM, 0);
  if (s < 0 || connect(s, (struct sockaddr *)&a, sizeof a) < 0) return -1;
  return s;
}

static void copie(int vers, const char *p, ssize_t n) {
  for (ssize_t k; n > 0; p += k, n -= k)
    if ((k = write(vers, p, n)) < 0) { perror("write"); exit(1); }
}

int main(int argc, char **argv) {
  char t[4096];
  int s;
  ssize_t n;
  if (argc != 3) { fprintf(stderr, "usage : %s machine port\n", argv[0]); return 2; }
  signal(SIGPIPE, SIG_IGN);
  if ((s = connexion(argv[1], argv[2])) < 0) return 1;
  struct pollfd f[] = {{s, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  for (;;) {
    poll(f, 2, -1);
    if (f[0].revents) {
      if ((n = read(s, t, sizeof t)) <= 0) break;
      copie(STDOUT_FILENO, t, n);
    } else if (f[1].revents) {
      if ((n = read(STDIN_FILENO, t, sizeof t)) > 0) copie(s, t, n);
      else { shutdown(s, SHUT_WR); f[1].fd = -1; }
    }
  }
  close(s);
  return n < 0;
}
