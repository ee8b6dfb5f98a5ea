/* Emisor de TV por UDP.  Uso: emisor <host> <port> [fichero [factor]]
 * Sin fichero manda "Hello". Con fichero manda 1316 octetos (7 paquetes TS) cada 16,5 ms.
 * gcc -O1 -Wall -o bin/emisor emisor.c */
#define _GNU_SOURCE
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define TAMANO 1316
#define BITS_POR_SEGUNDO 638000.0

static int conectar(const char *host, const char *puerto)
{
    struct addrinfo pista, *lista, *p;
    int s = -1, e;

    memset(&pista, 0, sizeof pista);
    pista.ai_family = AF_INET;
    pista.ai_socktype = SOCK_DGRAM;
    e = getaddrinfo(host, puerto, &pista, &lista);
    if (e != 0) {
        fprintf(stderr, "emisor: no se encuentra la máquina %s: %s\n", host, gai_strerror(e));
        exit(EXIT_FAILURE);
    }
    for (p = lista; p != NULL; p = p->ai_next) {
        s = socket(p->ai_family, p->ai_socktype, p->ai_protocol);
        if (s < 0)
            continue;
        if (connect(s, p->ai_addr, p->ai_addrlen) == 0)
            break;
        e = errno;
        close(s);
        errno = e;
        s = -1;
    }
    if (s < 0) {
        perror("emisor: no se puede llegar al destino");
        exit(EXIT_FAILURE);
    }
    freeaddrinfo(lista);
    return s;
}

static void saludar(int s)
{
    char c;
    struct timeval espera = {0, 300000};

    if (send(s, "Hello", 5, 0) != 5) {
        perror("emisor: send");
        exit(EXIT_FAILURE);
    }
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &espera, sizeof espera);
    if (recv(s, &c, 1, 0) < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
        perror("emisor: el destino no acepta el mensaje");
        exit(EXIT_FAILURE);
    }
}

int main(int argc, char *argv[])
{
    char *resto, bloque[TAMANO];
    long puerto;
    double factor = 1, bytes = 0;
    int s, rechazos = 0;
    FILE *f;
    size_t n;
    struct timespec inicio, cuando;

    if (argc < 3 || !*argv[1] || !*argv[2]) {
        fprintf(stderr, "Uso: %s <host> <port> [fichero [factor]]\n", argv[0]);
        return EXIT_FAILURE;
    }
    puerto = strtol(argv[2], &resto, 10);
    if (*resto || puerto < 1 || puerto > 65535) {
        fprintf(stderr, "emisor: %s no es un número de puerto\n", argv[2]);
        return EXIT_FAILURE;
    }
    if (argc > 4 && *argv[4])
        factor = atof(argv[4]);
    if (factor <= 0) {
        fprintf(stderr, "emisor: factor incorrecto: %s\n", argv[4]);
        return EXIT_FAILURE;
    }
    s = conectar(argv[1], argv[2]);
    if (argc < 4 || !*argv[3]) {
        saludar(s);
        close(s);
        return EXIT_SUCCESS;
    }
    f = fopen(argv[3], "rb");
    if (f == NULL) {
        perror(argv[3]);
        return EXIT_FAILURE;
    }
    clock_gettime(CLOCK_MONOTONIC, &inicio);
    while ((n = fread(bloque, 1, sizeof bloque, f)) > 0) {
        double t = bytes * 8 / (BITS_POR_SEGUNDO * factor);

        cuando.tv_sec = inicio.tv_sec + (time_t)t;
        cuando.tv_nsec = inicio.tv_nsec + (long)((t - (time_t)t) * 1e9);
        if (cuando.tv_nsec >= 1000000000L) {
            cuando.tv_nsec -= 1000000000L;
            cuando.tv_sec++;
        }
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &cuando, NULL);
        if (send(s, bloque, n, 0) < 0) {
            if (errno == ECONNREFUSED) {
                /* el error es del datagrama anterior: se sigue emitiendo */
                if (rechazos++ == 0)
                    fprintf(stderr, "emisor: nadie escucha en %s: %s\n", argv[2], strerror(ECONNREFUSED));
                send(s, bloque, n, 0);
            } else {
                perror("emisor: send");
                return EXIT_FAILURE;
            }
        }
        bytes += n;
    }
    if (ferror(f)) {
        perror(argv[3]);
        return EXIT_FAILURE;
    }
    fclose(f);
    close(s);
    printf("Fin: %.0f octetos.\n", bytes);
    return rechazos ? EXIT_FAILURE : EXIT_SUCCESS;
}
