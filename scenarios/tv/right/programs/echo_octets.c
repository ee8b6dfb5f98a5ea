/* Servidor de eco iterativo: lee octeto por octeto, sin stdio */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <signal.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

static int s;

int main(int argc, char **argv)
{
    struct sockaddr_in a, cli;
    socklen_t l;
    int c, uno = 1;
    char b;

    if (argc != 2) { fprintf(stderr, "Uso: %s puerto\n", argv[0]); return 2; }
    signal(SIGPIPE, SIG_IGN);
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &uno, sizeof uno);
    memset(&a, 0, sizeof a);
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = htonl(INADDR_ANY);
    a.sin_port = htons(atoi(argv[1]));
    if (bind(s, (struct sockaddr *) &a, sizeof a) < 0) {
        fprintf(stderr, "No se puede usar el puerto %s: ya esta ocupado (%d)\n", argv[1], errno);
        return 1;
    }
    if (listen(s, 1) < 0) { perror("listen"); return 1; }
    printf("Servidor de eco listo en el puerto %s\n", argv[1]);
    for (;;) {
        l = sizeof cli;
        c = accept(s, (struct sockaddr *) &cli, &l);
        if (c < 0) { if (errno == EINTR) continue; perror("accept"); continue; }
        printf("Cliente conectado: %s:%d\n", inet_ntoa(cli.sin_addr), ntohs(cli.sin_port));
        while (read(c, &b, 1) > 0) {
            if (write(c, &b, 1) != 1) break;
        }
        close(c);
        printf("Cliente desconectado\n");
    }
}
