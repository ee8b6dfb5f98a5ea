/* An echo server, one client after another: echo_one PORT. IPv4 only. */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc < 2) {
    printf("which port?\n");
    exit(1);
  }
  struct sockaddr_in me = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  int s = socket(PF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (bind(s, (struct sockaddr *)&me, sizeof(me)) != 0 || listen(s, 5) != 0) {
    perror("echo_one");
    exit(2);
  }
  while (1) {
    int c = accept(s, 0, 0);
    char text[1000];
    int n;
    while ((n = recv(c, text, sizeof(text), 0)) > 0) {
      int sent = 0;
      while (sent < n) {
        int now = send(c, text + sent, n - sent, MSG_NOSIGNAL);
        if (now < 0) break;
        sent += now;
      }
    }
    close(c);
  }
}
