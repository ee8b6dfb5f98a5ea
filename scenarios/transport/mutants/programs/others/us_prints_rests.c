#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
    char buf[51] = "";
    struct sockaddr_in me, peer;
    socklen_t len;
    int port = argc > 1 ? atoi(argv[1]) : 12800;
    int s = socket(PF_INET, SOCK_DGRAM, 0);

    setvbuf(stdout, NULL, _IOLBF, 0);
    bzero(&me, sizeof me);
    me.sin_family = AF_INET;
    me.sin_port = htons(port);
    me.sin_addr.s_addr = INADDR_ANY;
    if (bind(s, (struct sockaddr *) &me, sizeof me) == -1) { perror("bind"); return 1; }
    while (1) {
        len = sizeof peer;
        ssize_t n = recvfrom(s, buf, 50, 0, (struct sockaddr *) &peer, &len);
        if (n < 0) { perror("recvfrom"); continue; }
        printf("%s/%u: \"%s\"\n", inet_ntoa(peer.sin_addr), ntohs(peer.sin_port), buf);
        sendto(s, "Message received", 16, 0, (struct sockaddr *) &peer, len);
    }
}
