/* UDP server of the transport lab, 50 bytes a message at most */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <arpa/inet.h>

#define MAX 50

int main(int argc, char *argv[])
{
    int s;
    struct sockaddr_in server, client;
    socklen_t clen;
    char buf[MAX + 1];
    int n;

    s = socket(AF_INET, SOCK_DGRAM, 0);
    if (s < 0) { perror("socket"); return 1; }
    bzero(&server, sizeof server);
    server.sin_family = AF_INET;
    server.sin_addr.s_addr = INADDR_ANY;
    server.sin_port = htons(argc > 1 ? atoi(argv[1]) : 12800);
    if (bind(s, (struct sockaddr *)&server, sizeof server) < 0) { perror("bind"); return 1; }
    for (;;) {
        clen = sizeof client;
        n = recvfrom(s, buf, MAX, 0, (struct sockaddr *)&client, &clen);
        if (n < 0) { perror("recvfrom"); continue; }
        buf[n] = 0;
        printf("%s:%d: %s\n", inet_ntoa(client.sin_addr), ntohs(client.sin_port), buf);
        sendto(s, "Message received", 16, 0, (struct sockaddr *)&client, clen);
    }
}
