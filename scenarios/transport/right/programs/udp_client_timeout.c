/* UDP client, SO_RCVTIMEO of one second */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s host port\n", argv[0]);
        return 1;
    }
    struct hostent *h = gethostbyname(argv[1]);
    if (h == NULL) {
        fprintf(stderr, "unknown host %s\n", argv[1]);
        return 1;
    }
    struct sockaddr_in to;
    memset(&to, 0, sizeof to);
    to.sin_family = AF_INET;
    to.sin_port = htons(atoi(argv[2]));
    memcpy(&to.sin_addr, h->h_addr_list[0], h->h_length);

    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct timeval one = {1, 0};
    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &one, sizeof one);
    char *line = NULL;
    size_t cap = 0;
    int answers = 0, messages = 0;
    for (;;) {
        printf("message: ");
        fflush(stdout);
        ssize_t n = getline(&line, &cap, stdin);
        if (n < 0)
            break;
        if (n > 0 && line[n - 1] == '\n')
            line[--n] = 0;
        if (sendto(s, line, n, 0, (struct sockaddr *) &to, sizeof to) < 0) {
            perror("sendto");
            continue;
        }
        messages++;
        char answer[512];
        ssize_t r = recvfrom(s, answer, sizeof answer - 1, 0, NULL, NULL);
        if (r >= 0) {
            answer[r] = 0;
            answers++;
            printf("answer: %s\n", answer);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK)
            fprintf(stderr, "no answer\n");
        else
            perror("recvfrom");
        if (strcmp(line, "end") == 0)
            break;
    }
    printf("\n");
    close(s);
    return messages > 0 && answers == 0;
}
