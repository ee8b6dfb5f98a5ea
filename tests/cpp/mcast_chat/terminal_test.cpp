// mcast-chat on a terminal: lines are edited, and what comes meanwhile does not tear them.

#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "room_of_programs.hpp"
#include "screen.hpp"

namespace wireproof::mcast_chat::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr unsigned short kColumns = 40;

/// A member at a terminal of 40 columns.
class Sitting {
 public:
  explicit Sitting(const std::string& name, const char* terminal = "xterm") : screen_(kColumns) {
    const winsize size{24, kColumns, 0, 0};
    int mine = -1;
    int its = -1;
    EXPECT_EQ(::openpty(&mine, &its, nullptr, nullptr, &size), 0);
    ::fcntl(mine, F_SETFD, FD_CLOEXEC);
    master_ = FileDescriptor(mine);
    slave_ = FileDescriptor(its);
    ::tcgetattr(its, &before_);
    program_ = std::make_unique<RunningProgram>(
        std::vector<std::string>{"mcast-chat", "--room", "224.1.1.1", "--name", name}, [its, terminal] {
          ::setsid();
          ::ioctl(its, TIOCSCTTY, 0);
          for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(its, descriptor);
          ::close(its);
          ::setenv("TERM", terminal, 1);
          ::unsetenv("LC_ALL");
        });
    shows("* " + name + " joined\n");
  }

  void type(std::string_view keys) const {
    EXPECT_EQ(::write(master_.get(), keys.data(), keys.size()), static_cast<ssize_t>(keys.size()));
  }
  /// Waits until the screen holds `text`.
  void shows(const std::string& text) {
    EXPECT_TRUE(eventually([&] {
      read();
      return screen_.text().find(text) != std::string::npos;
    })) << "no '"
        << text << "' on:\n"
        << screen_.text();
  }
  std::vector<std::string> rows() {
    read();
    return screen_.rows();
  }
  const Screen& screen() const { return screen_; }
  RunningProgram& program() { return *program_; }
  /// Whether the terminal works as it did before.
  bool restored() const {
    termios now{};
    ::tcgetattr(slave_.get(), &now);
    return now.c_lflag == before_.c_lflag && now.c_iflag == before_.c_iflag && now.c_oflag == before_.c_oflag;
  }
  /// The terminal's window is closed.
  void close_window() {
    slave_ = FileDescriptor();
    master_ = FileDescriptor();
  }

 private:
  void read() {
    pollfd ready{master_.get(), POLLIN, 0};
    char bytes[4096];
    while (::poll(&ready, 1, 0) > 0 && (ready.revents & POLLIN) != 0) {
      const ssize_t got = ::read(master_.get(), bytes, sizeof bytes);
      if (got <= 0) return;
      screen_.write({bytes, static_cast<std::size_t>(got)});
    }
  }

  Screen screen_;
  FileDescriptor master_;
  FileDescriptor slave_;
  termios before_{};
  std::unique_ptr<RunningProgram> program_;
};

class Terminal : public Network {};

TEST_F(Terminal, WhatComesDoesNotTearTheLine) {
  Chatter ana("ana");
  Sitting bob("bob");
  bob.type("grüße");
  bob.shows("bob> grüße\n");
  ana.type("a message\n");
  bob.shows("<ana> a message\nbob> grüße\n");
  bob.type("\x1b[D\x1b[D\x7fu");  // twice to the left, backspace
  bob.shows("bob> gruße\n");
  bob.type("\x05!\r");  // to the end
  bob.shows("<bob> gruße!\nbob>\n");
  ana.shows("<bob> gruße!\n");
  EXPECT_THAT(bob.rows(), ElementsAre("mcast-chat: listening on 224.1.1.1:5000", "(udp, h1-eth0)", "* bob joined",
                                      "<ana> a message", "<bob> gruße!", "bob>"));
  EXPECT_THAT(bob.screen().unknown(), IsEmpty());
}

TEST_F(Terminal, NorALineOfSeveralRows) {
  Chatter ana("ana");
  Sitting bob("bob");
  const std::string first(35, 'x');  // with the prompt exactly a row
  bob.type(first);
  bob.shows("bob> " + first + '\n');
  ana.type("one\n");
  bob.shows("<ana> one\nbob> " + first + '\n');
  bob.type("yyy\x1b[D");
  bob.shows(first + "\nyyy\n");
  ana.type("two\n");
  bob.shows("<ana> one\n<ana> two\nbob> " + first + "\nyyy\n");
  bob.type("\x01z");  // at the beginning
  bob.shows("bob> z" + first.substr(1) + "\nxyyy\n");
  ana.type("three\n");
  bob.shows("<ana> two\n<ana> three\nbob> z" + first.substr(1) + "\nxyyy\n");
  bob.type("\r");
  bob.shows("<ana> three\n<bob> z" + first.substr(2) + "\nxxyyy\nbob>\n");
  ana.shows("<bob> z" + first + "yyy\n");
}

TEST_F(Terminal, RemembersLinesAndTakesALoneEscape) {
  Chatter ana("ana");
  Sitting bob("bob");
  bob.type("first\r");
  bob.shows("<bob> first\n");
  bob.type("\x1b[A");
  bob.shows("bob> first\n");
  bob.type(" again\r");
  bob.shows("<bob> first again\n");
  bob.type("\x1b");  // and nothing behind it
  ana.type("meanwhile\n");
  bob.shows("<ana> meanwhile\nbob>\n");
}

TEST_F(Terminal, EscapesFromTheNetworkDoNotReachIt) {
  Sitting bob("bob");
  send_to_room(
      "mcast-chat/1 TEXT eve \xE2\x80\xAE"
      "evil\n");
  send_to_room("plain\x1b[2J");
  send_to_room("done");
  bob.shows("] done\n");
  EXPECT_THAT(bob.screen().text(), HasSubstr("<eve> \\u{202e}evil\n"));
  EXPECT_THAT(bob.screen().unknown(), IsEmpty());
}

TEST_F(Terminal, EveryWayOutAnnouncesTheLeaveOnce) {
  const struct {
    const char* name;
    std::function<void(Sitting&)> leave;
  } ways[] = {
      {"ctrl-c", [](Sitting& member) { member.type("half a line\x03"); }},
      {"ctrl-d", [](Sitting& member) { member.type("\x04"); }},
      {"sigterm", [](Sitting& member) { member.program().signal(SIGTERM); }},
      {"hangup", [](Sitting& member) { member.close_window(); }},
  };
  Chatter ana("ana");
  for (const auto& [name, leave] : ways) {
    Sitting member(name);
    const bool hangup = std::string_view(name) == "hangup";
    leave(member);
    EXPECT_EQ(member.program().exit_status(), 0) << name;
    ana.shows(fmt::format("* {} left\n", name));
    EXPECT_TRUE(hangup || member.restored()) << name;
  }
  ana.end_input();
  EXPECT_EQ(ana.program().exit_status(), 0);
  for (const auto& [name, leave] : ways) EXPECT_EQ(times(ana.output(), fmt::format("* {} left", name)), 1) << name;
  EXPECT_THAT(ana.output(), ::testing::Not(HasSubstr("half")));
}

TEST_F(Terminal, WithoutACursorItIsPlain) {
  Sitting bob("bob", "dumb");
  bob.type("hello\n");
  bob.shows("hello\n<bob> hello\n");
  bob.type("\x04");
  bob.shows("* bob left\n");
  EXPECT_EQ(bob.program().exit_status(), 0);
}

}  // namespace
}  // namespace wireproof::mcast_chat::testing
