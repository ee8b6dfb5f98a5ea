/*
 * Select server. One process, an array of descriptors.
 * gcc -Wall -o ts-select ts-select.c
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

static const char answer[] = "Message received";
static const char too_many[] = "refused: the server is full\n";

int main(int argc, char *argv[])
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s <port>\n", argv[0]);
        return EXIT_FAILURE;
    }
    signal(SIGPIPE, SIG_IGN);
    int listenfd = socket(AF_INET, SOCK_STREAM, 0);
    int yes = 1;
    setsockopt(listenfd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    struct sockaddr_in addr;
    memset(&addr, 0, sizeof addr);
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl(INADDR_ANY);
    addr.sin_port = htons(atoi(argv[1]));
    if (bind(listenfd, (struct sockaddr *) &addr, sizeof addr) < 0 || listen(listenfd, 64) < 0) {
        perror(argv[1]);
        return EXIT_FAILURE;
    }

    fd_set all;
    FD_ZERO(&all);
    FD_SET(listenfd, &all);
    int maxfd = listenfd;
    for (;;) {
        fd_set ready = all;
        if (select(maxfd + 1, &ready, NULL, NULL, NULL) < 0) {
            perror("select");
            return EXIT_FAILURE;
        }
        int top = maxfd;
        for (int fd = 0; fd <= top; fd++) {
            if (!FD_ISSET(fd, &ready))
                continue;
            if (fd == listenfd) {
                int c = accept(listenfd, NULL, NULL);
                if (c < 0)
                    continue;
                if (c >= FD_SETSIZE) {
                    send(c, too_many, strlen(too_many), 0);
                    close(c);
                    continue;
                }
                FD_SET(c, &all);
                if (c > maxfd)
                    maxfd = c;
                printf("socket %d: connected\n", c);
                continue;
            }
            char buf[1024];
            ssize_t n = recv(fd, buf, sizeof buf, 0);
            if (n > 0) {
                printf("socket %d: received \"%.*s\"\n", fd, (int) n, buf);
                send(fd, answer, strlen(answer), 0);
            }
            if (n <= 0 || (n == 3 && strncmp(buf, "end", 3) == 0)) {
                printf("socket %d: closed\n", fd);
                FD_CLR(fd, &all);
                close(fd);
            }
        }
    }
}
