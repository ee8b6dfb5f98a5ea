/* chat.c: a room by multicast, IPv4 and IPv6.   chat --room 224.1.1.1 --name ana [--port 5000] [--interface eth0] [--ttl 1] */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define BIG 65536

static int in, out, status;
static struct addrinfo *room;
static const char *name;

static const char *option(int argc, char **argv, const char *which, const char *def)
{
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], which) == 0 && argv[i + 1][0] && strncmp(argv[i + 1], "--", 2) != 0)
            return argv[i + 1];
    return def;
}

static void fail(void)
{
    if (errno == ENODEV || errno == ENETUNREACH || errno == EADDRNOTAVAIL)
        errno = ENETUNREACH;
    perror("chat");
    exit(1);
}

static void transmit(const char *text, size_t size)
{
    if (sendto(out, text, size, 0, room->ai_addr, room->ai_addrlen) >= 0)
        return;
    if (errno != EMSGSIZE)
        fail();
    fprintf(stderr, "not sent: too long\n");
    status = 1;
}

static void announce(const char *what)
{
    char text[512];
    transmit(text, (size_t) snprintf(text, sizeof text, "%s has %s", name, what));
}

static void say(const char *line, size_t size)
{
    char *text = malloc(size + strlen(name) + 3);
    size_t head = (size_t) sprintf(text, "%s: ", name);
    memcpy(text + head, line, size);
    transmit(text, head + size);
    free(text);
}

static void show(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char) text[i];
        /* C0, DEL, and the C1 controls of UTF-8 */
        if (c < 32 || c == 127 || (c == 0xc2 && i + 1 < size && (unsigned char) text[i + 1] < 0xa0))
            printf("\\x%02x", c);
        else
            putchar(c);
    }
    putchar('\n');
    fflush(stdout);
}

static int hear(int flags)
{
    static char text[BIG], last[BIG];
    ssize_t n = recv(in, text, sizeof text, flags);
    if (n < 0)
        return 0;
    if (n > 0 && memcmp(text, last, (size_t) n) == 0)      /* came twice */
        return 1;
    memcpy(last, text, (size_t) n);
    show(text, (size_t) n);
    return 1;
}

/* IPv6 wants to know the interface: the first one that is not the loopback */
static unsigned int usual(void)
{
    unsigned int found = 1;
    struct if_nameindex *all = if_nameindex();
    for (struct if_nameindex *i = all; i && i->if_index; i++)
        if (strcmp(i->if_name, "lo") != 0) {
            found = i->if_index;
            break;
        }
    if_freenameindex(all);
    return found;
}

static void enter(const char *dev, int ttl)
{
    int one = 1, six = room->ai_family == AF_INET6;
    unsigned int index = dev[0] ? if_nametoindex(dev) : six ? usual() : 0;
    struct group_req group = { .gr_interface = index };
    in = socket(room->ai_family, SOCK_DGRAM, 0);
    out = socket(room->ai_family, SOCK_DGRAM, 0);
    setsockopt(in, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (six)
        ((struct sockaddr_in6 *) room->ai_addr)->sin6_scope_id = index;
    if (bind(in, room->ai_addr, room->ai_addrlen) < 0)
        fail();
    memcpy(&group.gr_group, room->ai_addr, room->ai_addrlen);
    if (setsockopt(in, six ? IPPROTO_IPV6 : IPPROTO_IP, MCAST_JOIN_GROUP, &group, sizeof group) < 0)
        fail();
    if (six) {
        setsockopt(out, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &ttl, sizeof ttl);
        setsockopt(out, IPPROTO_IPV6, IPV6_MULTICAST_IF, &index, sizeof index);
    } else {
        struct ip_mreqn m = { .imr_ifindex = (int) index };
        setsockopt(out, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl);
        if (index)
            setsockopt(out, IPPROTO_IP, IP_MULTICAST_IF, &m, sizeof m);
    }
}

int main(int argc, char **argv)
{
    static char typed[4 * BIG];
    size_t have = 0;
    struct addrinfo hints = { .ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST };
    const char *address = option(argc, argv, "--room", "");
    name = option(argc, argv, "--name", "");
    if (!name[0] || getaddrinfo(address, option(argc, argv, "--port", "5000"), &hints, &room) != 0) {
        fprintf(stderr, "usage: chat --room ADDRESS --name NAME\n");
        return 1;
    }
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    int signals = signalfd(-1, &ends, 0);
    enter(option(argc, argv, "--interface", ""), atoi(option(argc, argv, "--ttl", "1")));
    announce("joined");
    struct pollfd p[3] = { { 0, POLLIN, 0 }, { in, POLLIN, 0 }, { signals, POLLIN, 0 } };
    for (;;) {
        if (poll(p, 3, -1) < 0)
            continue;
        if (p[1].revents)
            hear(0);
        if (p[2].revents)
            break;
        if (!p[0].revents)
            continue;
        ssize_t n = read(0, typed + have, sizeof typed - have);
        if (n <= 0) {
            if (have)
                say(typed, have);
            break;
        }
        have += (size_t) n;
        char *end;
        while ((end = memchr(typed, '\n', have)) != NULL || have == sizeof typed) {
            size_t size = end ? (size_t) (end - typed) : have;
            say(typed, size);
            size_t used = end ? size + 1 : size;
            memmove(typed, typed + used, have - used);
            have -= used;
        }
    }
    announce("left");
    while (hear(MSG_DONTWAIT))
        ;
    return status;
}
