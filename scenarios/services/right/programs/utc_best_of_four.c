/* Asks four times for seconds since 1970, as text, and takes the sample of the least round trip: utc_best_of_four HOST PORT */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

static double now(void)
{
    struct timeval t;
    gettimeofday(&t, NULL);
    return t.tv_sec + t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
    double best = 1e9, offset = 0, set;
    struct sockaddr_in to = { .sin_family = AF_INET };
    struct timeval limit = { 3, 0 };
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (argc < 3)
        return 2;
    to.sin_port = htons(atoi(argv[2]));
    inet_pton(AF_INET, argv[1], &to.sin_addr);
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    for (int i = 1; i <= 4; i++) {
        char buf[100];
        double t0 = now(), t1;
        sendto(s, "time?", 5, 0, (struct sockaddr *)&to, sizeof to);
        ssize_t n = recv(s, buf, sizeof buf - 1, 0);
        t1 = now();
        if (n < 0) {
            perror("recv");
            continue;
        }
        buf[n] = 0;
        printf("sample %d: rtt %.3f ms\n", i, (t1 - t0) * 1000);
        if (t1 - t0 < best) {
            best = t1 - t0;
            offset = atof(buf) + best / 2 - t1;
        }
    }
    if (best > 1e8) {
        fprintf(stderr, "no answer\n");
        return 1;
    }
    set = now() + offset;
    time_t whole = (time_t)set;
    struct tm *tm = gmtime(&whole);
    printf("offset: %+.6f s\n", offset);
    printf("clock set to %02d:%02d:%02d.%03d UTC\n", tm->tm_hour, tm->tm_min, tm->tm_sec, (int)((set - whole) * 1000));
    return 0;
}
