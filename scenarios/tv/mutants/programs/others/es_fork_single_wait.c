/* echo server, a child for each client */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void reap(int sig) {
  int e = errno;
  (void)sig;
  waitpid(-1, NULL, WNOHANG);
  errno = e;
}

static void stop(int sig) { (void)sig; _exit(0); }

static void echo(int c) {
  char b[4096];
  ssize_t n;
  while ((n = read(c, b, sizeof b)) > 0)
    for (ssize_t k, i = 0; i < n; i += k)
      if ((k = write(c, b + i, n - i)) < 0) return;
}

int main(int argc, char **argv) {
  if (argc != 2) { fprintf(stderr, "usage: %s PORT\n", argv[0]); return 2; }
  struct sigaction sa = {.sa_handler = reap, .sa_flags = SA_RESTART};
  sigaction(SIGCHLD, &sa, NULL);
  signal(SIGINT, stop);
  signal(SIGTERM, stop);
  signal(SIGPIPE, SIG_IGN);
  int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in me = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  if (bind(s, (struct sockaddr *)&me, sizeof me) || listen(s, 64)) {
    fprintf(stderr, "port %s: %s\n", argv[1], strerror(errno));
    return 1;
  }
  for (;;) {
    int c = accept(s, NULL, NULL);
    if (c < 0) continue;
    pid_t pid = fork();
    if (pid < 0) perror("fork");
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      close(s);
      echo(c);
      _exit(0);
    }
    close(c);
  }
}
