/* RFC 867 by a clock that SNTP corrects every two seconds: daytime_sntp PORT TIME_SERVER. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <time.h>

#define FROM_1900 2208988800UL

int main(int argc, char **argv) {
  struct sockaddr_in here, source, client;
  unsigned char data[512];
  char line[128];
  long ahead = 0;
  int s = socket(AF_INET, SOCK_DGRAM, 0), ntp = socket(AF_INET, SOCK_DGRAM, 0);
  memset(&here, 0, sizeof here);
  here.sin_family = AF_INET;
  here.sin_port = htons(atoi(argv[1]));
  memset(&source, 0, sizeof source);
  source.sin_family = AF_INET;
  source.sin_port = htons(123);
  if (argc < 3 || inet_pton(AF_INET, argv[2], &source.sin_addr) != 1) return 2;
  if (bind(s, (struct sockaddr *)&here, sizeof here) < 0) return 1;
  for (;;) {
    fd_set set;
    struct timeval wait = {2, 0};
    socklen_t length = sizeof client;
    static time_t asked;
    if (time(NULL) - asked >= 2) {
      memset(data, 0, 48);
      data[0] = 0x23;
      sendto(ntp, data, 48, 0, (struct sockaddr *)&source, sizeof source);
      asked = time(NULL);
    }
    FD_ZERO(&set);
    FD_SET(s, &set);
    FD_SET(ntp, &set);
    if (select((s > ntp ? s : ntp) + 1, &set, NULL, NULL, &wait) <= 0) continue;
    if (FD_ISSET(ntp, &set) && recv(ntp, data, sizeof data, 0) >= 48 && data[1] != 0) {
      unsigned seconds;
      memcpy(&seconds, data + 40, 4);
      ahead = (long)(ntohl(seconds) - FROM_1900) - (long)time(NULL);
    }
    if (FD_ISSET(s, &set) && recvfrom(s, data, sizeof data, 0, (struct sockaddr *)&client, &length) >= 0) {
      time_t now = time(NULL) + ahead;
      snprintf(line, sizeof line, "%.24s\r\n", ctime(&now));
      sendto(s, line, strlen(line), 0, (struct sockaddr *)&client, length);
    }
  }
}
