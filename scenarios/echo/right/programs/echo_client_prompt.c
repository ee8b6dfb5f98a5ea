/* echoclient.c : client echo, ligne par ligne. gcc -Wall echoclient.c -o echoclient.exe */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    int s, recu, n;
    struct sockaddr_in serveur;
    char ligne[1024], reponse[1025];

    if (argc != 3) {
        fprintf(stderr, "Usage : %s <adresse> <port>\n", argv[0]);
        return 1;
    }
    s = socket(AF_INET, SOCK_STREAM, 0);
    memset(&serveur, 0, sizeof(serveur));
    serveur.sin_family = AF_INET;
    serveur.sin_port = htons(atoi(argv[2]));
    serveur.sin_addr.s_addr = inet_addr(argv[1]);
    if (connect(s, (struct sockaddr *)&serveur, sizeof(serveur)) < 0) {
        perror("Erreur connect");
        return 1;
    }
    printf("Connecte au serveur. Ctrl+D pour terminer.\n");
    printf("Votre texte : ");
    fflush(stdout);
    while (fgets(ligne, sizeof(ligne), stdin) != NULL) {
        int taille = strlen(ligne);
        if (send(s, ligne, taille, MSG_NOSIGNAL) < taille) {
            perror("Erreur send");
            return 1;
        }
        recu = 0;
        while (recu < taille) {
            n = recv(s, reponse + recu, taille - recu, 0);
            if (n <= 0) {
                fprintf(stderr, "Le serveur est parti\n");
                return 1;
            }
            recu += n;
        }
        reponse[recu] = '\0';
        printf("Echo : %s", reponse);
        if (reponse[recu - 1] != '\n')
            printf("\n");
        printf("Votre texte : ");
        fflush(stdout);
    }
    printf("\nFin de saisie (EOF), fermeture de la connexion\n");
    shutdown(s, SHUT_WR);
    while (recv(s, reponse, sizeof(reponse), 0) > 0)
        ; /* on attend la fermeture du serveur */
    close(s);
    return 0;
}
