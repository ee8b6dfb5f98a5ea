// Over TCP: the client sends a byte, and gets seconds and microseconds as text. One client after another.
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  int one = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 5)) {
    perror("utc-server");
    return 1;
  }
  for (;;) {
    int client = accept(listener, NULL, NULL);
    char question, text[64];
    while (read(client, &question, 1) == 1) {
      struct timeval now;
      gettimeofday(&now, NULL);
      int length = snprintf(text, sizeof text, "%ld.%06ld\n", (long)now.tv_sec, (long)now.tv_usec);
      if (write(client, text, length) != length) break;
    }
    close(client);
  }
}
