/* robust echo server: an error of one client does not stop it */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void stop(int sig) { (void)sig; _exit(0); }

/* 0 when the client has closed, -1 after an error */
static int echo(int c) {
  char b[2048];
  for (;;) {
    ssize_t n = recv(c, b, sizeof b, 0);
    if (n <= 0) return n;
    for (ssize_t k, i = 0; i < n; i += k)
      if ((k = send(c, b + i, n - i, MSG_NOSIGNAL)) < 0) return -1;
  }
}

int main(int argc, char **argv) {
  if (argc < 2) { fprintf(stderr, "usage: %s PORT\n", argv[0]); return 2; }
  signal(SIGINT, stop);
  signal(SIGTERM, stop);
  int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  if (bind(s, (struct sockaddr *)&a, sizeof a) < 0 || listen(s, 16) < 0) {
    fprintf(stderr, "port %s: %s\n", argv[1], strerror(errno));
    return 1;
  }
  for (;;) {
    int c = accept(s, NULL, NULL);
    if (c < 0) {
      perror("accept");
      sleep(1);
      continue;
    }
    if (echo(c) < 0) {
      perror("client");
      continue;
    }
    close(c);
  }
}
