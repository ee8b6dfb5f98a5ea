/* A process a client; the parent deals the nodes out in turn, the child goes on to the next where nobody listens: http_balancer CONFIG PORT */
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in nodes[64];
static int count;

static void read_config(const char *name) {
  FILE *file = fopen(name, "r");
  char line[512], word[256];
  int port;
  if (!file) {
    perror(name);
    exit(1);
  }
  while (fgets(line, sizeof line, file)) {
    if (line[0] == '[' && count < 64) nodes[count++].sin_family = AF_INET;
    if (count && sscanf(line, " host = %255s", word) == 1) inet_pton(AF_INET, word, &nodes[count - 1].sin_addr);
    if (count && sscanf(line, " port = %d", &port) == 1) nodes[count - 1].sin_port = htons((unsigned short)port);
  }
  fclose(file);
}

static int write_all(int to, const char *data, ssize_t length) {
  while (length > 0) {
    ssize_t written = write(to, data, (size_t)length);
    if (written <= 0) return 0;
    data += written;
    length -= written;
  }
  return 1;
}

static void relay(int client, int node) {
  char data[65536];
  struct pollfd ends[2] = {{client, POLLIN, 0}, {node, POLLIN, 0}};
  while (ends[0].fd >= 0 || ends[1].fd >= 0) {
    if (poll(ends, 2, -1) < 0) return;
    for (int i = 0; i < 2; ++i) {
      if (!(ends[i].revents & (POLLIN | POLLHUP | POLLERR))) continue;
      int other = i ? client : node;
      ssize_t length = read(i ? node : client, data, sizeof data);
      if (length > 0 && write_all(other, data, length)) continue;
      if (length < 0 || i == 1) return;
      shutdown(other, SHUT_WR);
      ends[i].fd = -1;
    }
  }
}

int main(int argc, char **argv) {
  (void)argc;
  read_config(argv[1]);
  signal(SIGCHLD, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  int server = socket(AF_INET, SOCK_STREAM, 0), yes = 1, turn = 0;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[2]))};
  if (bind(server, (struct sockaddr *)&address, sizeof address) < 0 || listen(server, 128) < 0) {
    perror("bind");
    return 1;
  }
  for (;;) {
    int client = accept(server, NULL, NULL);
    if (client < 0) continue;
    ++turn;
    if (fork() == 0) {
      close(server);
      for (int i = 0; i < count; ++i) {
        struct sockaddr_in *one = &nodes[(turn + i) % count];
        int node = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(node, (struct sockaddr *)one, sizeof *one) == 0) {
          relay(client, node);
          exit(0);
        }
        close(node);
      }
      exit(0);
    }
    close(client);
  }
}
