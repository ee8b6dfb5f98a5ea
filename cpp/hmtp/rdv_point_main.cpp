// rdv-point: tells nodes where the root of the multicast tree is.

#include <string.h>

#include <algorithm>
#include <utility>

#include "base/json_object.hpp"
#include "command_line/program.hpp"
#include "hmtp/message.hpp"
#include "hmtp/rendezvous_point.hpp"
#include "hmtp/state_file.hpp"
#include "loop/loop.hpp"
#include "loop/signals.hpp"
#include "net/interface.hpp"
#include "net/udp_socket.hpp"

namespace {

using namespace wireproof;
using namespace wireproof::hmtp;

/// The state file's time: since 1970.
seconds today() { return std::chrono::floor<seconds>(time_of_day()); }

struct Settings {
  std::uint16_t port = kMulticastPort;
  std::string address;
  std::string interface;
  double lifetime = 180;
  std::string extensions = "on";
  std::string state;
  bool quiet = false;
  std::string json;
};

class Program : public RendezvousSurroundings {
 public:
  explicit Program(const Settings& settings)
      : settings_(settings),
        zone_(settings.interface.empty() ? 0 : find_interface(settings.interface).index),
        socket_(UdpSocket::listening(settings.address, settings.port, {}, zone_)),
        loop_({[this] { return point_.next_deadline(); }, [this] { point_.advance(loop_.now()); }}),
        point_({time_of(settings.lifetime), settings.extensions == "on"}, *this) {}

  ExitStatus run() {
    say("listening on {} (udp)", name_of(socket_.local()));
    restore();
    loop_.each_readable(socket_.descriptor(), [this] {
      socket_.receive_each([this](const UdpSocket::Datagram& datagram) {
        point_.receive(loop_.now(), datagram.from.without_zone(), datagram.bytes);
      });
    });
    loop_.each_readable(signals_.descriptor(), [this] { loop_.stop(); });
    loop_.run();
    say("{}: closing the socket", signal_name(signals_.take()));
    if (!settings_.json.empty()) write_json(summary(), settings_.json);
    return told_save_ ? ExitStatus::failed : ExitStatus::ok;
  }

  void send(const Endpoint& to, std::string_view datagram) override {
    const int error = socket_.send_to(to.in_zone(zone_), datagram);
    if (error == 0) return;
    ++send_failures_;
    if (error != std::exchange(told_, error)) say("answer {}: {}", name_of(to), ::strerror(error));
  }

  void tell(const RendezvousEvent& event) override {
    using What = RendezvousEvent::What;
    if (event.what != What::refused && event.what != What::restored) save();
    if (settings_.quiet) return;
    const std::string peer = name_of(event.peer);
    switch (event.what) {
      case What::registered:
        return say("registered {} as the root", peer);
      case What::refreshed:
        return say("refreshed the root {}", peer);
      case What::refused:
        return say("refused {}: {} is the root", peer, name_of(point_.root()));
      case What::expired:
        return say("dropped the root {}: no RREG for {} s", peer, settings_.lifetime);
      case What::left:
        return say("the root {} left", peer);
      case What::restored:
        return say("restored the root {} from {}", peer, printable(settings_.state));
    }
  }

 private:
  void restore() {
    if (settings_.state.empty()) return;
    std::string complaint;
    const auto registration = load_registration(settings_.state, complaint);
    if (!complaint.empty()) say_line(complaint);
    if (!registration || seconds(registration->expires) <= today()) return;
    const Time left = std::min<Time>(seconds(registration->expires) - today(), time_of(settings_.lifetime));
    point_.restore(registration->root, loop_.now() + left);
  }

  void save() {
    if (settings_.state.empty()) return;
    std::optional<Registration> registration;
    if (point_.root().is_set()) {
      const auto left = std::max(std::chrono::ceil<seconds>(point_.expires() - loop_.now()), seconds(0));
      registration = {point_.root(), static_cast<std::uint64_t>((today() + left).count())};
    }
    try {
      save_registration(settings_.state, registration);
    } catch (const Failure& failure) {
      // It serves on: only a restart would be felt.
      if (!std::exchange(told_save_, true)) say("{}; after a restart the root will be forgotten", failure.what());
    }
  }

  JsonObject summary() const {
    const RendezvousCounters& counters = point_.counters();
    JsonObject object;
    object.add("received", counters.received)
        .add("malformed", counters.malformed)
        .add("unknown", counters.unknown)
        .add("unexpected", counters.unexpected)
        .add("asked", counters.asked)
        .add("accepted", counters.accepted)
        .add("refused", counters.refused)
        .add("send_failures", send_failures_);
    if (point_.root().is_set()) {
      object.add("root", name_of(point_.root()));
    } else {
      object.add_null("root");
    }
    return object;
  }

  const Settings& settings_;
  StopSignals signals_;
  std::uint32_t zone_;  ///< of link-local addresses
  UdpSocket socket_;
  Loop loop_;
  RendezvousPoint point_;
  std::uint64_t send_failures_ = 0;
  int told_ = 0;
  bool told_save_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  const auto declare = [&](CommandLine& line) {
    line.option("--port", settings.port, "UDP port to listen on; 0 lets the kernel choose one").show_default();
    line.option("--address", settings.address, "listen on this address only (default: all, IPv4 and IPv6)");
    line.option("--interface", settings.interface, "interface of link-local IPv6 addresses");
    line.option("--lifetime", settings.lifetime, "seconds a root stays registered after its last RREG")
        .between(0.001, 1e6)
        .show_default();
    line.option("--extensions", settings.extensions,
                "on: a root may say that it leaves (LEAV); off: the sheet's protocol")
        .one_of({"on", "off"})
        .show_default();
    line.option("--state", settings.state, "file that keeps the registration over a restart (default: forget it)");
    line.flag("--quiet", settings.quiet, "do not tell of registrations");
    line.option("--json", settings.json, "at the end, write what was counted to this file, - for standard output");
  };
  return run_program(argc, argv,
                     {"rdv-point", "Rendezvous point of an application-level multicast tree: knows its root.",
                      "  rdv-point                                on port 10000\n"
                      "  rdv-point --state /var/tmp/root          a restart does not make a second root\n"
                      "  rdv-point --lifetime 6 --extensions off  scaled timers, the plain protocol"},
                     declare, [&] { return Program(settings).run(); });
}
