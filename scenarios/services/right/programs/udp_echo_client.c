/* UDP echo client: sends a line of its input, prints what comes back */
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct addrinfo hints, *server;
    char line[1024];
    ssize_t n;
    int s;

    if (argc != 3) return 1;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_DGRAM;
    if (getaddrinfo(argv[1], argv[2], &hints, &server) != 0) { fprintf(stderr, "%s: unknown\n", argv[1]); return 1; }
    s = socket(server->ai_family, server->ai_socktype, 0);
    if (s < 0 || connect(s, server->ai_addr, server->ai_addrlen) != 0) { perror("connect"); return 1; }
    if (!fgets(line, sizeof line, stdin)) return 0;
    line[strcspn(line, "\n")] = 0;
    if (send(s, line, strlen(line), 0) < 0) { perror("send"); return 1; }
    n = recv(s, line, sizeof line - 1, 0);
    if (n < 0) { perror("recv"); return 1; }
    line[n] = 0;
    printf("echo: %s\n", line);
    close(s);
    return 0;
}
