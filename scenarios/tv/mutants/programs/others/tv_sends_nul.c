/* difftv HOST PORT [FILE [SPEED]]: 7 TS packets a datagram, paced by an absolute clock; connected socket */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <errno.h>
#include <poll.h>
#include <unistd.h>
#include <netdb.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    struct addrinfo h, *r;
    char buf[1316], *end;
    size_t n;

    if (argc < 3) { fprintf(stderr, "usage: %s host port [file [speed]]\n", argv[0]); return 2; }
    long port = strtol(argv[2], &end, 10);
    if (*end || port < 1 || port > 65535) { fprintf(stderr, "bad port %s\n", argv[2]); return 2; }
    memset(&h, 0, sizeof h);
    h.ai_family = AF_INET;
    h.ai_socktype = SOCK_DGRAM;
    int e = getaddrinfo(argv[1], argv[2], &h, &r);
    if (e) { fprintf(stderr, "%s: %s\n", argv[1], gai_strerror(e)); return 1; }
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (connect(s, r->ai_addr, r->ai_addrlen) < 0) { perror("connect"); return 1; }
    if (argc < 4) {
        if (send(s, "Hello", 6, 0) < 0) { perror("send"); return 1; }
        struct pollfd p = { s, POLLIN, 0 };
        if (poll(&p, 1, 500) > 0 && recv(s, buf, sizeof buf, 0) < 0) { perror("nobody listens"); return 1; }
        return 0;
    }
    double speed = argc > 4 ? atof(argv[4]) : 1;
    FILE *f = fopen(argv[3], "rb");
    if (!f) { perror(argv[3]); return 1; }
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    double when = t.tv_sec + t.tv_nsec / 1e9;
    while ((n = fread(buf, 1, sizeof buf, f)) > 0) {
        if (send(s, buf, n, 0) < 0 && errno != ECONNREFUSED) { perror("send"); return 1; }
        when += n * 8 / (638000.0 * speed);
        t.tv_sec = (time_t) when;
        t.tv_nsec = (long) ((when - (double) t.tv_sec) * 1e9);
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    }
    fclose(f);
    close(s);
    return 0;
}
