/* tvsend.c - sends "Hello" or a TS file over UDP.  usage: tvsend host port [--file f] [--rate 638k] ... */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static int argn;
static char **args;

static const char *option(const char *name, const char *def)
{
    for (int i = 1; i < argn - 1; i++)
        if (strcmp(args[i], name) == 0 && args[i + 1][0] && strncmp(args[i + 1], "--", 2) != 0)
            return args[i + 1];
    return def;
}

static void fail(const char *what)
{
    fprintf(stderr, "tvsend: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int read_port(const char *text)
{
    char *end;
    long n = strtol(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || n < 1) {
        fprintf(stderr, "tvsend: bad port '%s'\n", text);
        exit(1);
    }
    return (int) n;
}

static struct in_addr read_host(const char *text)
{
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_DGRAM }, *found;
    int e = getaddrinfo(text, NULL, &hints, &found);
    if (e != 0) {
        fprintf(stderr, "tvsend: unknown host '%s': %s\n", text, gai_strerror(e));
        exit(1);
    }
    return ((struct sockaddr_in *) found->ai_addr)->sin_addr;
}

static double read_rate(const char *text)
{
    char *end;
    double r = strtod(text, &end);
    if (*end == 'k') r *= 1000;
    if (*end == 'M') r *= 1000000;
    return r;
}

static void wait_until(const struct timespec *start, double seconds)
{
    struct timespec t = *start;
    t.tv_sec += (time_t) seconds;
    t.tv_nsec += (long) ((seconds - (time_t) seconds) * 1e9);
    if (t.tv_nsec >= 1000000000) { t.tv_nsec -= 1000000000; t.tv_sec++; }
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR) ;
}

static void hello(int s)
{
    char c;
    struct timeval patience = { 0, 300000 };
    if (send(s, "Hello", 5, 0) < 0) fail("send");
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (recv(s, &c, 1, 0) < 0 && errno != EAGAIN) fail("Hello");
}

static void clip(int s, const char *name)
{
    static char buf[65536];
    double speed = atof(option("--speed", "1"));
    double rate = read_rate(option("--rate", "638k")) * speed;
    size_t size = (size_t) atoi(option("--payload", "1316"));
    FILE *f = fopen(name, "rb");
    if (f == NULL) fail(name);
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    double sent = 0;
    size_t n;
    while ((n = fread(buf, 1, size, f)) > 0) {
        wait_until(&start, sent * 8 / rate);
        if (send(s, buf, n, 0) < 0 && errno != ENOBUFS && errno != ECONNREFUSED) fail("send");
        sent += (double) n;
    }
    fclose(f);
}

int main(int argc, char **argv)
{
    argn = argc;
    args = argv;
    if (argc < 3 || !argv[1][0] || !argv[2][0] || strncmp(argv[1], "--", 2) == 0 || strncmp(argv[2], "--", 2) == 0) {
        fprintf(stderr, "usage: tvsend host port [--file name] [--rate 638k] [--speed 1]\n");
        return 1;
    }
    int port = read_port(argv[2]);
    struct sockaddr_in to = { .sin_family = AF_INET };
    to.sin_port = htons((unsigned short) port);
    to.sin_addr = read_host(argv[1]);

    int s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0) fail("socket");
    unsigned char ttl = (unsigned char) atoi(option("--ttl", "1"));
    setsockopt(s, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl);
    const char *dev = option("--interface", "");
    if (dev[0] && IN_MULTICAST(ntohl(to.sin_addr.s_addr))) {
        struct ip_mreqn m = { .imr_ifindex = (int) if_nametoindex(dev) };
        if (setsockopt(s, IPPROTO_IP, IP_MULTICAST_IF, &m, sizeof m) < 0) fail(dev);
    }
    if (connect(s, (struct sockaddr *) &to, sizeof to) < 0) fail(argv[1]);

    const char *file = option("--file", "");
    if (file[0])
        clip(s, file);
    else
        hello(s);
    close(s);
    return 0;
}
