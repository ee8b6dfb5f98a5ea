#include "hmtp/node_program.hpp"

#include <poll.h>
#include <string.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <utility>

#include "base/writing.hpp"

namespace wireproof::hmtp {
namespace {

/// Datagrams taken before timers, signals and the other sockets are looked at again.
constexpr int kAtOnce = 64;

Zone chosen_zone(const NodeSettings& settings, const Destination& rendezvous) {
  return settings.interface.empty() ? rendezvous.zone : zone_of(settings.interface);
}

/// 127.0.0.0/8 and ::1.
bool is_loopback(const std::string& address) {
  const Endpoint endpoint = numeric_endpoint(address, 1);
  if (!endpoint.is_set()) return false;
  return endpoint.is_v4() ? endpoint.address[12] == 127 : endpoint == numeric_endpoint("::1", 1);
}

}  // namespace

NodeProgram::NodeProgram(const NodeSettings& settings)
    : settings_(settings),
      rendezvous_(find_destination(settings.rendezvous, kMulticastPort)),
      tree_(settings.address, settings.port, chosen_zone(settings, rendezvous_)) {
  NodeOptions& node = settings_.node;
  node.rendezvous = rendezvous_.endpoint;
  if (rendezvous_.zone.index == 0) rendezvous_.zone = chosen_zone(settings, rendezvous_);
  node.self = settings.address.empty() ? source_towards(rendezvous_, tree_.port())
                                       : numeric_endpoint(settings.address, tree_.port());
  node.clock = Clock::time_of_day();
  open_data_sockets();
  open_status_socket();
  node_.emplace(node, *settings_.seed, *this);
}

/// At loopback addresses only: to another host the port is closed, which its ICMP message says.
void NodeProgram::open_data_sockets() {
  if (is_loopback(settings_.address)) {
    data_.emplace_back(settings_.address, settings_.data_port, Zone{});
    return;
  }
  data_.emplace_back("127.0.0.1", settings_.data_port, Zone{});
  try {
    data_.emplace_back("::1", data_.front().port(), Zone{});
  } catch (const Failure& failure) {
    say("{}; messages are taken over IPv4 only", failure.what());
  }
}

void NodeProgram::open_status_socket() {
  if (settings_.status_socket == "none") return;
  if (!settings_.status_socket.empty()) {
    status_socket_.emplace(settings_.status_socket);
    return;
  }
  try {
    status_socket_.emplace(default_status_path(settings_.address, tree_.port()));
  } catch (const std::exception& failure) {
    say("{}; the status cannot be asked for (see --status-socket)", failure.what());
  }
}

void NodeProgram::say_where() const {
  say("listening on {} (udp), rendezvous point {}", tree_.name(), name_of(rendezvous_.endpoint));
  for (const UdpSocket& socket : data_) say("messages of this host's programs at {} (udp)", socket.name());
  if (status_socket_) say("status at {}", printable(status_socket_->path()));
}

ExitStatus NodeProgram::run() {
  say_where();
  node_->start(clock_.now());
  std::vector<pollfd> ready{{signals_.descriptor(), POLLIN, 0},
                            {tree_.descriptor(), POLLIN, 0},
                            {status_socket_ ? status_socket_->descriptor() : -1, POLLIN, 0}};
  const std::size_t first_data = ready.size();
  for (const UdpSocket& socket : data_) ready.push_back({socket.descriptor(), POLLIN, 0});
  for (;;) {
    if (::poll(ready.data(), ready.size(), poll_timeout(clock_.now(), node_->next_deadline())) < 0) {
      if (errno != EINTR) fail("poll", errno);
      continue;
    }
    // Without a route at the start there was no address either.
    if (!node_->options().self.is_set()) node_->set_self(source_towards(rendezvous_, tree_.port()));
    node_->advance(clock_.now());
    if (ready[1].revents != 0) take_datagrams();
    if (ready[2].revents != 0) status_socket_->answer([&] { return status(); });
    for (std::size_t i = 0; i < data_.size(); ++i) {
      if (ready[first_data + i].revents != 0) take_messages(data_[i]);
    }
    if (ready[0].revents != 0) break;
  }
  const char* const signal = ::sigabbrev_np(signals_.take());
  say("SIG{}: leaving the tree", signal == nullptr ? "?" : signal);
  const std::string last = status();
  node_->leave(clock_.now());
  if (!settings_.counters.empty()) write_file(settings_.counters, last);
  return told_output_ ? ExitStatus::failed : ExitStatus::ok;
}

void NodeProgram::take_datagrams() {
  for (int i = 0; i < kAtOnce; ++i) {
    const auto datagram = tree_.receive();
    if (!datagram) return;
    node_->receive(clock_.now(), datagram->from, datagram->bytes);
  }
}

void NodeProgram::take_messages(UdpSocket& socket) {
  for (int i = 0; i < kAtOnce; ++i) {
    const auto message = socket.receive();
    if (!message) return;
    node_->local_message(clock_.now(), message->bytes);
  }
}

std::string NodeProgram::status() const { return status_json(*node_, clock_.now(), {clock_.now(), send_failures_}); }

void NodeProgram::send(const Endpoint& to, std::string_view datagram) {
  const int error = tree_.send(to, datagram);
  if (error == 0) return;
  ++send_failures_;
  if (error != std::exchange(told_send_, error)) say("send to {}: {}", name_of(to), ::strerror(error));
}

void NodeProgram::deliver(const Delivery& message) {
  const int error = write_all(STDOUT_FILENO, printed(message, settings_.output));
  if (error == 0 || std::exchange(told_output_, true)) return;
  // The others still depend on this node.
  say("print a message: {}; copying goes on", ::strerror(error));
}

void NodeProgram::tell(const NodeEvent& event) {
  if (settings_.quiet) return;
  using What = NodeEvent::What;
  if (event.what == What::message_dropped || event.what == What::message_unconfirmed) {
    // A fast program behind an unreachable root loses many: tell of the 1st, 2nd, 4th, 8th…
    if (!std::has_single_bit(++told_messages_)) return;
  }
  say_line(sentence(event));
}

}  // namespace wireproof::hmtp
