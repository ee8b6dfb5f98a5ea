// rdv-point: tells nodes where the root of the multicast tree is.

#include <poll.h>
#include <string.h>

#include <array>
#include <cerrno>
#include <map>

#include "base/json_object.hpp"
#include "base/program.hpp"
#include "base/stop_signals.hpp"
#include "hmtp/clock.hpp"
#include "hmtp/message.hpp"
#include "hmtp/rendezvous_point.hpp"
#include "hmtp/state_file.hpp"
#include "hmtp/udp_socket.hpp"

namespace {

using namespace wireproof;
using namespace wireproof::hmtp;

/// Datagrams taken before timers and signals are looked at again.
constexpr int kAtOnce = 64;

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
        socket_(settings.address, settings.port, settings.interface.empty() ? Zone{} : zone_of(settings.interface)),
        point_({time_of(settings.lifetime), settings.extensions == "on"}, *this) {}

  ExitStatus run() {
    say("listening on {} (udp)", socket_.name());
    restore();
    for (;;) {
      std::array<pollfd, 2> ready{{{socket_.descriptor(), POLLIN, 0}, {signals_.descriptor(), POLLIN, 0}}};
      const int timeout = poll_timeout(clock_.now(), point_.next_deadline());
      if (::poll(ready.data(), ready.size(), timeout) < 0 && errno != EINTR) fail("poll", errno);
      point_.advance(clock_.now());
      for (int i = 0; i < kAtOnce; ++i) {
        const auto datagram = socket_.receive();
        if (!datagram) break;
        point_.receive(clock_.now(), datagram->from, datagram->bytes);
      }
      if (ready[1].revents != 0) break;
    }
    const char* const signal = ::sigabbrev_np(signals_.take());
    say("SIG{}: closing the socket", signal == nullptr ? "?" : signal);
    if (!settings_.json.empty()) write_json(summary(), settings_.json);
    return told_save_ ? ExitStatus::failed : ExitStatus::ok;
  }

  void send(const Endpoint& to, std::string_view datagram) override {
    const int error = socket_.send(to, datagram);
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
    const std::uint64_t time_of_day = Clock::time_of_day();
    if (!registration || registration->expires <= time_of_day) return;
    const Time left = std::min<Time>(seconds(registration->expires - time_of_day), time_of(settings_.lifetime));
    point_.restore(registration->root, clock_.now() + left);
  }

  void save() {
    if (settings_.state.empty()) return;
    std::optional<Registration> registration;
    if (point_.root().is_set()) {
      const auto left = std::chrono::ceil<seconds>(point_.expires() - clock_.now()).count();
      registration = {point_.root(),
                      Clock::time_of_day() + static_cast<std::uint64_t>(std::max<std::int64_t>(left, 0))};
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
  Clock clock_;
  UdpSocket socket_;
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
