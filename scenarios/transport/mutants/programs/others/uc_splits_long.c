/* UDP client: each line of the input is a datagram */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define LINE 51

int main(int argc, char **argv) {
  struct addrinfo hint = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM}, *server;
  struct timeval second = {1, 0};
  char line[LINE];
  unsigned char answer[256];
  int answers = 0;
  if (argc < 2 || getaddrinfo(argv[1], argc > 2 && *argv[2] ? argv[2] : "12800", &hint, &server)) {
    fprintf(stderr, "usage: %s HOST [PORT]\n", argv[0]);
    return 2;
  }
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
  while (fgets(line, LINE, stdin)) {
    line[strcspn(line, "\n")] = 0;
    if (sendto(s, line, strlen(line), 0, server->ai_addr, server->ai_addrlen) < 0) perror("sendto");
    ssize_t n = recv(s, answer, sizeof answer, 0);
    if (n < 0) fprintf(stderr, "no answer\n");
    else {
      answers++;
      for (ssize_t i = 0; i < n; i++) printf(answer[i] >= ' ' && answer[i] < 127 ? "%c" : "\\x%02x", answer[i]);
      printf("\n");
      fflush(stdout);
    }
    if (!strcmp(line, "end")) break;
  }
  return answers == 0;
}
