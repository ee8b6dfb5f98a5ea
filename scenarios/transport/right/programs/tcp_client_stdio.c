#define _GNU_SOURCE
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct addrinfo hints, *res;
    char *line = NULL, answer[1025];
    size_t cap = 0;
    ssize_t n;
    int s, err;

    if (argc != 3) {
        fprintf(stderr, "usage: %s host port\n", argv[0]);
        return 1;
    }
    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    if ((err = getaddrinfo(argv[1], argv[2], &hints, &res)) != 0) {
        fprintf(stderr, "%s: %s\n", argv[1], gai_strerror(err));
        return 1;
    }
    s = socket(res->ai_family, res->ai_socktype, res->ai_protocol);
    if (connect(s, res->ai_addr, res->ai_addrlen) < 0) {
        perror("connect");
        return 1;
    }
    freeaddrinfo(res);
    while ((n = getline(&line, &cap, stdin)) != -1) {
        if (n > 0 && line[n - 1] == '\n')
            line[--n] = '\0';
        if (n == 0)
            continue;
        if (send(s, line, n, 0) != n) {
            perror("send");
            return 1;
        }
        ssize_t r = recv(s, answer, sizeof answer - 1, 0);
        if (r <= 0) {
            fprintf(stderr, "connection lost\n");
            return 1;
        }
        answer[r] = '\0';
        printf("server says: %s\n", answer);
        if (strcmp(line, "end") == 0)
            break;
    }
    close(s);
    return 0;
}
