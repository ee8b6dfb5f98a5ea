/* ELIZA by TCP, a child process for each client: ./eliza PORT */
#include <ctype.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER 80

static const char *pairs[][2] = {{"i", "you"}, {"am", "are"}, {"my", "your"}, {"me", "you"}, {"mine", "yours"},
                                 {"you", "I"}, {"your", "my"}, {"are", "am"}, {"was", "were"}};

/* my bus -> your bus; out has twice the room of in */
static void turn(const char *in, char *out) {
  *out = 0;
  while (*in) {
    size_t n = strcspn(in, " ");
    const char *word = in;
    size_t length = n;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
      if (strlen(pairs[i][0]) == n && !strncasecmp(in, pairs[i][0], n)) { word = pairs[i][1]; length = strlen(word); }
    strncat(out, word, length);
    in += n;
    if (*in == ' ') { strcat(out, " "); in++; }
  }
}

/* the text after the key, when the key stands at the beginning of a word */
static const char *after(const char *line, const char *key) {
  size_t n = strlen(key);
  for (const char *p = line; *p; p++)
    if (!strncasecmp(p, key, n) && (p == line || !isalnum((unsigned char)p[-1]))) return p + n;
  return NULL;
}

static void answer(const char *line, char *out) {
  static const char *other[] = {"Please go on.\n", "Why do you think so?\n", "I see. Tell me more.\n"};
  static unsigned turns;
  static char part[16384];
  const char *p;
  if ((p = after(line, "i am ")) || (p = after(line, "i'm "))) {
    turn(p, part);
    snprintf(out, ANSWER, "Why are you sure that you are %s?\n", part);
  } else if ((p = after(line, "you are "))) {
    turn(p, part);
    snprintf(out, ANSWER, "What if I am %s?\n", part);
  } else if ((p = after(line, "mother")) && !isalnum((unsigned char)*p)) snprintf(out, ANSWER, "Tell me more about your mother.\n");
  else if (after(line, "dream")) snprintf(out, ANSWER, "Is it a dream that comes back?\n");
  else if ((p = after(line, "i need "))) {
    turn(p, part);
    snprintf(out, ANSWER, "Why do you need %s?\n", part);
  } else snprintf(out, ANSWER, "%s", other[turns++ % 3]);
}

static int say(int c, const char *text) {
  for (size_t n = strlen(text); n;) {
    ssize_t k = send(c, text, n, MSG_NOSIGNAL);
    if (k < 0) return -1;
    text += k, n -= k;
  }
  return 0;
}

static void friend_of(int c) {
  static char line[4096];
  char out[ANSWER];
  FILE *in = fdopen(c, "r");
  if (say(c, "Hello. How do you feel today?\n") < 0) return;
  while (fgets(line, sizeof line, in)) {
    for (size_t n = strlen(line); n && strchr(" .!?\r\n", line[n - 1]);) line[--n] = 0;
    if (!strcasecmp(line, "bye") || !strcasecmp(line, "goodbye")) { say(c, "Good bye. Take care.\n"); return; }
    answer(line, out);
    if (say(c, out) < 0) return;
  }
}

static void reap(int s) { (void)s; while (waitpid(-1, NULL, WNOHANG) > 0) {} }
static void stop(int s) { (void)s; _exit(0); }

int main(int argc, char **argv) {
  if (argc != 2) { fprintf(stderr, "usage: %s PORT\n", argv[0]); return 2; }
  signal(SIGCHLD, reap);
  signal(SIGINT, stop);
  signal(SIGTERM, stop);
  int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  if (bind(s, (struct sockaddr *)&a, sizeof a) || listen(s, 20)) { perror(argv[1]); return 1; }
  for (;;) {
    int c = accept(s, NULL, NULL);
    if (c < 0) continue;
    if (fork() == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);
      signal(SIGINT, SIG_DFL);
      signal(SIGTERM, SIG_DFL);
      close(s);
      friend_of(c);
      _exit(0);
    }
    close(c);
  }
}
