#include "net/address.hpp"

#include <gmock/gmock.h>
#include <net/if.h>

#include "net/resolve.hpp"
#include "text/failure.hpp"

namespace wireproof {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(AddressText, IsReadAgainAndPrintedAsItIs) {
  for (const char* const text : {"127.0.0.1", "0.0.0.0", "255.255.255.255", "::", "::1", "2001:db8::1", "fe80::1%lo"}) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->host(), text);
    EXPECT_FALSE(address->is_set()) << "no port was written";
  }
  EXPECT_EQ(name_of(parse_address("10.0.0.1")->with_port(80)), "10.0.0.1:80");
  EXPECT_EQ(name_of(parse_address("fe80::1%lo")->with_port(80)), "[fe80::1%lo]:80");
}

TEST(AddressText, AnIpv4MappedAddressIsAnIpv4Address) {
  EXPECT_EQ(parse_address("::ffff:10.0.0.1"), parse_address("10.0.0.1"));
}

TEST(AddressText, AZoneIsANameOrAnIndexThatAnIpv6AddressMayHave) {
  EXPECT_EQ(parse_address("fe80::1%lo")->zone, ::if_nametoindex("lo"));
  EXPECT_EQ(parse_address("fe80::1%4000000")->host(), "fe80::1%4000000") << "an interface may be gone";
}

TEST(AddressText, AnythingElseIsRefused) {
  using namespace std::string_view_literals;
  for (const std::string_view text :
       {""sv, " 10.0.0.1"sv, "10.0.0"sv, "10.0.0.1:80"sv, "[::1]"sv, "10.0.0.1%lo"sv, "fe80::1%"sv,
        "fe80::1%nowhere0"sv, "fe80::1%../../etc/passwd"sv, "::1%4294967296"sv, "10.0.0.1\0"sv, "::1\0x"sv,
        "localhost"sv, "1:2:3:4:5:6:7:8:9"sv}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(Ports, AreNumbersFrom1To65535) {
  EXPECT_EQ(parse_port("1"), 1);
  EXPECT_EQ(parse_port("65535"), 65535);
  for (const char* const text : {"", "0", "65536", "-1", "+1", " 1", "1 ", "0x10", "http"}) {
    EXPECT_FALSE(parse_port(text)) << text;
  }
}

TEST(AddressKinds, AreThoseOfTheirRanges) {
  const auto at = [](const char* text) { return *parse_address(text); };
  EXPECT_TRUE(at("224.0.0.1").is_multicast() && at("239.255.255.255").is_multicast() && at("ff02::1").is_multicast());
  EXPECT_FALSE(at("223.255.255.255").is_multicast() || at("240.0.0.0").is_multicast() || at("fe80::1").is_multicast());
  EXPECT_TRUE(at("127.1.2.3").is_loopback() && at("::1").is_loopback());
  EXPECT_FALSE(at("128.0.0.1").is_loopback() || at("::2").is_loopback());
  EXPECT_TRUE(at("0.0.0.0").is_unspecified() && at("::").is_unspecified());
  EXPECT_TRUE(at("10.0.0.1").is_unicast() && at("2001:db8::1").is_unicast());
  for (const char* const text : {"0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255", "::", "ff02::1"}) {
    EXPECT_FALSE(at(text).is_unicast()) << text;
  }
  EXPECT_TRUE(at("fe80::1").wants_zone() && at("ff02::1").wants_zone() && at("ff12::1").wants_zone());
  EXPECT_TRUE(at("ff01::1").wants_zone());
  EXPECT_FALSE(at("2001:db8::1").wants_zone() || at("ff05::1").wants_zone() || at("169.254.0.1").wants_zone());
  EXPECT_EQ(at("fe80::1").in_zone(3).zone, 3U);
  EXPECT_EQ(at("fe80::1%2").in_zone(3).zone, 2U) << "it has one";
  EXPECT_EQ(at("2001:db8::1").in_zone(3).zone, 0U) << "it needs none";
}

TEST(KernelForm, IsReadAsItWasWritten) {
  for (const char* const text : {"10.1.2.3", "2001:db8::1", "fe80::1%lo"}) {
    const Address address = parse_address(text)->with_port(4711);
    EXPECT_EQ(Address::of(address.for_socket()), address);
    EXPECT_EQ(Address::of(address.for_socket(AF_INET6)), address) << "an IPv6 socket knows both";
  }
}

TEST(Resolve, TakesAddressesAndNames) {
  EXPECT_EQ(resolve("10.0.0.1", 80).front(), Address::v4(0x0A000001, 80));
  EXPECT_EQ(name_of(resolve("::1", 80).front()), "[::1]:80");
  EXPECT_EQ(resolve("localhost", 80, AF_INET).front(), Address::v4(0x7F000001, 80));
  EXPECT_THAT([] { resolve("no-such-host.invalid", 80); },
              ThrowsMessage<Failure>(HasSubstr("find the address of 'no-such-host.invalid': ")));
}

TEST(Destinations, MayNameTheirPort) {
  const struct {
    const char* text;
    const char* found;
  } cases[] = {{"10.0.0.1", "10.0.0.1:9"}, {"10.0.0.1:80", "10.0.0.1:80"}, {"::1", "[::1]:9"},
               {"[::1]", "[::1]:9"},       {"[::1]:80", "[::1]:80"},       {"[fe80::1%lo]:80", "[fe80::1%lo]:80"}};
  for (const auto& [text, found] : cases) EXPECT_EQ(name_of(resolve_destination(text, 9)), found);
  for (const char* const text : {"10.0.0.1:", "10.0.0.1:0", "10.0.0.1:x", "[::1", "[::1]x", "[::1]:", "224.0.0.1"}) {
    EXPECT_THROW(resolve_destination(text, 9), UsageError) << text;
  }
}

}  // namespace
}  // namespace wireproof
