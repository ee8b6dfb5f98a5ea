/* serveur d'écho multiprocessus */
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

void zombie(int sig) {
  int sauve = errno;
  (void)sig;
  while (waitpid(-1, NULL, WNOHANG) > 0)
    ;
  errno = sauve;
}

void arret(int sig) { (void)sig; _exit(0); }

void do_echo(int c) {
  char buf[1024];
  ssize_t n, k;
  while ((n = recv(c, buf, sizeof buf, 0)) > 0)
    for (char *p = buf; n > 0; p += k, n -= k)
      if ((k = send(c, p, n, MSG_NOSIGNAL)) < 0) return;
}

int main(int argc, char **argv) {
  struct sigaction sa;
  memset(&sa, 0, sizeof sa);
  sa.sa_handler = zombie;
  sigaction(SIGCHLD, &sa, NULL);
  signal(SIGINT, arret);
  signal(SIGTERM, arret);
  if (argc < 2) { fprintf(stderr, "usage : %s port\n", argv[0]); exit(2); }
  int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in moi = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  if (bind(s, (struct sockaddr *)&moi, sizeof moi) < 0) {
    fprintf(stderr, "bind port %s : %s\n", argv[1], strerror(errno));
    exit(1);
  }
  listen(s, 50);
  while (1) {
    int c = accept(s, NULL, NULL);
    if (c < 0) { perror("accept"); exit(1); }
    pid_t p = fork();
    if (p < 0) perror("fork");
    if (p == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      close(s);
      do_echo(c);
      close(c);
      _exit(0);
    }
    close(c);
  }
}
