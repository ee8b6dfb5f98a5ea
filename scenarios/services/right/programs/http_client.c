/* A client by sockets, as a course in C has it: http_client url= proxy= port= log= output=, empty where they are not given. */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST (8 << 20)

static char host[256], port[16], path[2048], answer[MOST], body[MOST];
static const char *given_port;

static void fail(const char *text) {
    fprintf(stderr, "http_client: %s\n", text);
    exit(1);
}

/* http://HOST[:PORT][/PATH], without what stands behind # */
static void split(const char *url) {
    if (strncasecmp(url, "http://", 7) != 0)
        fail("only http");
    url += 7;
    size_t length = strcspn(url, "/?#");
    const char *at = memchr(url, '@', length);
    if (at) {
        length -= (size_t)(at + 1 - url);
        url = at + 1;
    }
    const char *colon = *url == '[' ? memchr(memchr(url, ']', length), ':', length - (size_t)((char *)memchr(url, ']', length) - url)) : memchr(url, ':', length);
    size_t name = colon ? (size_t)(colon - url) : length;
    snprintf(host, sizeof host, "%.*s", (int)name, url);
    if (colon)
        snprintf(port, sizeof port, "%.*s", (int)(length - name - 1), colon + 1);
    else
        snprintf(port, sizeof port, "%s", *given_port ? given_port : "80");
    url += length;
    snprintf(path, sizeof path, "%s%.*s", *url == '/' ? "" : "/", (int)strcspn(url, "#"), url);
}

/* Where a reference leads to from where we are. */
static void follow(const char *reference) {
    char base[2048], next[4600];
    if (strncasecmp(reference, "http:", 5) == 0) {
        split(reference);
        return;
    }
    if (strncmp(reference, "//", 2) == 0)
        snprintf(next, sizeof next, "http:%s", reference);
    else if (*reference == '/')
        snprintf(next, sizeof next, "http://%s:%s%s", host, port, reference);
    else {
        snprintf(base, sizeof base, "%.*s", (int)strcspn(path, "?"), path);
        if (*reference != '?')
            strrchr(base, '/')[1] = 0;
        snprintf(next, sizeof next, "http://%s:%s%s%s", host, port, base, reference);
    }
    char *part, *end = strpbrk(strchr(next + 7, '/'), "?#");
    while ((part = strstr(strchr(next + 7, '/'), "/./")) && (!end || part < end))
        memmove(part, part + 2, strlen(part + 2) + 1);
    while ((part = strstr(strchr(next + 7, '/'), "/../")) && (!end || part < end)) {
        char *start = part;
        while (start > strchr(next + 7, '/') && *--start != '/')
            ;
        memmove(start, part + 3, strlen(part + 3) + 1);
    }
    split(next);
}

static char *field(const char *name) {
    static char value[2048];
    for (char *line = strstr(answer, "\r\n") + 2; *line != '\r'; line = strstr(line, "\r\n") + 2)
        if (strncasecmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':') {
            line += strlen(name) + 1;
            line += strspn(line, " \t");
            snprintf(value, sizeof value, "%.*s", (int)strcspn(line, "\r"), line);
            return value;
        }
    return NULL;
}

/* The whole answer; the server closes the connection. */
static size_t ask(const char *proxy) {
    char place[256], number[16] = "3128", named[300], request[6000];
    snprintf(place, sizeof place, "%s", *proxy ? proxy : host);
    if (*proxy && strchr(place, ':')) {
        snprintf(number, sizeof number, "%s", strchr(place, ':') + 1);
        *strchr(place, ':') = 0;
    }
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found, *one;
    if (getaddrinfo(place, *proxy ? number : port, &hints, &found) != 0)
        fail("no such host");
    int s = -1;
    for (one = found; one; one = one->ai_next) {
        s = socket(one->ai_family, SOCK_STREAM, 0);
        if (connect(s, one->ai_addr, one->ai_addrlen) == 0)
            break;
        close(s);
        s = -1;
    }
    if (s < 0)
        fail("connection refused");
    freeaddrinfo(found);
    snprintf(named, sizeof named, strcmp(port, "80") ? "%s:%s" : "%s", host, port);
    if (*proxy)
        snprintf(request, sizeof request, "GET http://%s%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", named, path, named);
    else
        snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path, named);
    if (write(s, request, strlen(request)) < 0)
        fail("cannot send");
    size_t length = 0;
    ssize_t count;
    while (length < MOST - 1 && (count = read(s, answer + length, MOST - 1 - length)) > 0)
        length += (size_t)count;
    close(s);
    answer[length] = 0;
    return length;
}

static size_t dechunk(const char *from, const char *end) {
    size_t length = 0;
    for (;;) {
        char *after;
        size_t size = strtoul(from, &after, 16);
        if (after == from || from >= end)
            fail("the last chunk is missing");
        from = strstr(after, "\r\n");
        if (!from || (size_t)(end - from - 2) < size)
            fail("a chunk is cut");
        if (!size)
            return length;
        memcpy(body + length, from + 2, size);
        length += size;
        from += 2 + size + 2;
    }
}

int main(int count, char **words) {
    if (count < 6)
        fail("url= proxy= port= log= output=");
    for (int word = 1; word < count; ++word)
        words[word] = strchr(words[word], '=') + 1;
    given_port = words[3];
    split(words[1]);
    FILE *log = fopen(*words[4] ? words[4] : "/dev/null", "w");
    for (int hop = 0; hop < 12; ++hop) {
        size_t length = ask(words[2]);
        char *end = strstr(answer, "\r\n\r\n");
        if (strncmp(answer, "HTTP/1.", 7) != 0 || !end)
            fail("this is no answer");
        fprintf(log, "%.*s\n\n", (int)(end - answer), answer);
        fflush(log);
        int status = atoi(answer + 9);
        if (status > 300 && status < 309 && status != 304 && field("Location")) {
            follow(field("Location"));
            continue;
        }
        if (status >= 300) {
            fprintf(stderr, "http_client: %.*s\n", (int)strcspn(answer, "\r"), answer);
            return 1;
        }
        char *start = end + 4;
        size_t have = (size_t)(answer + length - start);
        if (field("Transfer-Encoding")) {
            have = dechunk(start, answer + length);
            start = body;
        } else if (field("Content-Length")) {
            size_t wanted = strtoul(field("Content-Length"), NULL, 10);
            if (have < wanted)
                fail("the answer is too short");
            have = wanted;
        }
        FILE *file = fopen(*words[5] ? words[5] : "index.html", "w");
        fwrite(start, 1, have, file);
        return fclose(file);
    }
    fail("too many redirects");
}
