/* Threads, C and a list for a cache: http_proxy PORT */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct kept {
  char *url, *data;
  size_t length;
  time_t until;
  struct kept *next;
};
static struct kept *cache;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct buffer {
  char *data;
  size_t length, room;
};

static void append(struct buffer *buffer, const char *data, size_t length) {
  if (buffer->length + length + 1 > buffer->room) {
    buffer->room = 2 * (buffer->length + length + 1);
    buffer->data = realloc(buffer->data, buffer->room);
  }
  memcpy(buffer->data + buffer->length, data, length);
  buffer->length += length;
  buffer->data[buffer->length] = 0;
}

static int write_all(int to, const char *data, size_t length) {
  while (length > 0) {
    ssize_t written = send(to, data, length, MSG_NOSIGNAL);
    if (written <= 0) return -1;
    data += written;
    length -= (size_t)written;
  }
  return 0;
}

/* Reads until the empty line; where it ends, or 0. */
static size_t read_head(int from, struct buffer *buffer) {
  char part[8192];
  for (;;) {
    char *end = buffer->length ? memmem(buffer->data, buffer->length, "\r\n\r\n", 4) : NULL;
    if (end) return (size_t)(end - buffer->data) + 4;
    ssize_t count = recv(from, part, sizeof part, 0);
    if (count <= 0 || buffer->length > 60000) return 0;
    append(buffer, part, (size_t)count);
  }
}

/* The value of a field in a head, or NULL. */
static const char *field(const char *head, const char *name) {
  size_t length = strlen(name);
  for (const char *line = strstr(head, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
    if (!strncmp(line + 2, "\r\n", 2)) return NULL;
    if (!strncasecmp(line + 2, name, length) && line[2 + length] == ':') {
      const char *value = line + 3 + length;
      while (*value == ' ') value++;
      return value;
    }
  }
  return NULL;
}

static void refuse(int client, const char *status) {
  char text[300];
  int length = snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<h1>%s</h1>\n", status, status);
  write_all(client, text, (size_t)length);
}

static int connect_to(const char *host, const char *port) {
  struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found = NULL;
  if (getaddrinfo(host, port, &hints, &found)) return -1;
  int to = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(to, found->ai_addr, found->ai_addrlen)) {
    close(to);
    to = -1;
  }
  freeaddrinfo(found);
  return to;
}

static int may_keep(const char *head, size_t body, long *seconds) {
  const char *length = field(head, "Content-Length"), *age = field(head, "Age");
  if (strncmp(head + 8, " 200", 4) || field(head, "Vary") || field(head, "Set-Cookie") || !length || strtoul(length, NULL, 10) != body) return 0;
  *seconds = -1;
  for (const char *line = strcasestr(head, "\r\nCache-Control:"); line; line = strcasestr(line + 2, "\r\nCache-Control:")) {
    const char *end = strstr(line + 2, "\r\n");
    char *said = strndup(line, (size_t)(end - line)), *found;
    int forbidden = strcasestr(said, "no-store") || strcasestr(said, "no-cache") || strcasestr(said, "private");
    if ((found = strcasestr(said, "max-age="))) *seconds = strtol(found + 8, NULL, 10) - (age ? strtol(age, NULL, 10) : 0);
    free(said);
    if (forbidden) return 0;
  }
  return *seconds > 0;
}

static void handle(int client, struct buffer *request) {
  size_t end = read_head(client, request);
  if (!end) return;
  char method[32], url[8192], host[256], port[16] = "80";
  if (sscanf(request->data, "%31s %8191s HTTP/1.", method, url) != 2 || strncmp(url, "http://", 7)) {
    refuse(client, "400 Bad Request");
    return;
  }
  const char *path = strchr(url + 7, '/');
  size_t authority = path ? (size_t)(path - url - 7) : strlen(url + 7);
  if (authority >= sizeof host) return;
  memcpy(host, url + 7, authority);
  host[authority] = 0;
  int alone = strcmp(method, "GET") || field(request->data, "Authorization") || field(request->data, "Range") || field(request->data, "Cookie") ||
              field(request->data, "Cache-Control");
  if (!alone) {
    pthread_mutex_lock(&lock);
    struct kept *one = cache;
    while (one && (strcmp(one->url, url) || one->until <= time(NULL))) one = one->next;
    pthread_mutex_unlock(&lock);
    if (one) {
      write_all(client, one->data, one->length);
      return;
    }
  }
  struct buffer sent = {0}, answer = {0};
  char line[9000];
  int length = snprintf(line, sizeof line, "%s %s HTTP/1.0\r\nHost: %s\r\n", method, path ? path : "/", host);
  append(&sent, line, (size_t)length);
  for (char *at = strstr(request->data, "\r\n") + 2; at < request->data + end - 2;) {
    char *next = strstr(at, "\r\n") + 2;
    if (strncasecmp(at, "Host:", 5) && strncasecmp(at, "Connection:", 11) && strncasecmp(at, "Proxy-Connection:", 17)) append(&sent, at, (size_t)(next - at));
    at = next;
  }
  append(&sent, "\r\n", 2);
  const char *told = field(request->data, "Content-Length");
  size_t body = told ? strtoul(told, NULL, 10) : 0;
  char part[16384];
  ssize_t count;
  while (request->length - end < body && (count = recv(client, part, sizeof part, 0)) > 0) append(request, part, (size_t)count);
  append(&sent, request->data + end, request->length - end < body ? request->length - end : body);
  char *colon = strchr(host, ':');
  if (colon) {
    *colon = 0;
    snprintf(port, sizeof port, "%.15s", colon + 1);
  }
  int origin = connect_to(host, port);
  if (origin < 0 || write_all(origin, sent.data, sent.length)) {
    refuse(client, "502 Bad Gateway");
  } else {
    while ((count = recv(origin, part, sizeof part, 0)) > 0) {
      if (write_all(client, part, (size_t)count)) break;
      append(&answer, part, (size_t)count);
    }
    char *middle = answer.length ? memmem(answer.data, answer.length, "\r\n\r\n", 4) : NULL;
    long seconds;
    if (!answer.length) refuse(client, "502 Bad Gateway");
    if (middle && !alone && may_keep(answer.data, answer.length - (size_t)(middle - answer.data) - 4, &seconds)) {
      struct kept *one = malloc(sizeof *one);
      pthread_mutex_lock(&lock);
      *one = (struct kept){strdup(url), answer.data, answer.length, time(NULL) + seconds, cache};
      cache = one;
      pthread_mutex_unlock(&lock);
      answer.data = NULL;
    }
  }
  if (origin >= 0) close(origin);
  free(sent.data);
  free(answer.data);
}

static void *serve(void *argument) {
  int client = (int)(long)argument;
  struct buffer request = {0};
  handle(client, &request);
  free(request.data);
  shutdown(client, SHUT_WR);
  close(client);
  return NULL;
}

static void stop(int number) {
  (void)number;
  _exit(0);
}

int main(int count, char **words) {
  signal(SIGINT, stop);
  signal(SIGPIPE, SIG_IGN);
  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(count > 1 ? words[1] : "8080"))};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 64)) return 1;
  for (;;) {
    int client = accept(listener, NULL, NULL);
    pthread_t thread;
    if (client >= 0 && !pthread_create(&thread, NULL, serve, (void *)(long)client)) pthread_detach(thread);
  }
}
