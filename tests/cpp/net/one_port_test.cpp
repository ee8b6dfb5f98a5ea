// Sockets of several protocols on one port that the kernel chooses.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "net/binding.hpp"
#include "net/listener.hpp"
#include "net/udp_socket.hpp"

namespace wireproof {
namespace {

using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

class OnePort : public ::testing::Test {
 protected:
  /// Opens a socket of UDP, then a listener on its port; somebody else is faster as long as `others` says.
  std::uint16_t open(std::uint16_t port, int others) {
    return open_on_one_port(port, [&] {
      const UdpSocket socket = UdpSocket::listening("127.0.0.1", port);
      const ListenOptions same{.port = socket.local().port, .address = "127.0.0.1"};
      if (++opened_ <= others) taken_.push_back(open_listener(context_, same));
      const tcp::acceptor listener = open_listener(context_, same);
      EXPECT_EQ(listener.local_endpoint().port(), socket.local().port);
      return socket.local().port;
    });
  }

  asio::io_context context_;
  std::vector<tcp::acceptor> taken_;
  int opened_ = 0;
};

TEST_F(OnePort, IsAnotherWhenTheKernelsChoiceIsTakenForTheNextProtocol) {
  EXPECT_NE(open(0, 3), 0);
  EXPECT_EQ(opened_, 4);
}

TEST_F(OnePort, IsNotSoughtForEver) {
  EXPECT_THAT([&] { open(0, 1000); }, Throws<Failure>(Property(&Failure::what, HasSubstr("Address already in use"))));
  EXPECT_EQ(opened_, 16);
}

TEST_F(OnePort, ThatIsAskedForByNumberIsTriedOnce) {
  const std::uint16_t port = open(0, 0);
  opened_ = 0;
  EXPECT_THAT([&] { open(port, 1000); },
              Throws<Failure>(Property(&Failure::what, HasSubstr("Address already in use"))));
  EXPECT_EQ(opened_, 1);
}

TEST_F(OnePort, WhatElseFailsIsNotTriedAgain) {
  EXPECT_THAT([&] { open_on_one_port(0, [&] { ++opened_, fail("listen", EACCES); }); }, Throws<Failure>());
  EXPECT_EQ(opened_, 1);
}

}  // namespace
}  // namespace wireproof
