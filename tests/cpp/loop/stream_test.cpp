// Streams over socket pairs: speaking first, back-pressure, several peers, half-close, idleness.

#include "loop/stream.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/socket.h>

#include <filesystem>

#include "loop/file_descriptor.hpp"
#include "loop/signals.hpp"
#include "text/failure.hpp"

namespace wireproof {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using namespace std::chrono_literals;

/// Two sockets that are connected; the test holds `far`.
struct Pair {
  Pair() {
    int ends[2];
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    near = FileDescriptor(ends[0]);
    far = FileDescriptor(ends[1]);
  }
  void say(std::string_view text) const {
    EXPECT_EQ(::send(far.get(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  void end() const { ::shutdown(far.get(), SHUT_WR); }
  /// All that comes to the far side, until its peer's end.
  std::string hear() const {
    std::string heard;
    char part[65536];
    for (ssize_t got; (got = ::recv(far.get(), part, sizeof part, 0)) > 0;) heard.append(part, got);
    return heard;
  }
  FileDescriptor near, far;
};

/// Until the loop ends; `talk` makes a coroutine, which must not outlive it.
void run(Loop& loop, const std::function<asio::awaitable<void>()>& talk) {
  loop.spawn(talk());
  loop.run();
}

TEST(Relay, CarriesBothDirectionsAndHandsOnEachEnd) {
  const Pair left, right;
  Loop loop;
  Stream one(loop, Stream::socket(left.near.get(), "left"));
  Stream other(loop, Stream::socket(right.near.get(), "right"));
  left.say("GET");
  left.end();
  // The answer comes only when the question and its end are through.
  loop.each_readable(right.far.get(), [&, asked = std::string()]() mutable {
    char part[100];
    const ssize_t got = ::recv(right.far.get(), part, sizeof part, 0);
    asked.append(part, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got > 0 || asked.empty()) return;
    EXPECT_EQ(asked, "GET");
    asked.clear();
    right.say("page");
    right.end();
  });
  run(loop, [&]() -> asio::awaitable<void> {
    co_await relay(loop, one, other);
    loop.stop();
  });
  EXPECT_EQ(left.hear(), "page");
}

TEST(Relay, HoldsNoMoreThanItsOutboxWhenOneSideDoesNotRead) {
  const Pair left, right;
  Loop loop;
  Stream one(loop, Stream::socket(left.near.get(), "left"));
  Stream other(loop, Stream::socket(right.near.get(), "right"), 1000);
  ::fcntl(left.far.get(), F_SETFL, O_NONBLOCK);
  std::size_t said = 0;
  std::size_t most = 0;
  loop.spawn(relay(loop, one, other));
  run(loop, [&]() -> asio::awaitable<void> {
    const std::string much(10000, 'x');
    int full = 0;
    for (asio::steady_timer pause(loop.context()); full < 20;) {
      const ssize_t taken = ::send(left.far.get(), much.data(), much.size(), MSG_NOSIGNAL);
      if (taken > 0) said += static_cast<std::size_t>(taken);
      full = taken > 0 ? 0 : full + 1;
      pause.expires_after(1ms);
      co_await pause.async_wait(asio::use_awaitable);
      most = std::max(most, other.unsent());
    }
    loop.stop();
  });
  EXPECT_EQ(most, 1000U);
  EXPECT_LT(said, 10U << 20) << "the sender was held up";
}

TEST(Relay, EndsWhenNothingMoves) {
  const Pair left, right;
  Loop loop;
  Stream one(loop, Stream::socket(left.near.get(), "left"));
  Stream other(loop, Stream::socket(right.near.get(), "right"));
  left.say("one word");
  loop.spawn(relay(loop, one, other, 30ms));
  EXPECT_THAT([&] { loop.run(); }, ThrowsMessage<Failure>("relay: nothing came or went for 30 ms"));
}

TEST(Relay, TellsWhichSideFailed) {
  const Pair left;
  Pair right;
  Loop loop;
  Stream one(loop, Stream::socket(left.near.get(), "left"));
  Stream other(loop, Stream::socket(right.near.get(), "right"));
  left.say("for nobody");
  ::shutdown(right.far.get(), SHUT_RD);
  loop.spawn(relay(loop, one, other));
  EXPECT_THAT([&] { loop.run(); }, ThrowsMessage<Failure>("send to right: Broken pipe"));
}

TEST(Stream, SpeaksFirstToSeveralPeersAndLosesNothingForWhoReads) {
  const Pair ana, bob, eve;
  Loop loop;
  std::vector<std::unique_ptr<Stream>> streams;
  std::vector<asio::awaitable<void>> parts;
  for (const Pair* pair : {&ana, &bob, &eve}) {
    streams.push_back(std::make_unique<Stream>(loop, Stream::socket(pair->near.get(), "peer"), 100));
    parts.push_back(streams.back()->deliver());
  }
  const auto talk = [&]() -> asio::awaitable<void> {
    for (auto& stream : streams) EXPECT_TRUE(stream->post("welcome\n"));
    const std::string_view line = co_await streams.front()->read();
    for (auto& stream : streams) EXPECT_TRUE(stream->post(line));
    EXPECT_FALSE(streams.back()->post(std::string(100, 'x'))) << "there is room for less";
    for (auto& stream : streams) stream->end();
  };
  parts.push_back(talk());
  ana.say("hello\n");
  run(loop, [&]() -> asio::awaitable<void> {
    co_await together(std::move(parts));
    loop.stop();
  });
  EXPECT_EQ(bob.hear(), "welcome\nhello\n");
  EXPECT_EQ(eve.hear(), "welcome\nhello\n");
}

TEST(Relay, ASlowReaderIsNoIdleOne) {
  const Pair left, right;
  const int small = 1;
  ::setsockopt(right.near.get(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  Loop loop;
  Stream one(loop, Stream::socket(left.near.get(), "left"));
  Stream other(loop, Stream::socket(right.near.get(), "right"));
  const std::string much(60000, 'x');
  left.say(much);
  left.end();
  std::size_t got = 0;
  const auto sip = [&]() -> asio::awaitable<void> {
    for (asio::steady_timer pause(loop.context()); got < much.size();) {
      pause.expires_after(20ms);
      co_await pause.async_wait(asio::use_awaitable);
      char part[2000];
      got += static_cast<std::size_t>(::recv(right.far.get(), part, sizeof part, 0));
    }
    right.end();
  };
  const auto start = loop.now();
  run(loop, [&]() -> asio::awaitable<void> {
    std::vector<asio::awaitable<void>> parts;
    parts.push_back(sip());
    parts.push_back(relay(loop, one, other, 300ms));
    co_await together(std::move(parts));
    loop.stop();
  });
  EXPECT_EQ(got, much.size());
  EXPECT_GT(loop.now() - start, 500ms) << "longer than nothing may move";
}

TEST(Stream, ReadsFilesToTheirEnd) {
  const FileDescriptor file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  Loop loop;
  Stream stream(loop, {file.get(), -1, "read it", ""});
  std::size_t length = 0;
  run(loop, [&]() -> asio::awaitable<void> {
    EXPECT_FALSE(stream.ended());
    for (std::string_view bytes; !(bytes = co_await stream.read()).empty();) length += bytes.size();
    EXPECT_TRUE(stream.ended());
    loop.stop();
  });
  EXPECT_EQ(length, static_cast<std::size_t>(::lseek(file.get(), 0, SEEK_END)));
}

/// Descriptors of this process for the same socket.
std::size_t copies_of(int descriptor) {
  const auto link = [](int number) { return std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", number)); };
  std::size_t copies = 0;
  for (int i = 0; i < 100; ++i) {
    if (::fcntl(i, F_GETFD) >= 0 && link(i) == link(descriptor)) ++copies;
  }
  return copies;
}

TEST(Stream, LeavesWhatItReadsFromAsItWas) {
  const Pair pair;
  Loop loop;
  Stream stream(loop, Stream::socket(pair.near.get(), "peer"));
  pair.say("x");
  run(loop, [&]() -> asio::awaitable<void> {
    co_await stream.read();
    loop.stop();
  });
  EXPECT_EQ(::fcntl(pair.near.get(), F_GETFL) & O_NONBLOCK, 0) << "others may hold the same terminal";
  EXPECT_EQ(copies_of(pair.near.get()), 1U) << "one socket is one line of lsof";
}

TEST(Loop, DoesWhatIsDueAtItsTimeAndBeforeEachEvent) {
  const Pair pair;
  std::vector<std::string> done;
  Time next = 20ms;
  std::optional<Loop> loop;
  loop.emplace(Loop::Timed{[&] { return next; },
                           [&] {
                             if (loop->now() < next) return;
                             done.emplace_back("due");
                             next = next == 20ms ? 40ms : kNever;
                             if (next == kNever) loop->stop();
                           }});
  loop->each_readable(pair.near.get(), [&] {
    char part[10];
    EXPECT_EQ(::recv(pair.near.get(), part, sizeof part, 0), 1);
    done.emplace_back("event");
  });
  pair.say("x");
  loop->run();
  EXPECT_THAT(done, ::testing::ElementsAre("event", "due", "due"));
  EXPECT_GE(loop->now(), 40ms);
}

TEST(Loop, EndsWithWhatItsPartsThrow) {
  Loop loop;
  std::string ended;
  const auto waits = [&]() -> asio::awaitable<void> {
    try {
      for (;;) co_await loop.next_event();
    } catch (...) {
      ended = "the other";
      throw;
    }
  };
  const auto breaks = []() -> asio::awaitable<void> {
    throw Failure("broken");
    co_return;
  };
  EXPECT_THAT(
      [&] {
        run(loop, [&]() -> asio::awaitable<void> {
          std::vector<asio::awaitable<void>> parts;
          parts.push_back(waits());
          parts.push_back(breaks());
          co_await together(std::move(parts));
        });
      },
      ThrowsMessage<Failure>("broken"));
  EXPECT_EQ(ended, "the other");
}

TEST(Signals, AreHeldFromTheirMakingOn) {
  const Signals signals({SIGUSR1, SIGUSR2});
  EXPECT_FALSE(signals.arrived());
  ::raise(SIGUSR2);
  EXPECT_TRUE(signals.arrive_within(1s));
  EXPECT_EQ(signal_name(signals.take()), "SIGUSR2");
  EXPECT_EQ(signals.take(), 0);
}

}  // namespace
}  // namespace wireproof
