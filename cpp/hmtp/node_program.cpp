#include "hmtp/node_program.hpp"

#include <string.h>
#include <unistd.h>

#include <bit>
#include <utility>

#include "base/writing.hpp"
#include "net/binding.hpp"
#include "net/interface.hpp"
#include "net/resolve.hpp"

namespace wireproof::hmtp {
namespace {

/// The interface's index; 0: none is named.
std::uint32_t chosen_zone(const NodeSettings& settings, const Address& rendezvous) {
  return settings.interface.empty() ? rendezvous.zone : find_interface(settings.interface).index;
}

}  // namespace

NodeProgram::NodeProgram(const NodeSettings& settings)
    : settings_(settings),
      loop_({[this] { return node_->next_deadline(); }, [this] { advance(); }}),
      rendezvous_(resolve_destination(settings.rendezvous, kMulticastPort)),
      zone_(chosen_zone(settings, rendezvous_)),
      tree_(UdpSocket::listening(settings.address, settings.port, {}, zone_)) {
  NodeOptions& node = settings_.node;
  node.rendezvous = rendezvous_.without_zone();
  node.self = own_address();
  node.clock = static_cast<std::uint64_t>(std::chrono::floor<seconds>(time_of_day()).count());
  open_data_sockets();
  open_status_socket();
  node_.emplace(node, *settings_.seed, *this);
}

/// As the others see it; unset when it cannot be known, as without a route.
Endpoint NodeProgram::own_address() const {
  int error = 0;
  const Address own = settings_.address.empty() ? source_towards(rendezvous_.in_zone(zone_), error)
                                                : parse_address(settings_.address).value_or(Address{});
  return error == 0 && own.is_unicast() ? own.with_port(tree_.local().port).without_zone() : Endpoint{};
}

/// At loopback addresses only: to another host the port is closed, which its ICMP message says.
void NodeProgram::open_data_sockets() {
  const auto address = parse_address(settings_.address);
  if (address && address->is_loopback()) {
    data_.push_back(UdpSocket::listening(settings_.address, settings_.data_port));
    return;
  }
  try {
    open_on_one_port(settings_.data_port, [&] {
      data_.clear();
      data_.push_back(UdpSocket::listening("127.0.0.1", settings_.data_port));
      data_.push_back(UdpSocket::listening("::1", data_.front().local().port));
    });
  } catch (const Failure& failure) {
    if (data_.empty()) throw;
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
    status_socket_.emplace(default_status_path(settings_.address, tree_.local().port));
  } catch (const std::exception& failure) {
    say("{}; the status cannot be asked for (see --status-socket)", failure.what());
  }
}

void NodeProgram::say_where() const {
  say("listening on {} (udp), rendezvous point {}", name_of(tree_.local()), name_of(node_->options().rendezvous));
  for (const UdpSocket& socket : data_) say("messages of this host's programs at {} (udp)", name_of(socket.local()));
  if (status_socket_) say("status at {}", printable(status_socket_->path()));
}

ExitStatus NodeProgram::run() {
  say_where();
  node_->start(loop_.now());
  loop_.each_readable(tree_.descriptor(), [this] {
    tree_.receive_each([this](const UdpSocket::Datagram& datagram) {
      node_->receive(loop_.now(), datagram.from.without_zone(), datagram.bytes);
    });
  });
  if (status_socket_) {
    loop_.each_readable(status_socket_->descriptor(), [this] { status_socket_->answer([this] { return status(); }); });
  }
  for (UdpSocket& socket : data_) {
    loop_.each_readable(socket.descriptor(), [&] {
      socket.receive_each(
          [this](const UdpSocket::Datagram& message) { node_->local_message(loop_.now(), message.bytes); });
    });
  }
  loop_.each_readable(signals_.descriptor(), [this] { loop_.stop(); });
  loop_.run();
  say("{}: leaving the tree", signal_name(signals_.take()));
  const std::string last = status();
  node_->leave(loop_.now());
  if (!settings_.counters.empty()) write_file(settings_.counters, last);
  return told_output_ ? ExitStatus::failed : ExitStatus::ok;
}

void NodeProgram::advance() {
  // Without a route at the start there was no address either.
  if (!node_->options().self.is_set()) node_->set_self(own_address());
  node_->advance(loop_.now());
}

std::string NodeProgram::status() const { return status_json(*node_, loop_.now(), {loop_.now(), send_failures_}); }

void NodeProgram::send(const Endpoint& to, std::string_view datagram) {
  const int error = tree_.send_to(to.in_zone(zone_), datagram);
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
