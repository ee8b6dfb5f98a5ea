/*
 * mnode - node of the multicast tree (HMTP variant), one loop around poll.
 *
 *   mnode -R rdv[:port] [-p port] [-d data port] [-a address] [-c children] [-f refresh] [-l child's lifetime]
 *         [-k root cache] [-w answer timeout] [-u refresh repeat] [-r rest]
 *
 * cc -O1 -Wall -o bin/mnode mnode.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_CHILDREN 32
#define MAX_ASKED 64
#define MAX_NAMED 512
#define MAX_SEEN 8192
#define MAX_WAITING 64

typedef struct sockaddr_in Addr;
typedef struct { unsigned char *p; size_t n; } Blob;

static enum { ASKING, REGISTERING, JOINING, RESTING, CHILD, ROOT } state;
static Addr rp, me, parent, candidate, root_address;
static int net_fd, have_parent, have_candidate, have_root_address;
static int tries, missed, pending, refusals;
static double wake_at, sent_at, root_until, lookup_at;

static struct { Addr a; double until; } child[MAX_CHILDREN];
static int children;
static Addr asked[MAX_ASKED + 1], named[MAX_NAMED];
static int n_asked, n_named, level[MAX_ASKED + 2], levels;
static struct { uint64_t origin, number; } seen[MAX_SEEN];
static unsigned n_seen;
static Blob waiting[MAX_WAITING];
static int n_waiting;
static uint64_t own_origin, own_number;

static int children_max = 3;
static double refresh = 120, child_lifetime = 180, root_cache = 60, answer_timeout = 1, refresh_repeat = -1, rest_time = 2;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static int same(const Addr *a, const Addr *b) { return a->sin_addr.s_addr == b->sin_addr.s_addr && a->sin_port == b->sin_port; }

static void emit(const void *p, size_t n, const Addr *to) {
  if (sendto(net_fd, p, n, 0, (const struct sockaddr *)to, sizeof *to) < 0)
    fprintf(stderr, "mnode: %s:%d: %s\n", inet_ntoa(to->sin_addr), ntohs(to->sin_port), strerror(errno));
}
static void emit_text(const char *text, const Addr *to) { emit(text, strlen(text), to); }

/* "1.2.3.4 567", the whole of it */
static int read_endpoint(const char *p, size_t n, Addr *a) {
  char text[32], *space;
  if (n >= sizeof text || memchr(p, 0, n)) return 0;
  memcpy(text, p, n);
  text[n] = 0;
  if (!(space = strchr(text, ' '))) return 0;
  *space++ = 0;
  size_t digits = strspn(space, "0123456789");
  if (!digits || digits > 5 || space[digits] || *space == '0' || atoi(space) > 65535) return 0;
  memset(a, 0, sizeof *a);
  a->sin_family = AF_INET;
  a->sin_port = htons(atoi(space));
  if (inet_pton(AF_INET, text, &a->sin_addr) != 1) return 0;
  unsigned first = ntohl(a->sin_addr.s_addr) >> 24;
  return first != 0 && first < 224;
}

/* lines of endpoints; -1 if anything is wrong */
static int read_endpoints(const char *p, size_t n, Addr *list, int most) {
  int count = 0;
  while (n) {
    const char *end = memchr(p, '\n', n);
    size_t k = end ? (size_t)(end - p) : n;
    if (count == most || !read_endpoint(p, k, &list[count])) return -1;
    count++;
    if (!end) break;
    n -= k + 1;
    p = end + 1;
  }
  return count;
}

static void request(int next, const char *text, const Addr *to) {
  state = next;
  tries = 1;
  emit_text(text, to);
  wake_at = now() + answer_timeout;
}

static void ask_root(void) {
  have_parent = have_candidate = 0;
  request(ASKING, "ROOT\n", &rp);
}

static void take_rest(void) {
  state = RESTING;
  have_candidate = 0;
  wake_at = now() + rest_time * (0.5 + drand48());
}

