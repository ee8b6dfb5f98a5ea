/* echo client: HOST PORT */
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[8193];

int main(int argc, char **argv) {
  struct addrinfo hints, *a;
  if (argc != 3) { fprintf(stderr, "usage: %s HOST PORT\n", argv[0]); return 2; }
  memset(&hints, 0, sizeof hints);
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  if (getaddrinfo(argv[1], argv[2], &hints, &a)) { fprintf(stderr, "unknown host %s\n", argv[1]); return 1; }
  int s = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
  if (connect(s, a->ai_addr, a->ai_addrlen) < 0) { perror("connect"); return 1; }
  signal(SIGPIPE, SIG_IGN);
  char typed[1024];
  int keyboard = 1;
  for (;;) {
    struct pollfd p[2] = {{s, POLLIN, 0}, {keyboard ? 0 : -1, POLLIN, 0}};
    if (poll(p, 2, -1) < 0) break;
    if (p[0].revents) {
      if (recv(s, buffer, sizeof buffer - 1, 0) <= 0) break;
      printf("%s", buffer);
      fflush(stdout);
    } else if (p[1].revents) {
      ssize_t n = read(0, typed, sizeof typed);
      if (n > 0) {
        for (ssize_t i = 0, k; i < n; i += k)
          if ((k = send(s, typed + i, n - i, 0)) < 0) { perror("send"); return 1; }
      } else {
        shutdown(s, SHUT_WR);
        keyboard = 0;
      }
    }
  }
  return 0;
}
