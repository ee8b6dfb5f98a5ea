// Keeps an echo server busy: each of many clients sends the next message when the one before has come back.
//
//     load tcp|udp ADDRESS PORT CLIENTS BYTES SECONDS
//
// What has not come back over UDP within 0.2 s is sent again. The seconds begin when each client has had its first
// message back, or after 2 s. Prints in a line how many messages came back in them, how many before that, how many were
// sent again, how many clients had any back, and the median and the 99th percentile of round trips in µs.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kAgain(200);
constexpr milliseconds kWarm(2000);

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

struct Client {
  int socket = -1;
  std::size_t back = 0;  ///< bytes of the message that is on its way
  bool served = false;
  Clock::time_point sent;
};

class Load {
 public:
  Load(bool datagrams, const char* address, std::uint16_t port, std::size_t clients, std::size_t size)
      : datagrams_(datagrams), message_(size, 'x'), buffer_(65536), clients_(clients), epoll_(::epoll_create1(0)) {
    sockaddr_in server{};
    server.sin_family = AF_INET;
    server.sin_port = htons(port);
    if (::inet_pton(AF_INET, address, &server.sin_addr) != 1) fail(address);
    for (Client& client : clients_) {
      client.socket = ::socket(AF_INET, datagrams ? SOCK_DGRAM : SOCK_STREAM, 0);
      if (::connect(client.socket, reinterpret_cast<sockaddr*>(&server), sizeof server) != 0) fail("connect");
      const int on = 1;
      if (!datagrams) ::setsockopt(client.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      epoll_event event{EPOLLIN, {.ptr = &client}};
      if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, client.socket, &event) != 0) fail("epoll_ctl");
    }
  }

  void run(Clock::duration time) {
    for (Client& client : clients_) send(client);
    turn_until(Clock::now() + kWarm, [this] { return served_ == clients_.size(); });
    const std::size_t warm = round_trips_.size();
    round_trips_.clear();
    again_ = 0;
    turn_until(Clock::now() + time, [] { return false; });
    std::sort(round_trips_.begin(), round_trips_.end());
    std::printf("%zu %zu %zu %zu %.1f %.1f\n", round_trips_.size(), warm, again_, served_, percentile(0.5),
                percentile(0.99));
  }

 private:
  void send(Client& client) {
    client.sent = Clock::now();
    client.back = 0;
    if (::send(client.socket, message_.data(), message_.size(), MSG_NOSIGNAL) < 0 && !datagrams_) fail("send");
  }

  template <typename Done>
  void turn_until(Clock::time_point end, const Done& done) {
    std::vector<epoll_event> events(1024);
    Clock::time_point looked = Clock::now();
    while (!done()) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 50);
      for (int i = 0; i < count; ++i) receive(*static_cast<Client*>(events[static_cast<std::size_t>(i)].data.ptr));
      const Clock::time_point now = Clock::now();
      if (now >= end) return;
      if (!datagrams_ || now - looked < milliseconds(50)) continue;
      looked = now;
      for (Client& client : clients_) {
        if (now - client.sent < kAgain) continue;
        ++again_;
        send(client);
      }
    }
  }

  void receive(Client& client) {
    const ssize_t length = ::recv(client.socket, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    if (length <= 0 && datagrams_) return;
    if (length <= 0) fail("recv");
    client.back += static_cast<std::size_t>(length);
    if (client.back < message_.size()) return;
    if (!client.served) ++served_;
    client.served = true;
    round_trips_.push_back(std::chrono::duration<float, std::micro>(Clock::now() - client.sent).count());
    send(client);
  }

  float percentile(double share) const {
    return round_trips_.empty() ? 0 : round_trips_[static_cast<std::size_t>(share * (round_trips_.size() - 1))];
  }

  bool datagrams_;
  std::string message_;
  std::vector<char> buffer_;
  std::vector<Client> clients_;
  int epoll_;
  std::size_t served_ = 0;
  std::size_t again_ = 0;
  std::vector<float> round_trips_;  ///< µs
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) return 2;
  const auto number = [&](int i) { return std::strtoul(argv[i], nullptr, 10); };
  Load load(std::strcmp(argv[1], "udp") == 0, argv[2], static_cast<std::uint16_t>(number(3)), number(4), number(5));
  load.run(std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(std::atof(argv[6]))));
}
