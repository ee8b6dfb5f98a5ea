/* echoserveur.c : serveur echo simple. Compilation : gcc -Wall echoserveur.c -o echoserveur.exe */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define TAILLE 512

int main(int argc, char *argv[])
{
    int ecoute, service, lus;
    char tampon[TAILLE];
    struct sockaddr_in serveur, client;
    socklen_t taille;

    if (argc < 2) {
        fprintf(stderr, "Usage : %s <port>\n", argv[0]);
        exit(1);
    }
    if ((ecoute = socket(AF_INET, SOCK_STREAM, 0)) < 0) {
        perror("socket");
        exit(2);
    }
    bzero(&serveur, sizeof(serveur));
    serveur.sin_family = AF_INET;
    serveur.sin_addr.s_addr = htonl(INADDR_ANY);
    serveur.sin_port = htons(atoi(argv[1]));
    if (bind(ecoute, (struct sockaddr *)&serveur, sizeof(serveur)) < 0) {
        char texte[64];
        snprintf(texte, sizeof(texte), "Erreur bind, port %s", argv[1]);
        perror(texte);
        exit(3);
    }
    listen(ecoute, 1);
    printf("Serveur echo pret sur le port %s\n", argv[1]);
    for (;;) {
        taille = sizeof(client);
        service = accept(ecoute, (struct sockaddr *)&client, &taille);
        if (service < 0) {
            perror("accept");
            continue;
        }
        printf("Client %s:%d connecte\n", inet_ntoa(client.sin_addr), ntohs(client.sin_port));
        while ((lus = recv(service, tampon, TAILLE, 0)) > 0) {
            int envoyes = 0, n;
            while (envoyes < lus) {
                n = send(service, tampon + envoyes, lus - envoyes, MSG_NOSIGNAL);
                if (n <= 0)
                    break;
                envoyes += n;
            }
            if (envoyes < lus)
                break;
        }
        printf("Client deconnecte\n");
        close(service);
    }
    return 0;
}
