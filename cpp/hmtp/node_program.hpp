#pragma once
// A node on real sockets.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "command_line/program.hpp"
#include "hmtp/node.hpp"
#include "hmtp/output.hpp"
#include "hmtp/status.hpp"
#include "hmtp/status_socket.hpp"
#include "loop/loop.hpp"
#include "loop/signals.hpp"
#include "net/udp_socket.hpp"

namespace wireproof::hmtp {

struct NodeSettings {
  NodeOptions node;
  std::string rendezvous;  ///< as typed
  std::uint16_t port = kMulticastPort;
  std::uint16_t data_port = kDataPort;
  std::string address;  ///< empty: all
  std::string interface;
  Output output = Output::lines;
  std::optional<std::uint64_t> seed;
  std::string status_socket;  ///< empty: the default place; "none": none
  std::string counters;       ///< file for the last status
  bool quiet = false;
};

class NodeProgram : public NodeSurroundings {
 public:
  /// Opens the sockets. Throws Failure or UsageError.
  explicit NodeProgram(const NodeSettings& settings);

  /// Until SIGINT or SIGTERM. Failed when a message could not be printed.
  ExitStatus run();

  void send(const Endpoint& to, std::string_view datagram) override;
  void deliver(const Delivery& message) override;
  void tell(const NodeEvent& event) override;

 private:
  void open_data_sockets();
  void open_status_socket();
  void say_where() const;
  void advance();
  Endpoint own_address() const;
  std::string status() const;

  NodeSettings settings_;
  StopSignals signals_;
  Loop loop_;
  Address rendezvous_;
  std::uint32_t zone_;  ///< of all link-local addresses; 0: the system chooses
  UdpSocket tree_;
  std::vector<UdpSocket> data_;
  std::optional<StatusSocket> status_socket_;
  std::optional<Node> node_;
  std::uint64_t send_failures_ = 0;
  int told_send_ = 0;
  std::uint64_t told_messages_ = 0;
  bool told_output_ = false;  ///< a message could not be printed
};

}  // namespace wireproof::hmtp
