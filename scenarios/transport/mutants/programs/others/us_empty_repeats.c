/* UDP server: prints and acknowledges. */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void end(int sig) { (void)sig; _exit(0); }

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

int main(int argc, char **argv) {
  struct sockaddr_in here = {0}, from;
  here.sin_family = AF_INET;
  here.sin_port = htons(argc > 1 ? atoi(argv[1]) : 12800);
  int s = socket(AF_INET, SOCK_DGRAM, 0);
  if (s < 0 || bind(s, (struct sockaddr *)&here, sizeof here)) { perror("bind"); return EXIT_FAILURE; }
  signal(SIGINT, end);
  signal(SIGTERM, end);
  unsigned char text[50];
  size_t length = 0;
  while (1) {
    socklen_t l = sizeof from;
    ssize_t n = recvfrom(s, text, sizeof text, 0, (struct sockaddr *)&from, &l);
    if (n > 0) length = n;
    else if (n < 0) continue;
    sendto(s, "Message received", 16, 0, (struct sockaddr *)&from, l);
    printf("message: ");
    show(text, length);
    printf("\n");
    fflush(stdout);
  }
}
