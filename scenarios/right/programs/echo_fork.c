/* An echo server for several clients, a process for each, as courses teach it: echo_fork PORT. IPv4 only, backlog 1. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void reap(int number) {
  (void)number;
  int saved = errno;
  while (waitpid(-1, NULL, WNOHANG) > 0) {
  }
  errno = saved;
}

static void serve(int client) {
  char buffer[512];
  ssize_t count;
  while ((count = read(client, buffer, sizeof buffer)) > 0) {
    ssize_t done = 0;
    while (done < count) {
      ssize_t written = write(client, buffer + done, (size_t)(count - done));
      if (written < 0) {
        perror("write");
        exit(1);
      }
      done += written;
    }
  }
  close(client);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s PORT\n", argv[0]);
    return 1;
  }
  signal(SIGCHLD, reap);
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  int on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  address.sin_port = htons((unsigned short)atoi(argv[1]));
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) {
    perror("bind");
    return 1;
  }
  listen(listener, 1);
  printf("waiting on port %s\n", argv[1]);
  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (client < 0) {
      if (errno == EINTR) continue;
      perror("accept");
      return 1;
    }
    if (fork() == 0) {
      close(listener);
      serve(client);
      exit(0);
    }
    close(client);
  }
}
