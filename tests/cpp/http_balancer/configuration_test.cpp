// The balancer's file: the sheet's as it stands, every key, and every mistake with its line.

#include <gtest/gtest.h>

#include <string>

#include "http_balancer/configuration.hpp"

namespace wireproof::http_balancer {
namespace {

constexpr const char* kSheet = "[nodo1]\nhost = 127.0.0.1\nport = 8001\n\n[nodo2]\nhost = 127.0.0.1\nport = 8002\n";

TEST(Configuration, OfTheSheetIsTaken) {
  const Configuration all = parse_configuration(kSheet);
  ASSERT_EQ(all.nodes.size(), 2U);
  EXPECT_EQ(all.nodes[0], (NodeSettings{.name = "nodo1", .host = "127.0.0.1", .port = 8001}));
  EXPECT_EQ(all.nodes[1], (NodeSettings{.name = "nodo2", .host = "127.0.0.1", .port = 8002}));
  EXPECT_EQ(all.policy, Policy::round_robin);
  EXPECT_EQ(all.sticky, Sticky::off);
  EXPECT_EQ(all.status_path, "");
}

TEST(Configuration, HasAllKeys) {
  const Configuration all = parse_configuration(
      "[balancer]\npolicy = least-connections\ncheck_path = /alive?a=b\ncheck_interval = 0.5\ncheck_timeout = 0.25\n"
      "rise = 4\nfall = 5\neject = 6\neject_time = 7\nslow_start = 8\nsticky = cookie\nconnect_timeout = 9\n"
      "answer_timeout = 10\nretries = 11\nqueue = 12\nqueue_timeout = 13\nforwarded = append\nstatus_path = /status\n"
      "[Node b]\nhost = [::1]\nport = 65535\nweight = 0\nmax_connections = 3\n[node a]\nhost = Web-1.Example\nport = "
      "1\n");
  EXPECT_EQ(all.policy, Policy::least_connections);
  EXPECT_EQ(all.check_path, "/alive?a=b");
  EXPECT_EQ(all.check_interval, std::chrono::milliseconds(500));
  EXPECT_EQ(all.check_timeout, std::chrono::milliseconds(250));
  EXPECT_EQ(all.rise, 4U);
  EXPECT_EQ(all.fall, 5U);
  EXPECT_EQ(all.eject, 6U);
  EXPECT_EQ(all.eject_time, std::chrono::seconds(7));
  EXPECT_EQ(all.slow_start, std::chrono::seconds(8));
  EXPECT_EQ(all.sticky, Sticky::cookie);
  EXPECT_EQ(all.connect_timeout, std::chrono::seconds(9));
  EXPECT_EQ(all.answer_timeout, std::chrono::seconds(10));
  EXPECT_EQ(all.retries, 11U);
  EXPECT_EQ(all.queue, 12U);
  EXPECT_EQ(all.queue_timeout, std::chrono::seconds(13));
  EXPECT_EQ(all.forwarded, ForwardedFields::append);
  EXPECT_EQ(all.status_path, "/status");
  ASSERT_EQ(all.nodes.size(), 2U);
  EXPECT_EQ(authority_of(all.nodes[0]), "[::1]:65535");
  EXPECT_EQ(all.nodes[0].weight, 0U);
  EXPECT_EQ(all.nodes[0].max_connections, 3U);
  EXPECT_EQ(authority_of(all.nodes[1]), "web-1.example:1");
}

struct Wrong {
  const char* name;
  std::string text;
  const char* told;
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.name; }

std::string with_key(const std::string& key) { return std::string(kSheet) + "[balancer]\n" + key + "\n"; }
std::string with_node(const std::string& keys) { return std::string(kSheet) + "[nodo3]\n" + keys; }

class WrongConfigurations : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongConfigurations, AreRefusedWithTheLine) {
  try {
    parse_configuration(GetParam().text);
    FAIL() << "it was taken";
  } catch (const ini::IniError& error) {
    EXPECT_EQ(error.in_file("c.ini"), GetParam().told);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Configuration, WrongConfigurations,
    ::testing::Values(
        Wrong{"NoNode", "[balancer]\nrise = 1\n",
              "c.ini: there is no node: a section [node1] with host and port is wanted"},
        Wrong{"Empty", "", "c.ini: there is no node: a section [node1] with host and port is wanted"},
        Wrong{"NodeTwice", with_node("port = 8001\nhost = 127.0.0.1\n"),
              "c.ini:8: node 127.0.0.1:8001 is there twice, first as [nodo1] on line 1"},
        Wrong{"SectionTwice", std::string(kSheet) + kSheet, "c.ini:8: section [nodo1] is there twice, first on line 1"},
        Wrong{"PortZero", with_node("host = a\nport = 0"),
              "c.ini:10: port = 0: a whole number from 1 to 65535 is wanted"},
        Wrong{"PortTooGreat", with_node("host = a\nport = 65536"),
              "c.ini:10: port = 65536: a whole number from 1 to 65535 is wanted"},
        Wrong{"PortNegative", with_node("host = a\nport = -1"),
              "c.ini:10: port = -1: a whole number from 1 to 65535 is wanted"},
        Wrong{"PortWithComment", with_node("host = a\nport = 80 ; web"),
              "c.ini:10: port = 80 ; web: a whole number from 1 to 65535 is wanted"},
        Wrong{"NoPort", with_node("host = a\n"), "c.ini:8: [nodo3] has no port"},
        Wrong{"NoHost", with_node("port = 1\n"), "c.ini:8: [nodo3] has no host"},
        Wrong{"HostEmpty", with_node("host =\nport = 1\n"), "c.ini:9: host = : a host's name or address is wanted"},
        Wrong{"HostWithPort", with_node("host = a:80\nport = 1\n"),
              "c.ini:9: host = a:80: a host's name or address is wanted"},
        Wrong{"HostOfNumbers", with_node("host = 127.0.0.256\nport = 1\n"),
              "c.ini:9: host = 127.0.0.256: a host's name or address is wanted"},
        Wrong{"HostForAll", with_node("host = 0.0.0.0\nport = 1\n"),
              "c.ini:9: host = 0.0.0.0: no host can be reached there"},
        Wrong{"HostMulticast", with_node("host = 224.0.0.1\nport = 1\n"),
              "c.ini:9: host = 224.0.0.1: no host can be reached there"},
        Wrong{"UnknownNodeKey", with_node("host = a\nport = 1\nwieght = 2\n"),
              "c.ini:11: key 'wieght' is not known in [nodo3]; known are host, port, weight, max_connections"},
        Wrong{"UnknownSection", std::string(kSheet) + "[server]\n",
              "c.ini:8: section [server] is not known; known are [balancer] and [node…]"},
        Wrong{"NoWeight", "[nodo1]\nhost = a\nport = 1\nweight = 0\n",
              "c.ini:1: every node has the weight 0: none would be asked"},
        Wrong{"Policy", with_key("policy = random"),
              "c.ini:9: policy = random: one of round-robin, least-connections is wanted"},
        Wrong{"Rise", with_key("rise = 0"), "c.ini:9: rise = 0: a whole number from 1 to 1000 is wanted"},
        Wrong{"NotANumber", with_key("slow_start = nan"),
              "c.ini:9: slow_start = nan: seconds from 0 to 86400 are wanted"},
        Wrong{"TooOften", with_key("check_interval = 0.001"),
              "c.ini:9: check_interval = 0.001: 0 or seconds from 0.05 on are wanted"},
        Wrong{"Path", with_key("check_path = alive"), "c.ini:9: check_path = alive: a path is wanted, as /a is"},
        Wrong{"PathOfTwo", with_key("status_path = /a b"), "c.ini:9: status_path = /a b: a path is wanted, as /a is"}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(Configuration, NamesTheKeysThatThereAre) {
  try {
    parse_configuration(with_key("timeout = 1"));
    FAIL() << "it was taken";
  } catch (const ini::IniError& error) {
    const std::string told = error.in_file("c.ini");
    EXPECT_TRUE(told.starts_with("c.ini:9: key 'timeout' is not known in [balancer]; known are policy, check_path, "))
        << told;
  }
}

TEST(Configuration, IsBounded) {
  std::string text;
  for (int i = 1; i <= 257; ++i)
    text += "[node" + std::to_string(i) + "]\nhost = a\nport = " + std::to_string(i) + "\n";
  EXPECT_THROW(parse_configuration(text), ini::IniError);
}

}  // namespace
}  // namespace wireproof::http_balancer
