/* Sala de charla por multicast, IPv4 e IPv6, con poll.
 *   sala -r grupo -n nombre [-p puerto] [-i interfaz] [-t saltos]
 * gcc -O1 -Wall -o bin/sala sala.c */
#define _GNU_SOURCE
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>
#include <locale.h>

static int tubo[2];

static void senal(int n)
{
    char c = (char)n;
    if (write(tubo[1], &c, 1) < 0)
        _exit(1);
}

static void fatal(const char *que)
{
    perror(que);
    exit(1);
}

/* Solo texto: todo lo demás se escribe como un punto. */
static void mostrar(const char *datos, size_t n)
{
    mbstate_t estado = {0};
    size_t i = 0;

    while (n > 0 && (datos[n - 1] == '\n' || datos[n - 1] == '\r'))
        n--;
    while (i < n) {
        wchar_t c;
        size_t k = mbrtowc(&c, datos + i, n - i, &estado);
        if (k == (size_t)-1 || k == (size_t)-2 || k == 0) {
            memset(&estado, 0, sizeof estado);
            putchar('.');
            i++;
        } else {
            if (iswprint(c))
                fwrite(datos + i, 1, k, stdout);
            else
                putchar('.');
            i += k;
        }
    }
    putchar('\n');
}

int main(int argc, char *argv[])
{
    const char *grupo = NULL, *nombre = NULL, *puerto = "5000", *interfaz = NULL;
    int saltos = 1, c, uno = 1, cero = 0, s, e, estado = 0;
    unsigned indice = 0;
    struct addrinfo pista = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICHOST}, *a;
    struct group_req pedido;
    static char entrada[1 << 20], mensaje[(1 << 20) + 1024], datos[65536];
    size_t lleno = 0;

    if (!setlocale(LC_CTYPE, "C.UTF-8"))
        setlocale(LC_CTYPE, "");
    setvbuf(stdout, NULL, _IOLBF, 0);
    while ((c = getopt(argc, argv, "r:n:p:i:t:")) != -1) {
        switch (c) {
        case 'r': grupo = optarg; break;
        case 'n': nombre = optarg; break;
        case 'p': puerto = optarg; break;
        case 'i': interfaz = optarg; break;
        case 't': saltos = atoi(optarg); break;
        default: return 2;
        }
    }
    if (!grupo || !nombre) {
        fprintf(stderr, "Uso: %s -r grupo -n nombre [-p puerto] [-i interfaz] [-t saltos]\n", argv[0]);
        return 2;
    }
    if ((e = getaddrinfo(grupo, puerto, &pista, &a)) != 0) {
        fprintf(stderr, "%s: %s\n", grupo, gai_strerror(e));
        return 1;
    }
    if (interfaz && (indice = if_nametoindex(interfaz)) == 0)
        fatal(interfaz);
    if ((s = socket(a->ai_family, SOCK_DGRAM, 0)) < 0)
        fatal("socket");
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &uno, sizeof uno);
    if (a->ai_family == AF_INET6) {
        struct sockaddr_in6 *seis = (struct sockaddr_in6 *)a->ai_addr;
        struct sockaddr_in6 aqui = {.sin6_family = AF_INET6, .sin6_port = seis->sin6_port};
        int todo = 29 /* IPV6_MULTICAST_ALL */;

        if (!indice) {
            struct if_nameindex *lista = if_nameindex();
            for (int i = 0; lista && lista[i].if_index; i++)
                if (!indice || strcmp(lista[i].if_name, "lo") != 0) {
                    indice = lista[i].if_index;
                    if (strcmp(lista[i].if_name, "lo") != 0)
                        break;
                }
        }
        seis->sin6_scope_id = indice;
        setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &uno, sizeof uno);
        setsockopt(s, IPPROTO_IPV6, todo, &cero, sizeof cero);
        setsockopt(s, IPPROTO_IPV6, IPV6_MULTICAST_IF, &indice, sizeof indice);
        setsockopt(s, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &saltos, sizeof saltos);
        if (bind(s, (struct sockaddr *)&aqui, sizeof aqui) < 0)
            fatal("bind");
    } else {
        struct ip_mreqn por = {.imr_ifindex = (int)indice};

        setsockopt(s, IPPROTO_IP, IP_MULTICAST_TTL, &saltos, sizeof saltos);
        if (indice)
            setsockopt(s, IPPROTO_IP, IP_MULTICAST_IF, &por, sizeof por);
        if (bind(s, a->ai_addr, a->ai_addrlen) < 0)
            fatal("bind");
    }
    /* Primero se avisa (y se sabe si hay camino), después se entra. */
    c = snprintf(mensaje, sizeof mensaje, "%s entra en la sala (joined)", nombre);
    {
        int prueba = socket(a->ai_family, SOCK_DGRAM, 0);
        struct ip_mreqn por = {.imr_ifindex = (int)indice};
        if (a->ai_family == AF_INET && indice)
            setsockopt(prueba, IPPROTO_IP, IP_MULTICAST_IF, &por, sizeof por);
        if (a->ai_family == AF_INET6)
            setsockopt(prueba, IPPROTO_IPV6, IPV6_MULTICAST_IF, &indice, sizeof indice);
        if (connect(prueba, a->ai_addr, a->ai_addrlen) < 0)
            fatal(grupo);
        close(prueba);
    }
    memset(&pedido, 0, sizeof pedido);
    pedido.gr_interface = indice;
    memcpy(&pedido.gr_group, a->ai_addr, a->ai_addrlen);
    if (setsockopt(s, a->ai_family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP, MCAST_JOIN_GROUP, &pedido, sizeof pedido) < 0)
        fatal(grupo);
    if (pipe(tubo) < 0)
        fatal("pipe");
    signal(SIGINT, senal);
    signal(SIGTERM, senal);
    if (sendto(s, mensaje, c, 0, a->ai_addr, a->ai_addrlen) < 0)
        fatal(grupo);

    for (int sigue = 1; sigue;) {
        struct pollfd p[3] = {{tubo[0], POLLIN, 0}, {s, POLLIN, 0}, {0, POLLIN, 0}};

        if (poll(p, 3, -1) < 0) {
            if (errno == EINTR)
                continue;
            fatal("poll");
        }
        if (p[1].revents) {
            ssize_t n = recv(s, datos, sizeof datos, 0);
            if (n >= 0)
                mostrar(datos, n);
        }
        if (p[2].revents) {
            ssize_t n = read(0, entrada + lleno, sizeof entrada - lleno);
            char *resto = entrada, *fin;

            if (n <= 0) {
                sigue = 0;
                if (lleno > 0)
                    entrada[lleno++] = '\n';
            } else {
                lleno += n;
            }
            if (lleno == sizeof entrada)
                entrada[lleno - 1] = '\n';
            while ((fin = memchr(resto, '\n', entrada + lleno - resto)) != NULL) {
                c = snprintf(mensaje, sizeof mensaje, "%s: %.*s", nombre, (int)(fin - resto), resto);
                if (sendto(s, mensaje, c, 0, a->ai_addr, a->ai_addrlen) < 0) {
                    fprintf(stderr, "not sent: %s\n", strerror(errno));
                    estado = 1;
                }
                resto = fin + 1;
            }
            lleno -= resto - entrada;
            memmove(entrada, resto, lleno);
        }
        if (p[0].revents)
            sigue = 0;
    }
    c = snprintf(mensaje, sizeof mensaje, "%s sale de la sala (left)", nombre);
    sendto(s, mensaje, c, 0, a->ai_addr, a->ai_addrlen);
    for (;;) {
        struct pollfd p = {s, POLLIN, 0};
        ssize_t n;

        if (poll(&p, 1, 150) <= 0 || (n = recv(s, datos, sizeof datos, 0)) < 0)
            break;
        if (n == c && memcmp(datos, mensaje, n) == 0)
            break;
        mostrar(datos, n);
    }
    close(s);
    return estado;
}