static void next_candidate(void) {
  while (levels && n_asked <= MAX_ASKED) {
    int from = level[levels - 1], open[64], n = 0;
    for (int i = from; i < n_named && n < 64; i++) {
      int known = same(&named[i], &me);
      for (int j = 0; j < n_asked && !known; j++) known = same(&named[i], &asked[j]);
      if (!known) open[n++] = i;
    }
    if (n) {
      if (n_asked == MAX_ASKED) break;
      candidate = named[open[lrand48() % n]];
      have_candidate = 1;
      asked[n_asked++] = candidate;
      request(JOINING, "RJOI\n", &candidate);
      return;
    }
    n_named = from;
    levels--;
  }
  take_rest();
}

static void add_level(const Addr *list, int n) {
  level[levels++] = n_named;
  for (int i = 0; i < n && n_named < MAX_NAMED; i++) named[n_named++] = list[i];
}

static void walk(const Addr *list, int n) {
  have_parent = 0;
  n_asked = n_named = levels = 0;
  add_level(list, n);
  next_candidate();
}

static void settle(int next) {
  state = next;
  missed = pending = 0;
  wake_at = now() + refresh;
}

static void refreshed(void) {
  if (!pending) return;
  pending = missed = 0;
  wake_at = sent_at + refresh;
}

static void expire(void) {
  for (int i = 0; i < children;)
    if (child[i].until <= now()) child[i] = child[--children];
    else i++;
}

static void print_message(const unsigned char *p, size_t n) {
  if (n && p[n - 1] == '\n') n--;
  for (size_t i = 0; i < n; i++)
    if (p[i] < 32 || p[i] == 127) printf("\\x%02x", p[i]);
    else if (p[i] == 0xc2 && i + 1 < n && p[i + 1] >= 0x80 && p[i + 1] < 0xa0) printf("\\xc2\\x%02x", p[i + 1]), i++;
    else if (p[i] < 0x80) putchar(p[i]);
    else { /* a whole character of UTF-8, or the byte's number */
      size_t k = p[i] >= 0xf0 && p[i] < 0xf5 ? 4 : p[i] >= 0xe0 && p[i] < 0xf0 ? 3 : p[i] >= 0xc2 && p[i] < 0xe0 ? 2 : 1, j = 1;
      while (j < k && i + j < n && (p[i + j] & 0xc0) == 0x80) j++;
      if (k > 1 && j == k) fwrite(p + i, 1, k, stdout), i += k - 1;
      else printf("\\x%02x", p[i]);
    }
  putchar('\n');
  fflush(stdout);
}

static void deliver(const unsigned char *p, size_t n) {
  unsigned long long number;
  uint64_t origin = 0;
  size_t i;
  if (n < 5 + 16 + 3) return;
  for (i = 5; i < 21; i++) {
    int c = p[i];
    if (c >= '0' && c <= '9') c -= '0';
    else if (c >= 'a' && c <= 'f') c -= 'a' - 10;
    else return;
    origin = origin << 4 | c;
  }
  if (!origin || p[21] != ' ' || p[22] < '1' || p[22] > '9') return;
  char digits[21] = "";
  for (i = 22; i < n && i < 42 && p[i] >= '0' && p[i] <= '9'; i++) digits[i - 22] = p[i];
  if (i == n || p[i] != '\n') return;
  errno = 0;
  number = strtoull(digits, NULL, 10);
  if (errno) return;
  for (unsigned k = 0; k < n_seen && k < MAX_SEEN; k++)
    if (seen[k].origin == origin && seen[k].number == number) return;
  seen[n_seen % MAX_SEEN].origin = origin;
  seen[n_seen++ % MAX_SEEN].number = number;
  if (n_seen == 2 * MAX_SEEN) n_seen = MAX_SEEN;
  print_message(p + i + 1, n - i - 1);
  expire();
  for (int k = 0; k < children; k++) emit(p, n, &child[k].a);
}

static void flush_waiting(void) {
  int known = have_root_address && !same(&root_address, &me) && now() < root_until;
  if (state == ROOT || known) {
    for (int i = 0; i < n_waiting; i++) {
      if (state == ROOT) deliver(waiting[i].p, waiting[i].n);
      else emit(waiting[i].p, waiting[i].n, &root_address);
      free(waiting[i].p);
    }
    n_waiting = 0;
  } else if (n_waiting && (lookup_at == 0 || now() >= lookup_at)) {
    emit_text("ROOT\n", &rp);
    lookup_at = now() + answer_timeout;
  }
  if (!n_waiting) lookup_at = 0;
}

