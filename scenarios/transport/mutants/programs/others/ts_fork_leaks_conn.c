/* srv_tcp_fork.c - a child process for each client */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void stop(int sig) { (void)sig; _exit(0); }

static void show(const unsigned char *b, size_t n) {
  for (size_t i = 0; i < n;) {
    size_t k = b[i] < 0x20 || b[i] == 0x7f ? 0 : b[i] < 0x80 ? 1 : b[i] < 0xc2 ? 0 : b[i] < 0xe0 ? 2 : b[i] < 0xf0 ? 3 : b[i] < 0xf5 ? 4 : 0;
    if (k > n - i) k = 0;
    for (size_t j = 1; j < k; j++)
      if ((b[i + j] & 0xc0) != 0x80) k = 0;
    if (k == 2 && b[i] == 0xc2 && b[i + 1] < 0xa0) k = 0;
    if (k) { fwrite(b + i, 1, k, stdout); i += k; } else printf("\\x%02x", b[i++]);
  }
}

static void session(int c) {
  unsigned char buf[4096];
  ssize_t n;
  while ((n = recv(c, buf, sizeof buf, 0)) > 0) {
    if (send(c, "Message received", 16, MSG_NOSIGNAL) < 0) break;
    printf("[%d] received: ", getpid());
    show(buf, n);
    printf("\n");
    fflush(stdout);
    if (n == 3 && memcmp(buf, "end", 3) == 0) break;
  }
  close(c);
}

int main(int argc, char **argv) {
  int port = argc > 1 ? atoi(argv[1]) : 12800, on = 1;
  signal(SIGCHLD, SIG_IGN);
  signal(SIGINT, stop);
  signal(SIGTERM, stop);
  int s = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in me = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (bind(s, (struct sockaddr *)&me, sizeof me) < 0 || listen(s, 64) < 0) { perror("bind"); return 1; }
  for (;;) {
    int c = accept(s, NULL, NULL);
    if (c < 0) { perror("accept"); sleep(1); continue; }
    pid_t pid = fork();
    if (pid < 0) perror("fork");
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM); /* ends with its parent */
      close(s);
      session(c);
      _exit(0);
    }
  }
}
