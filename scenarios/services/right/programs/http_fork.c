/* A process a client, HTTP/1.1 that closes: http_fork ROOT PORT */
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *page = "<!DOCTYPE html>\n<html><body bgcolor=white><h1>404 Not Found</h1>\n"
                          "<p>The requested object was not found on this server.</p></body></html>\n";

static void write_all(int to, const char *data, size_t length) {
  while (length > 0) {
    ssize_t written = write(to, data, length);
    if (written <= 0) exit(1);
    data += written;
    length -= (size_t)written;
  }
}

static const char *type_of(const char *name) {
  const char *dot = strrchr(name, '.');
  if (!dot) return "application/octet-stream";
  if (!strcmp(dot, ".html") || !strcmp(dot, ".htm")) return "text/html";
  if (!strcmp(dot, ".css")) return "text/css";
  if (!strcmp(dot, ".png")) return "image/png";
  if (!strcmp(dot, ".txt")) return "text/plain";
  return "application/octet-stream";
}

static void serve(int client, const char *root) {
  char request[8192], path[4096] = "", name[8192], header[512], block[65536];
  size_t length = 0;
  while (length < sizeof request - 1) {
    ssize_t count = read(client, request + length, sizeof request - 1 - length);
    if (count <= 0) return;
    length += (size_t)count;
    request[length] = 0;
    if (strstr(request, "\r\n\r\n")) break;
  }
  struct stat known;
  int file = -1;
  if (sscanf(request, "GET %4095[^ ?]", path) == 1 && !strstr(path, "..")) {
    snprintf(name, sizeof name, "%s%s%s", root, path, path[strlen(path) - 1] == '/' ? "index.html" : "");
    file = open(name, O_RDONLY);
  }
  if (file < 0 || fstat(file, &known) < 0 || !S_ISREG(known.st_mode)) {
    snprintf(header, sizeof header, "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", strlen(page));
    write_all(client, header, strlen(header));
    write_all(client, page, strlen(page));
    return;
  }
  snprintf(header, sizeof header, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %lld\r\nConnection: close\r\n\r\n", type_of(name), (long long)known.st_size);
  write_all(client, header, strlen(header));
  for (ssize_t count; (count = read(file, block, sizeof block)) > 0;) write_all(client, block, (size_t)count);
}

int main(int argc, char **argv) {
  (void)argc;
  signal(SIGCHLD, SIG_IGN);
  int server = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[2]))};
  if (bind(server, (struct sockaddr *)&address, sizeof address) < 0 || listen(server, 10) < 0) {
    perror("bind");
    return 1;
  }
  for (;;) {
    int client = accept(server, NULL, NULL);
    if (client < 0) continue;
    if (fork() == 0) {
      close(server);
      serve(client, argv[1]);
      exit(0);
    }
    close(client);
  }
}