static void from_program(const unsigned char *p, size_t n) {
  if (n > 65464) {
    fprintf(stderr, "mnode: %zu bytes are too many\n", n);
    return;
  }
  if (n_waiting == MAX_WAITING) {
    free(waiting[0].p);
    memmove(waiting, waiting + 1, --n_waiting * sizeof *waiting);
  }
  Blob b = {malloc(n + 64), 0};
  if (!b.p) return;
  b.n = sprintf((char *)b.p, "DATA\n%016llx %llu\n", (unsigned long long)own_origin, (unsigned long long)++own_number);
  memcpy(b.p + b.n, p, n);
  b.n += n;
  waiting[n_waiting++] = b;
  flush_waiting();
}

static void from_network(const unsigned char *p, size_t n, const Addr *from) {
  if (n < 4 || (n > 4 && p[4] != '\n')) return;
  const char *body = (const char *)p + 5;
  size_t size = n > 5 ? n - 5 : 0;
  Addr list[64];
  int k;
#define IS(type) (memcmp(p, type, 4) == 0)
  if (IS("RJOI")) {
    expire();
    for (k = 0; k < children && !same(&child[k].a, from); k++)
      ;
    if (k < children || children < children_max) {
      if (k == children) children++;
      child[k].a = *from;
      child[k].until = now() + child_lifetime;
      emit_text("YJOI\n", from);
    } else {
      char text[64 * 32];
      int t = sprintf(text, "NJOI\n");
      for (k = 0; k < children; k++) t += sprintf(text + t, "%s %d\n", inet_ntoa(child[k].a.sin_addr), ntohs(child[k].a.sin_port));
      emit(text, t, from);
    }
  } else if (IS("DATA")) {
    if (state == ROOT || (have_parent && same(from, &parent)) || (have_candidate && same(from, &candidate))) deliver(p, n);
  } else if (IS("TOOR") && same(from, &rp)) {
    if ((k = read_endpoints(body, size, list, 1)) < 0) return;
    if (k) {
      root_address = list[0];
      root_until = now() + root_cache;
      have_root_address = 1;
    }
    if (state == ASKING) {
      if (k && !same(&list[0], &me)) refusals = 0, walk(list, 1);
      else request(REGISTERING, "RREG\n", &rp);
    }
    flush_waiting();
  } else if (IS("YREG") && same(from, &rp)) {
    if (state == ROOT) refreshed();
    else if (state == REGISTERING) refusals = 0, settle(ROOT), flush_waiting();
  } else if (IS("NREG") && same(from, &rp)) {
    if (state == ROOT) ask_root();
    else if (state == REGISTERING) {
      if (++refusals > 1) take_rest();
      else ask_root();
    }
  } else if (IS("YJOI")) {
    if (state == JOINING && same(from, &candidate)) parent = candidate, have_parent = 1, have_candidate = 0, settle(CHILD);
    else if (state == CHILD && same(from, &parent)) refreshed();
  } else if (IS("NJOI")) {
    if ((k = read_endpoints(body, size, list, 64)) < 0) return;
    if (state == JOINING && same(from, &candidate)) add_level(list, k), next_candidate();
    else if (state == CHILD && pending && same(from, &parent)) walk(list, k);
  }
}

