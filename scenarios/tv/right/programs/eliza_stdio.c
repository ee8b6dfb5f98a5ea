/* ELIZA server in C: fork for each client, the socket as FILE *. gcc -Wall -o el-stdio el-stdio.c */
#define _GNU_SOURCE
#include <ctype.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *pairs[][2] = {
    {"i", "you"}, {"me", "you"}, {"my", "your"}, {"am", "are"}, {"mine", "yours"}, {"i'm", "you're"},
    {"you", "I"}, {"your", "my"}, {"are", "am"}, {"yours", "mine"}, {"you're", "I'm"}, {NULL, NULL}
};

struct rule { const char *key; const char *answers[3]; };

/* %s is what follows the key, turned round */
static const struct rule rules[] = {
    {"mother", {"Tell me about your family.", "How did your mother treat you?", "Are you close to your mother?"}},
    {"father", {"Tell me about your family.", "How did your father treat you?", "Are you close to your father?"}},
    {"dream", {"What does this dream suggest to you?", "Do you dream often?", "Who appears in your dream?"}},
    {"i am ", {"How long have you thought that you are %s?", "Why do you say you are %s?", "Do you like that you are %s?"}},
    {"i'm ", {"How long have you thought that you are %s?", "Why do you say you are %s?", "Do you like that you are %s?"}},
    {"you are ", {"Why do you think I am %s?", "Do you like to believe I am %s?", "Perhaps I am %s, perhaps not."}},
    {"i feel ", {"Do you often feel %s?", "When do you feel %s?", "Do you enjoy to feel %s?"}},
    {"i want ", {"Why do you want %s?", "What if you never got %s?", "What would it mean to get %s?"}},
    {"because", {"Is that the real reason?", "What other reasons are there?", "Does that explain all?"}},
    {"sorry", {"Don't apologise.", "No need to be sorry.", "Apologies are not necessary."}},
    {"", {"Please go on.", "I see.", "Tell me more."}}
};

static void turn_round(const char *from, char *to, size_t size)
{
    char copy[1024], *word, *save;
    snprintf(copy, sizeof copy, "%s", from);
    to[0] = '\0';
    for (word = strtok_r(copy, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
        const char *w = word;
        for (int i = 0; pairs[i][0]; i++)
            if (strcmp(word, pairs[i][0]) == 0)
                w = pairs[i][1];
        size_t len = strlen(to);
        snprintf(to + len, size - len, "%s%s", len ? " " : "", w);
    }
}

/* the key at the beginning of a word */
static const char *find(const char *text, const char *key)
{
    const char *p = text;
    while ((p = strstr(p, key)) != NULL) {
        if (p == text || !isalnum((unsigned char) p[-1]))
            return p;
        p++;
    }
    return NULL;
}

static void answer(FILE *out, const char *line)
{
    char rest[2048];
    for (const struct rule *r = rules;; r++) {
        const char *p = *r->key ? find(line, r->key) : line;
        if (!p)
            continue;
        turn_round(p + strlen(r->key), rest, sizeof rest);
        const char *a = r->answers[rand() % 3], *mark = strstr(a, "%s");
        if (mark)
            fprintf(out, "%.*s%s%s\n", (int) (mark - a), a, rest, mark + 2);
        else
            fprintf(out, "%s\n", a);
        return;
    }
}

static void session(int fd)
{
    FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");
    char line[1000];
    fprintf(out, "Hi! I'm Eliza. What is on your mind?\n");
    fflush(out);
    while (fgets(line, sizeof line, in)) {
        size_t n = strlen(line);
        while (n > 0 && strchr("\r\n .!?", line[n - 1]))
            line[--n] = '\0';
        for (char *p = line; *p; p++)
            *p = (char) tolower((unsigned char) *p);
        if (strcmp(line, "bye") == 0 || strcmp(line, "goodbye") == 0) {
            fprintf(out, "Bye! See you next week.\n");
            break;
        }
        answer(out, line);
        fflush(out);
    }
    fclose(out);
    fclose(in);
}

int main(int argc, char **argv)
{
    int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in a = {0};

    if (argc != 2) {
        fprintf(stderr, "usage: %s port\n", argv[0]);
        return 1;
    }
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    a.sin_family = AF_INET;
    a.sin_addr.s_addr = INADDR_ANY;
    a.sin_port = htons(atoi(argv[1]));
    if (bind(s, (struct sockaddr *) &a, sizeof a) < 0) {
        perror("bind");
        return 1;
    }
    listen(s, 10);
    signal(SIGCHLD, SIG_IGN);
    while (1) {
        int c = accept(s, NULL, NULL);
        if (c < 0)
            continue;
        pid_t p = fork();
        if (p == 0) {
            close(s);
            srand(time(NULL) ^ getpid());
            session(c);
            exit(0);
        }
        if (p < 0)
            perror("fork");
        close(c);
    }
}
