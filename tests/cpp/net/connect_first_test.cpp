// Connecting over loopback, where 127.0.0.0/8 gives as many hosts as a test wants.

#include "net/connect_first.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "../base/odd_server.hpp"
#include "loop/loop.hpp"
#include "net/resolve_within.hpp"
#include "text/failure.hpp"

namespace wireproof {
namespace {

using namespace std::chrono_literals;

template <typename Value>
Value run(asio::io_context& context, asio::awaitable<Value> work) {
  auto result = asio::co_spawn(context, std::move(work), asio::use_future);
  context.run();
  return result.get();
}

std::uint16_t port_of(const testing::OddServer& server) { return static_cast<std::uint16_t>(std::stoi(server.port())); }

TEST(ConnectFirst, GoesOnToTheOneThatListens) {
  testing::OddServer server([](int client) { testing::send_all(client, "x"); });
  asio::io_context context;
  const Address there = Address::v4(0x7F000001, port_of(server));
  const Address refusing = Address::v4(0x7F000002, port_of(server));
  FirstConnection first = run(context, connect_first(context, {refusing, there}, 30s));
  ASSERT_TRUE(first.socket);
  EXPECT_EQ(first.address, there);
  ASSERT_EQ(first.failed.size(), 1U);
  EXPECT_EQ(first.failed[0].address, refusing);
  EXPECT_EQ(first.failed[0].error, asio::error::connection_refused);
  EXPECT_TRUE(first.socket->is_open());
}

TEST(ConnectFirst, TellsWhyNoneDid) {
  asio::io_context context;
  const FirstConnection first =
      run(context, connect_first(context, {Address::v4(0x7F000002, 1), Address::v4(0x7F000003, 1)}, kNever));
  EXPECT_FALSE(first.socket);
  ASSERT_EQ(first.failed.size(), 2U);
  EXPECT_EQ(first.failed[1].error, asio::error::connection_refused);
}

/// A listener whose backlog is full answers no SYN.
class SilentListener {
 public:
  SilentListener() {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(0x7F000004);
    socklen_t length = sizeof address_;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address_), length), 0);
    EXPECT_EQ(::listen(listener_, 0), 0);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address_), &length);
    for (int& filler : fillers_) {
      filler = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      static_cast<void>(::connect(filler, reinterpret_cast<sockaddr*>(&address_), length));
    }
  }
  ~SilentListener() {
    for (const int filler : fillers_) ::close(filler);
    ::close(listener_);
  }
  Address address() const { return Address::v4(0x7F000004, ntohs(address_.sin_port)); }

 private:
  int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address_{};
  int fillers_[4] = {};
};

TEST(ConnectFirst, DoesNotWaitForOneThatIsSilent) {
  const SilentListener silent;
  testing::OddServer server([](int client) { testing::send_all(client, "x"); });
  asio::io_context context;
  const Address there = Address::v4(0x7F000001, port_of(server));
  FirstConnection first = run(context, connect_first(context, {silent.address(), there}, 60s));
  ASSERT_TRUE(first.socket);
  EXPECT_EQ(first.address, there);
  EXPECT_TRUE(first.failed.empty()) << "the silent one was not waited for";
}

TEST(ConnectFirst, GivesUpWhenThePatienceIsOver) {
  const SilentListener silent;
  asio::io_context context;
  const FirstConnection first = run(context, connect_first(context, {silent.address()}, 50ms));
  EXPECT_FALSE(first.socket);
  ASSERT_EQ(first.failed.size(), 1U);
  EXPECT_EQ(first.failed[0].error, asio::error::timed_out);
}

TEST(ResolveWithin, GivesWhatResolveGives) {
  asio::io_context context;
  const auto found = run(context, resolve_within(context, "127.0.0.9", 80, kNever));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->front(), Address::v4(0x7F000009, 80));
}

TEST(ResolveWithin, TellsThatThereIsNone) {
  asio::io_context context;
  EXPECT_THROW(run(context, resolve_within(context, "no host has spaces", 80, 30s)), Failure);
}

}  // namespace
}  // namespace wireproof
