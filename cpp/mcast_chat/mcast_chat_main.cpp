// mcast-chat: a chat without a server, in a multicast group (sheet "multicast", exercise 4.1).

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>

#include "command_line/program.hpp"
#include "loop/loop.hpp"
#include "loop/readiness.hpp"
#include "loop/signals.hpp"
#include "mcast_chat/console.hpp"
#include "mcast_chat/member.hpp"
#include "mcast_chat/room.hpp"

namespace {

using namespace wireproof;
using namespace wireproof::mcast_chat;

/// Duplicate address detection takes one to two seconds.
constexpr std::chrono::seconds kAddressPatience{5};
constexpr std::chrono::milliseconds kAddressCheck{50};

const Description kDescription{
    "mcast-chat",
    "Talks with everybody in a multicast group, without a server. Each line that is typed is a message; Ctrl+D or "
    "Ctrl+C "
    "leaves.",
    "  mcast-chat --room 224.1.1.1 --name ana                          in the room 224.1.1.1, UDP port 5000\n"
    "  mcast-chat --room 224.1.1.1 --name bob --interface h1-eth0      when no route leads to multicast addresses\n"
    "  mcast-chat --room ff12::801:101%h1-eth0 --name ana              IPv6, on one link\n"
    "  mcast-chat --room ff15::801:101 --name ana --ttl 8              IPv6, a site with routers\n"
    "  mcast-chat --room 224.1.1.1 --name ana --keep-alive 10          others notice a crash within 30 s\n"
    "\n"
    "Standard output has a line for each event: '* ana joined', '<ana> text', '* ana left', '* ana has gone silent',\n"
    "'* ana is here', and '[10.0.0.2:40000] text' for what came from a program that does not speak mcast-chat. One's "
    "own\n"
    "messages are shown once, when they are sent. SIGUSR1 tells who is in the room, and what was dropped."};

struct Options {
  RoomOptions room;
  std::string name;
  std::string loopback = "on";
  unsigned keep_alive = 0;
};

bool ends(int signal) { return signal == SIGINT || signal == SIGTERM || signal == SIGHUP; }

/// A fresh IPv6 address can be sent from only when it is known to be no duplicate: that is waited for. Nothing when a
/// signal ended the wait.
std::optional<Room> enter(const RoomOptions& options, const Signals& signals) {
  const Clock clock;
  for (bool told = false;; told = true) {
    try {
      return Room(options);
    } catch (const NoAddressYet& error) {
      if (clock.now() > kAddressPatience) throw;
      if (!told) say("waiting for an IPv6 address: {}", error.what());
    }
    if (signals.arrive_within(kAddressCheck) && ends(signals.take())) return std::nullopt;
  }
}

class Conversation {
 public:
  Conversation(const Options& options, Room& room, const Signals& signals)
      : options_(options),
        room_(room),
        signals_(signals),
        loop_({[this] { return member_.wake_at(); }, [this] { member_.advance(loop_.now()); }}),
        console_(open_console(options.name + "> ", longest_text(options.name))),
        member_({options.name, room.self(), options.keep_alive},
                {[this](std::string_view datagram) { return room_.send(datagram); },
                 [this](const std::string& line) { show(line); },
                 [this](const std::string& remark) { console_->tell(remark); }}) {}

  ExitStatus run() {
    if (const auto error = member_.join(loop_.now()))
      fail(fmt::format("announce {} in {}", options_.name, room_.text()), error.value());
    loop_.each_readable(room_.descriptor(), [this] {
      room_.receive(
          [this](const Address& from, std::string_view bytes) { member_.received(from, bytes, loop_.now()); });
    });
    loop_.each_readable(signals_.descriptor(), [this] { take_signals(); });
    loop_.each_readable(STDIN_FILENO, [this] { read(); });
    loop_.spawn(watch_output());
    loop_.run();
    const std::error_code error = member_.leave();
    console_.reset();
    if (!unwritable_.empty()) say_line(unwritable_);
    if (error) say("the leave was not announced: {}", error.message());
    report();
    return error || !unwritable_.empty() || member_.counts().not_sent > 0 ? ExitStatus::failed : ExitStatus::ok;
  }

 private:
  /// What cannot be shown ends the conversation, but not before the others know.
  void show(const std::string& line) {
    if (!unwritable_.empty()) return;
    try {
      console_->show(line);
    } catch (const Failure& failure) {
      unwritable_ = failure.what();
      loop_.stop();
    }
  }

  void read() {
    console_->read();
    while (console_->has_line() && unwritable_.empty()) member_.typed(console_->take_line(), loop_.now());
    if (console_->ended()) loop_.stop();
  }

  /// Where nobody reads any more, nobody is left to talk. A write that comes first says the same.
  asio::awaitable<void> watch_output() {
    Readiness end(loop_.context(), STDOUT_FILENO, 0);
    if (end.always()) co_return;
    if (co_await end.wait() == EPOLLERR)
      unwritable_ = Failure("write standard output", std::make_error_code(std::errc::broken_pipe)).what();
    loop_.stop();
  }

  void take_signals() {
    for (int signal = signals_.take(); signal != 0; signal = signals_.take()) {
      if (ends(signal)) loop_.stop();
      if (signal == SIGUSR1) {
        console_->tell(member_.members());
        console_->tell(member_.summary());
      }
      if (signal == SIGWINCH || signal == SIGCONT) console_->redraw();
    }
  }

  void report() const {
    say_line(member_.summary());
    if (const auto drops = room_.kernel_drops(); drops > 0) {
      say("{} datagrams came faster than they could be shown, and were lost", drops);
    }
  }

  const Options& options_;
  Room& room_;
  const Signals& signals_;
  Loop loop_;
  std::unique_ptr<Console> console_;
  Member member_;
  std::string unwritable_;  ///< why nothing can be shown any more
};

ExitStatus run(Options& options) {
  if (const auto fault = name_fault(options.name)) throw UsageError(fmt::format("--name: {}", *fault));
  options.room.loopback = options.loopback == "on";
  const Signals signals({SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGWINCH, SIGCONT});
  auto room = enter(options.room, signals);
  if (!room) return ExitStatus::ok;
  say("listening on {}", room->text());
  return Conversation(options, *room, signals).run();
}

void declare(CommandLine& line, Options& options) {
  line.option("--room", options.room.room, "Multicast address, IPv4 or IPv6, of the room").required();
  line.option("--name", options.name, "Name by which the others know you").required();
  line.option("--port", options.room.port, "UDP port of the room").between(1, 65535).show_default();
  line.option("--interface", options.room.interface, "Network interface by which the room is reached");
  line.option("--ttl", options.room.ttl, "Time to live, or hop limit, of what is sent: 1 stays on the link")
      .between(0, 255)
      .show_default();
  line.option("--loopback", options.loopback, "Whether other members on this host hear you")
      .one_of({"on", "off"})
      .show_default();
  line.option("--keep-alive", options.keep_alive,
              "Promise a sign of life every so many seconds; after three without one you are taken for gone")
      .between(1U, kLongestInterval);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  return run_program(
      argc, argv, kDescription, [&](CommandLine& line) { declare(line, options); }, [&] { return run(options); });
}
