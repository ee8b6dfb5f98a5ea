/* lab 1: TCP server, one client after the other */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <sys/socket.h>

#define ANSWER "Message received"

int main(int argc, char *argv[])
{
    int sock, client;
    struct sockaddr_in me, peer;
    socklen_t len;
    char buf[1024];
    ssize_t n;

    if (argc != 2) {
        printf("usage: %s port\n", argv[0]);
        exit(1);
    }
    sock = socket(PF_INET, SOCK_STREAM, 0);
    if (sock == -1) {
        perror("socket");
        exit(1);
    }
    memset(&me, 0, sizeof(me));
    me.sin_family = AF_INET;
    me.sin_addr.s_addr = htonl(INADDR_ANY);
    me.sin_port = htons(atoi(argv[1]));
    if (bind(sock, (struct sockaddr *) &me, sizeof(me)) == -1) {
        perror("bind");
        exit(1);
    }
    if (listen(sock, 1) == -1) {
        perror("listen");
        exit(1);
    }
    printf("Waiting for clients on port %s...\n", argv[1]);
    while (1) {
        len = sizeof(peer);
        client = accept(sock, (struct sockaddr *) &peer, &len);
        if (client == -1) {
            perror("accept");
            continue;
        }
        printf("Connected: %s port %d\n", inet_ntoa(peer.sin_addr), ntohs(peer.sin_port));
        while ((n = recv(client, buf, sizeof(buf), 0)) > 0) {
            printf("Message: %.*s (%zd bytes)\n", (int) n, buf, n);
            if (send(client, ANSWER, strlen(ANSWER), MSG_NOSIGNAL) == -1) {
                perror("send");
                break;
            }
            if (n == 3 && memcmp(buf, "end", 3) == 0)
                break;
        }
        if (n == -1)
            perror("recv");
        printf("Closed\n");
        close(client);
    }
}
