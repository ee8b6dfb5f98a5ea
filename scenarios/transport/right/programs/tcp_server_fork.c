/* Serveur TCP concurrent : un fils par client, le pere attend les fils (SIGCHLD). */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void fils_termine(int sig)
{
    int e = errno;
    (void) sig;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
    errno = e;
}

static void dialogue(int s, const struct sockaddr_in *c)
{
    char tampon[1025];
    ssize_t n;

    while ((n = read(s, tampon, 1024)) > 0) {
        tampon[n] = '\0';
        printf("[fils %d] %s:%d envoie : %s\n", (int) getpid(), inet_ntoa(c->sin_addr), ntohs(c->sin_port), tampon);
        fflush(stdout);
        if (write(s, "Message received", 16) != 16)
            break;
        if (strcmp(tampon, "end") == 0)
            break;
    }
    printf("[fils %d] fin\n", (int) getpid());
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage : %s port\n", argv[0]);
        return 2;
    }
    struct sigaction sa;
    memset(&sa, 0, sizeof sa);
    sa.sa_handler = fils_termine;
    sa.sa_flags = SA_RESTART;
    sigaction(SIGCHLD, &sa, NULL);
    signal(SIGPIPE, SIG_IGN);

    int e = socket(AF_INET, SOCK_STREAM, 0), un = 1;
    setsockopt(e, SOL_SOCKET, SO_REUSEADDR, &un, sizeof un);
    struct sockaddr_in a = { 0 };
    a.sin_family = AF_INET;
    a.sin_port = htons((unsigned short) atoi(argv[1]));
    a.sin_addr.s_addr = INADDR_ANY;
    if (bind(e, (struct sockaddr *) &a, sizeof a) < 0) { perror("bind"); return 1; }
    if (listen(e, 5) < 0) { perror("listen"); return 1; }
    printf("Pere %d : ecoute sur le port %s\n", (int) getpid(), argv[1]);
    fflush(stdout);
    for (;;) {
        struct sockaddr_in c;
        socklen_t l = sizeof c;
        int s = accept(e, (struct sockaddr *) &c, &l);
        if (s < 0) {
            if (errno == EINTR) continue;
            perror("accept");
            return 1;
        }
        switch (fork()) {
        case -1:
            perror("fork");
            break;
        case 0:
            close(e);
            dialogue(s, &c);
            close(s);
            exit(0);
        }
        close(s);
    }
}
