// Real sockets on loopback.

#include "net/udp_socket.hpp"

#include <gmock/gmock.h>
#include <poll.h>

#include <thread>

#include "net/binding.hpp"
#include "net/interface.hpp"
#include "text/failure.hpp"

namespace wireproof {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Clock = std::chrono::steady_clock;

constexpr int kPatience = 5000;  // milliseconds

bool readable(const UdpSocket& socket, int patience = kPatience) {
  pollfd waiting{socket.descriptor(), POLLIN, 0};
  return ::poll(&waiting, 1, patience) > 0;
}

UdpSocket::Datagram next(UdpSocket& socket) {
  EXPECT_TRUE(readable(socket));
  auto datagram = socket.receive();
  EXPECT_TRUE(datagram);
  return datagram.value_or(UdpSocket::Datagram{});
}

Address at(std::string_view host, const UdpSocket& socket) {
  return parse_address(host)->with_port(socket.local().port);
}

TEST(UdpSocket, HearsIpv4AndIpv6AtOnce) {
  UdpSocket server = UdpSocket::listening("", 0);
  UdpSocket four(AF_INET);
  UdpSocket six(AF_INET6);
  EXPECT_EQ(four.send_to(at("127.0.0.1", server), "four"), 0);
  const auto first = next(server);
  EXPECT_EQ(first.bytes, "four");
  EXPECT_EQ(first.from.host(), "127.0.0.1") << "not as a mapped address";
  EXPECT_EQ(server.send_to(first.from, "back"), 0);
  EXPECT_EQ(next(four).bytes, "back");
  EXPECT_EQ(six.send_to(at("::1", server), "six"), 0);
  EXPECT_EQ(next(server).from.host(), "::1");
}

TEST(UdpSocket, AnswersFromTheAddressThatWasAsked) {
  const UdpOptions options{.tells_asked = true};
  for (const auto& [local, asked] : std::vector<std::pair<const char*, const char*>>{
           {"", "127.0.0.2"}, {"", "::1"}, {"0.0.0.0", "127.0.0.2"}, {"::", "::1"}}) {
    UdpSocket server = UdpSocket::listening(local, 0, options);
    UdpSocket client(parse_address(asked)->family());
    client.send_to(at(asked, server), "question");
    const auto question = next(server);
    EXPECT_EQ(question.asked.host(), asked);
    EXPECT_EQ(server.send_to(question.from, "answer", question.asked), 0);
    EXPECT_EQ(next(client).from, at(asked, server));
  }
}

TEST(UdpSocket, TellsThatADatagramWasCutAndHowLongItWas) {
  UdpSocket server = UdpSocket::listening("127.0.0.1", 0, {.longest = 4});
  UdpSocket client(AF_INET);
  for (const std::string_view text : {"12345", "1234", ""}) {
    client.send_to(server.local(), text);
    const auto datagram = next(server);
    EXPECT_EQ(datagram.bytes, text.substr(0, 4));
    EXPECT_EQ(datagram.length, text.size());
    EXPECT_EQ(datagram.is_cut(), text.size() > 4);
  }
}

TEST(UdpSocket, TheTimeOfArrivalIsTheKernels) {
  UdpSocket stamping = UdpSocket::listening("127.0.0.1", 0, {.stamps_arrival = true});
  UdpSocket client(AF_INET);
  const auto slack = std::chrono::milliseconds(5);  // the clocks are read one after the other
  // The kernel begins to stamp a while after the first socket that asks, and until then stamps what is read.
  for (int i = 0; i < 20; ++i) {
    const auto before = Clock::now();
    client.send_to(stamping.local(), "early");
    const auto after = Clock::now();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // it lies unread
    const auto datagram = next(stamping);
    EXPECT_GE(datagram.arrival, before - slack);
    if (datagram.arrival <= after + slack) return;
  }
  FAIL() << "of 20 datagrams that lay unread none came when it was sent";
}

TEST(UdpSocket, TellsWhenTheKernelGaveEachDatagramToTheDriver) {
  const UdpSocket server = UdpSocket::listening("127.0.0.1", 0);
  const UdpSocket client(AF_INET, {.stamps_departure = true});
  const auto slack = std::chrono::milliseconds(5);  // the clocks are read one after the other
  for (std::uint32_t number = 0; number < 6; ++number) {
    if (number == 3) client.number_anew();
    const auto before = Clock::now();
    ASSERT_EQ(client.send_to(server.local(), "text"), 0);
    const auto after = Clock::now();
    const auto departure = client.departure();
    ASSERT_TRUE(departure);
    EXPECT_EQ(departure->number, number % 3);
    EXPECT_GE(departure->time, before - slack);
    EXPECT_LE(departure->time, after + slack);
    EXPECT_FALSE(client.departure()) << "once each";
  }
}

TEST(UdpSocket, CountsWhatTheKernelDroppedAndStopsAcceptingWhenTold) {
  UdpSocket server = UdpSocket::listening("127.0.0.1", 0, {.receive_buffer = 1});
  UdpSocket client(AF_INET);
  for (int i = 0; i < 100; ++i) client.send_to(server.local(), std::string(1000, 'x'));
  std::uint64_t read = 0;
  while (server.receive()) ++read;
  EXPECT_GT(read, 0U);
  EXPECT_EQ(server.drops(), 100 - read);
  server.accept_no_more();
  client.send_to(server.local(), "late");
  EXPECT_FALSE(server.receive());
  EXPECT_EQ(server.drops(), 101 - read);
}

TEST(UdpSocket, ARefusalIsToldByTheNextCallAndCanBeForgotten) {
  const Address nobody = UdpSocket::listening("127.0.0.1", 0).local();
  UdpSocket client(AF_INET, {.tells_errors = true});
  ASSERT_EQ(client.connect(nobody), 0);
  EXPECT_EQ(client.send("first"), 0);
  EXPECT_EQ(client.send("second"), ECONNREFUSED);
  client.forget_errors();
  EXPECT_EQ(client.send("third"), 0);
  EXPECT_EQ(client.take_error(), ECONNREFUSED);
  client.forget_errors();
  client.send("fourth");
  EXPECT_THAT([&] { client.receive(); },
              ThrowsMessage<Failure>("receive from " + name_of(nobody) + ": Connection refused"));
  client.forget_errors();
  int error = 0;
  EXPECT_FALSE(client.receive(error));
  EXPECT_EQ(error, 0) << "nothing has come, and nothing is wrong";
  client.send("fifth");
  EXPECT_FALSE(client.receive(error));
  EXPECT_EQ(error, ECONNREFUSED);
}

TEST(UdpSocket, MembersOfAGroupShareItsPortAndHearItByOneInterface) {
  const Interface lo = find_interface("127.0.0.1");
  EXPECT_EQ(lo.name, "lo");
  UdpSocket speaker(AF_INET, {.multicast_interface = lo.index});
  UdpSocket one(AF_INET, {.shares_port = true});
  ASSERT_EQ(one.bind(*parse_address("224.7.7.7")), 0);
  const Address group = parse_address("224.7.7.7")->with_port(one.local().port);
  UdpSocket two(AF_INET, {.shares_port = true});
  UdpSocket stranger(AF_INET, {.shares_port = true});
  ASSERT_EQ(two.bind(group), 0);
  ASSERT_EQ(stranger.bind(group), 0);
  ASSERT_EQ(one.join(group, lo.index), 0);
  ASSERT_EQ(two.join(group, lo.index), 0);
  ASSERT_EQ(stranger.join(parse_address("224.7.7.8")->with_port(1), lo.index), 0);
  ASSERT_EQ(speaker.send_to(group, "all"), 0);
  EXPECT_EQ(next(one).bytes, "all");
  EXPECT_EQ(next(two).bytes, "all");
  EXPECT_FALSE(readable(stranger, 0)) << "it joined another group on the same port";
}

TEST(UdpSocket, WhatCannotBeReachedIsAnError) {
  UdpSocket four(AF_INET);
  EXPECT_EQ(four.send_to(parse_address("::1")->with_port(9), "x"), EAFNOSUPPORT);
  const UdpSocket taken = UdpSocket::listening("127.0.0.1", 0);
  const std::string where = name_of(taken.local());
  EXPECT_THAT([&] { UdpSocket::listening("127.0.0.1", taken.local().port); },
              ThrowsMessage<Failure>("listen on " + where + " (udp): Address already in use"));
  EXPECT_THAT([&] { UdpSocket::listening("nowhere", 0); },
              ThrowsMessage<UsageError>(HasSubstr("--address nowhere: not a numeric IPv4 or IPv6 address")));
}

TEST(Binding, FallsBackToIpv4OnlyWhereThereIsNoIpv6AndNoAddressWasGiven) {
  const auto tried = [](const std::string& address, int error) {
    std::vector<std::string> all;
    try {
      bind_server(address, 7, 0, "", [&](const Address& local) {
        all.push_back(name_of(local));
        return local.is_v4() ? 0 : error;
      });
    } catch (const Failure& failure) {
      all.push_back(failure.what());
    }
    return all;
  };
  using ::testing::ElementsAre;
  EXPECT_THAT(tried("", 0), ElementsAre("[::]:7"));
  EXPECT_THAT(tried("", EAFNOSUPPORT), ElementsAre("[::]:7", "0.0.0.0:7"));
  EXPECT_THAT(tried("", EADDRNOTAVAIL), ElementsAre("[::]:7", "0.0.0.0:7"));
  EXPECT_THAT(tried("", EADDRINUSE), ElementsAre("[::]:7", HasSubstr("listen on [::]:7: ")));
  EXPECT_THAT(tried("::1", EADDRNOTAVAIL), ElementsAre("[::1]:7", HasSubstr("listen on [::1]:7: ")));
}

TEST(Interfaces, AreFoundByNameAndByAddress) {
  EXPECT_EQ(find_interface("lo").index, find_interface("::1").index);
  EXPECT_THAT([] { find_interface("nothing0"); },
              ThrowsMessage<Failure>("find the interface 'nothing0': No such device"));
  EXPECT_THROW(find_interface("203.0.113.1"), Failure);
  EXPECT_EQ(loopback_address(find_interface("lo"))->host(), "127.0.0.1");
  int error = 0;
  EXPECT_EQ(source_towards(parse_address("127.0.0.9")->with_port(9), error).host(), "127.0.0.1");
  EXPECT_EQ(error, 0);
}

}  // namespace
}  // namespace wireproof
