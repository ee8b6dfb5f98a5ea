/* Concurrent TCP server: fork for each connection, SIGINT or SIGTERM to stop it. */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static int listener;

static void on_child(int sig) {
  (void)sig;
  while (waitpid(-1, NULL, WNOHANG) > 0) {}
}

static void on_stop(int sig) {
  (void)sig;
  close(listener);
  _exit(0);
}

static void put(const unsigned char *b, size_t n) {
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
  if (argc < 2) return fprintf(stderr, "usage: %s PORT\n", argv[0]), 2;
  struct sigaction sa = {.sa_handler = on_child, .sa_flags = SA_RESTART};
  sigaction(SIGCHLD, &sa, NULL);
  signal(SIGINT, on_stop);
  signal(SIGTERM, on_stop);
  listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  if (bind(listener, (void *)&a, sizeof a)) { perror("bind"); return 1; }
  if (listen(listener, 128)) { perror("listen"); return 1; }
  while (1) {
    int c = accept(listener, NULL, NULL);
    if (c < 0) continue;
    switch (fork()) {
    case -1:
      perror("fork");
      break;
    case 0: {
      signal(SIGINT, SIG_DFL);
      signal(SIGTERM, SIG_DFL);
      signal(SIGPIPE, SIG_IGN);
      close(listener);
      unsigned char m[4096];
      ssize_t n;
      while ((n = read(c, m, sizeof m)) > 0) {
        if (write(c, "Message received", 16) != 16) break;
        put(m, n);
        puts("");
        fflush(stdout);
        if (n == 3 && !memcmp(m, "end", 3)) break;
      }
      close(c);
      _exit(0);
    }
    }
    close(c);
  }
}
