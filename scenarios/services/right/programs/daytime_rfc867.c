/* RFC 867 over UDP, as textbooks have it: daytime_rfc867 PORT. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

int main(int argc, char **argv) {
  struct sockaddr_in here, client;
  char data[512], line[128];
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  memset(&here, 0, sizeof here);
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_ANY);
  here.sin_port = htons(argc > 1 ? atoi(argv[1]) : 13);
  if (bind(s, (struct sockaddr *)&here, sizeof here) < 0) {
    perror("bind");
    return 1;
  }
  for (;;) {
    socklen_t length = sizeof client;
    time_t now;
    if (recvfrom(s, data, sizeof data, 0, (struct sockaddr *)&client, &length) < 0) continue;
    now = time(NULL);
    snprintf(line, sizeof line, "%.24s\r\n", ctime(&now));
    sendto(s, line, strlen(line), 0, (struct sockaddr *)&client, length);
  }
}
