/* Punto de encuentro (RP) del árbol multicast.   rdv [-p puerto] [-v vida]
 * gcc -O1 -Wall -o bin/rdv rdv.c */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double ahora(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void adios(int n)
{
    (void)n;
    _exit(0);
}

int main(int argc, char **argv)
{
    int puerto = 10000, c, s, hay_raiz = 0;
    double vida = 180, hasta = 0;
    struct sockaddr_in aqui, raiz, de;
    static char m[65536];
    char r[64], ip[INET_ADDRSTRLEN];

    while ((c = getopt(argc, argv, "p:v:")) != -1) {
        if (c == 'p')
            puerto = atoi(optarg);
        else if (c == 'v')
            vida = atof(optarg);
        else {
            fprintf(stderr, "Uso: %s [-p puerto] [-v vida]\n", argv[0]);
            return 1;
        }
    }
    signal(SIGINT, adios);
    signal(SIGTERM, adios);
    memset(&aqui, 0, sizeof aqui);
    memset(&raiz, 0, sizeof raiz);
    aqui.sin_family = AF_INET;
    aqui.sin_port = htons(puerto);
    aqui.sin_addr.s_addr = htonl(INADDR_ANY);
    s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0 || bind(s, (struct sockaddr *)&aqui, sizeof aqui) < 0) {
        perror("rdv");
        return 1;
    }
    for (;;) {
        socklen_t l = sizeof de;
        ssize_t n = recvfrom(s, m, sizeof m - 1, 0, (struct sockaddr *)&de, &l);

        if (n < 0) {
            if (errno == EINTR)
                continue;
            perror("recvfrom");
            return 1;
        }
        if (hay_raiz && ahora() > hasta) {
            hay_raiz = 0;
            fprintf(stderr, "la raíz no ha dado señales de vida\n");
        }
        if (n < 4 || (n > 4 && m[4] != '\n'))
            continue;
        if (memcmp(m, "ROOT", 4) == 0) {
            if (hay_raiz)
                snprintf(r, sizeof r, "TOOR\n%s %d\n", inet_ntop(AF_INET, &raiz.sin_addr, ip, sizeof ip), ntohs(raiz.sin_port));
            else
                strcpy(r, "TOOR\n");
        } else if (memcmp(m, "RREG", 4) == 0) {
            if (!hay_raiz || (raiz.sin_addr.s_addr == de.sin_addr.s_addr && raiz.sin_port == de.sin_port)) {
                hay_raiz = 1;
                raiz = de;
                hasta = ahora() + vida;
                strcpy(r, "YREG\n");
            } else
                strcpy(r, "NREG\n");
        } else
            continue;
        if (sendto(s, r, strlen(r), 0, (struct sockaddr *)&de, l) < 0)
            perror("sendto");
    }
}
