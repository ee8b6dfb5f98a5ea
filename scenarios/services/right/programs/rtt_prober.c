/* A prober with one socket for all addresses, ten times a second; it reports as ping does.
 * rtt_prober LIST PORT SECONDS --udp|--tcp */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 100

struct target {
  char name[64];
  struct sockaddr_in address;
  int sent, received;
  double sum, least, most;
};

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static int ready(int fd, short what, double deadline) {
  struct pollfd one = {fd, what, 0};
  double left = deadline - now();
  return left > 0 && poll(&one, 1, (int)left + 1) > 0;
}

/* ms, or a negative number. */
static double round_trip(const struct target *to, int number, int stream) {
  int fd = socket(AF_INET, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0);
  double began = now(), took = -1;
  char text[32], answer[64];
  int error = connect(fd, (const struct sockaddr *)&to->address, sizeof to->address);
  if (stream) {
    if (error == 0 || (errno == EINPROGRESS && ready(fd, POLLOUT, began + 1000))) took = now() - began;
  } else {
    int length = snprintf(text, sizeof text, "probe %d", number);
    send(fd, text, length, 0);
    if (ready(fd, POLLIN, began + 1000) && recv(fd, answer, sizeof answer, 0) == length && memcmp(text, answer, length) == 0)
      took = now() - began;
  }
  close(fd);
  return took;
}

int main(int argc, char **argv) {
  static struct target targets[MOST];
  static char list[65536];
  int count = 0, stream = argc > 4 && strcmp(argv[4], "--tcp") == 0;
  FILE *file = fopen(argv[1], "r");
  if (!file) return perror(argv[1]), 1;
  list[fread(list, 1, sizeof list - 1, file)] = 0;
  for (char *name = strtok(list, "; \n"); name && count < MOST; name = strtok(NULL, "; \n")) {
    struct target *one = &targets[count++];
    snprintf(one->name, sizeof one->name, "%s", name);
    one->address.sin_family = AF_INET;
    one->address.sin_port = htons(atoi(argv[2]));
    inet_pton(AF_INET, name, &one->address.sin_addr);
    one->least = 1e9;
  }
  for (double end = now() + atof(argv[3]) * 1000; now() < end; usleep(20000)) {
    for (int i = 0; i < count; ++i) {
      struct target *one = &targets[i];
      double took = round_trip(one, one->sent++, stream);
      if (took < 0) continue;
      ++one->received;
      one->sum += took;
      if (took < one->least) one->least = took;
      if (took > one->most) one->most = took;
    }
  }
  for (int i = 0; i < count; ++i) {
    struct target *one = &targets[i];
    printf("--- %s rtt statistics ---\n%d packets transmitted, %d received, %.5g%% packet loss\n", one->name, one->sent,
           one->received, 100.0 * (one->sent - one->received) / one->sent);
    if (one->received) printf("rtt min/avg/max = %.3f/%.3f/%.3f ms\n\n", one->least, one->sum / one->received, one->most);
  }
  return 0;
}