static void on_time(void) {
  switch (state) {
    case ASKING: case REGISTERING: case JOINING:
      if (tries++ < 3) {
        emit_text(state == ASKING ? "ROOT\n" : state == REGISTERING ? "RREG\n" : "RJOI\n", state == JOINING ? &candidate : &rp);
        wake_at = now() + answer_timeout;
      } else if (state == JOINING) next_candidate();
      else take_rest();
      break;
    case RESTING: ask_root(); break;
    default:
      missed += pending;
      if (state == CHILD && missed >= 3) {
        ask_root();
        break;
      }
      pending = 1;
      sent_at = now();
      if (state == CHILD) emit_text("RJOI\n", &parent);
      else emit_text("RREG\n", &rp);
      wake_at = sent_at + (state == CHILD && missed == 2 ? answer_timeout : refresh_repeat);
  }
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

int main(int argc, char **argv) {
  char *rdv = "127.0.0.1", *address = "0.0.0.0";
  int port = 10000, data_port = 10001, c;
  while ((c = getopt(argc, argv, "R:p:d:a:c:f:l:k:w:u:r:")) != -1) switch (c) {
      case 'R': rdv = strdup(optarg); break;
      case 'p': port = atoi(optarg); break;
      case 'd': data_port = atoi(optarg); break;
      case 'a': address = optarg; break;
      case 'c': children_max = atoi(optarg); break;
      case 'f': refresh = atof(optarg); break;
      case 'l': child_lifetime = atof(optarg); break;
      case 'k': root_cache = atof(optarg); break;
      case 'w': answer_timeout = atof(optarg); break;
      case 'u': refresh_repeat = atof(optarg); break;
      case 'r': rest_time = atof(optarg); break;
      default: return 2;
    }
  if (children_max > MAX_CHILDREN) children_max = MAX_CHILDREN;
  if (refresh_repeat < 0) refresh_repeat = refresh;

  char *colon = strchr(rdv, ':');
  if (colon) *colon++ = 0;
  struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM}, *found;
  if ((c = getaddrinfo(rdv, colon ? colon : "10000", &hints, &found))) {
    fprintf(stderr, "mnode: %s: %s\n", rdv, gai_strerror(c));
    return 1;
  }
  memcpy(&rp, found->ai_addr, sizeof rp);

  memset(&me, 0, sizeof me);
  me.sin_family = AF_INET;
  if (inet_pton(AF_INET, address, &me.sin_addr) != 1) {
    fprintf(stderr, "mnode: bad address %s\n", address);
    return 1;
  }
  Addr any = me;
  int probe = socket(AF_INET, SOCK_DGRAM, 0);
  socklen_t size = sizeof me;
  if (bind(probe, (struct sockaddr *)&any, sizeof any) < 0 || connect(probe, (struct sockaddr *)&rp, sizeof rp) < 0) die("mnode");
  getsockname(probe, (struct sockaddr *)&me, &size);
  close(probe);
  me.sin_port = htons(port);

  struct pollfd fds[3];
  int n = 1;
  Addr here = any;
  here.sin_port = htons(port);
  net_fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (net_fd < 0 || bind(net_fd, (struct sockaddr *)&here, sizeof here) < 0) die("mnode: port of the tree");
  fds[0] = (struct pollfd){net_fd, POLLIN, 0};
  int looped = (ntohl(any.sin_addr.s_addr) >> 24) == 127;
  here.sin_port = htons(data_port);
  if (!looped) here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int door = socket(AF_INET, SOCK_DGRAM, 0);
  if (door < 0 || bind(door, (struct sockaddr *)&here, sizeof here) < 0) die("mnode: data port");
  fds[n++] = (struct pollfd){door, POLLIN, 0};
  if (!looped) {
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(data_port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    door = socket(AF_INET6, SOCK_DGRAM, 0);
    if (door >= 0 && bind(door, (struct sockaddr *)&six, sizeof six) == 0) fds[n++] = (struct pollfd){door, POLLIN, 0};
  }

  long seed;
  if (getrandom(&own_origin, sizeof own_origin, 0) < 0 || getrandom(&seed, sizeof seed, 0) < 0) die("getrandom");
  own_origin |= 1;
  srand48(seed);
  ask_root();
  static unsigned char data[65536];
  for (;;) {
    double until = lookup_at && lookup_at < wake_at ? lookup_at : wake_at, t = now();
    if (poll(fds, n, until > t ? (int)((until - t) * 1000) + 1 : 0) < 0 && errno != EINTR) die("poll");
    for (int i = 0; i < n; i++)
      if (fds[i].revents) {
        Addr from;
        socklen_t k = sizeof from;
        ssize_t got = i ? recv(fds[i].fd, data, sizeof data, MSG_DONTWAIT)
                        : recvfrom(net_fd, data, sizeof data, MSG_DONTWAIT, (struct sockaddr *)&from, &k);
        if (got < 0) continue;
        if (i) from_program(data, got);
        else from_network(data, got, &from);
      }
    if (now() >= wake_at) on_time();
    if (lookup_at && now() >= lookup_at) flush_waiting();
  }
}
