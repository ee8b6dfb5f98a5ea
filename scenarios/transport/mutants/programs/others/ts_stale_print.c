/* TCP server, one client after another. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char buffer[4097];

static void stop(int sig) { (void)sig; _exit(0); }

/* control characters must not reach the terminal */
static void show(const char *p, size_t n) {
  const unsigned char *b = (const unsigned char *)p;
  for (size_t i = 0; i < n;) {
    size_t k = b[i] < 0x20 || b[i] == 0x7f ? 0 : b[i] < 0x80 ? 1 : b[i] < 0xc2 ? 0 : b[i] < 0xe0 ? 2 : b[i] < 0xf0 ? 3 : b[i] < 0xf5 ? 4 : 0;
    if (k > n - i) k = 0;
    for (size_t j = 1; j < k; j++)
      if ((b[i + j] & 0xc0) != 0x80) k = 0;
    if (k == 2 && b[i] == 0xc2 && b[i + 1] < 0xa0) k = 0;
    if (k) { fwrite(b + i, 1, k, stdout); i += k; } else printf("\\x%02x", b[i++]);
  }
}

int main(int argc, char **argv) {
  int port = argc > 1 ? atoi(argv[1]) : 12800, on = 1;
  signal(SIGINT, stop);
  signal(SIGTERM, stop);
  signal(SIGPIPE, SIG_IGN);
  int s = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in me = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_ANY)};
  if (bind(s, (struct sockaddr *)&me, sizeof me) < 0) { perror("bind"); return 1; }
  listen(s, 5);
  for (;;) {
    struct sockaddr_in peer;
    socklen_t len = sizeof peer;
    int c = accept(s, (struct sockaddr *)&peer, &len);
    if (c < 0) continue;
    ssize_t n;
    while ((n = recv(c, buffer, sizeof buffer - 1, 0)) > 0) {
      if (send(c, "Message received", 16, 0) < 0) break;
      printf("Received ");
      show(buffer, strlen(buffer));
      printf(" from %s:%d\n", inet_ntoa(peer.sin_addr), ntohs(peer.sin_port));
      fflush(stdout);
      if (n == 3 && memcmp(buffer, "end", 3) == 0) break;
    }
    close(c);
  }
}
