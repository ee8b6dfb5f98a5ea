/* UDP echo server: a loop over recvfrom and sendto */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    static char buffer[65536];
    struct sockaddr_in address;
    int s = socket(AF_INET, SOCK_DGRAM, 0);

    if (argc != 2 || s < 0) return 1;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_ANY);
    address.sin_port = htons(atoi(argv[1]));
    if (bind(s, (struct sockaddr *)&address, sizeof address) != 0) { perror("bind"); return 1; }
    for (;;) {
        struct sockaddr_in client;
        socklen_t length = sizeof client;
        ssize_t n = recvfrom(s, buffer, sizeof buffer, 0, (struct sockaddr *)&client, &length);
        if (n < 0) { perror("recvfrom"); continue; }
        if (sendto(s, buffer, n, 0, (struct sockaddr *)&client, length) != n) perror("sendto");
    }
}
