// Whom a request is handed to.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http_forwarding/destination.hpp"

namespace wireproof::http_forwarding {
namespace {

http::RequestHead asking(const std::string& method, const std::string& target, const std::string& host = "other") {
  return {.method = method, .target = target, .version = http::Version::http11, .fields = {{"Host", host}}};
}

Destination destination(const std::string& method, const std::string& target) {
  const auto found = destination_of(asking(method, target));
  const auto* const known = std::get_if<Destination>(&found);
  if (known == nullptr) ADD_FAILURE() << target << ": " << std::get<http::Refusal>(found).reason;
  return known == nullptr ? Destination{} : *known;
}

unsigned refusal(const std::string& method, const std::string& target) {
  const auto found = destination_of(asking(method, target));
  const auto* const refused = std::get_if<http::Refusal>(&found);
  return refused == nullptr ? 0 : refused->status;
}

TEST(Destinations, AreInTheTargetWhateverHostSays) {
  EXPECT_EQ(destination("GET", "http://H1:8000/a?b").authority, (Authority{"h1", 8000}));
  EXPECT_EQ(destination("GET", "http://H1:8000/a?b").target, "/a?b");
  EXPECT_EQ(destination("GET", "HTTP://h/").authority, (Authority{"h", 80}));
  EXPECT_EQ(destination("GET", "http://h:/").authority, (Authority{"h", 80}));
  EXPECT_EQ(destination("GET", "http://[::1]:81/x").authority, (Authority{"::1", 81}));
  EXPECT_EQ(destination("GET", "http://[fe80::1]/x").authority, (Authority{"fe80::1", 80}));
}

TEST(Destinations, HavePathsThatAreNeverEmpty) {
  EXPECT_EQ(destination("GET", "http://h").target, "/");
  EXPECT_EQ(destination("GET", "http://h?a").target, "/?a");
  EXPECT_EQ(destination("GET", "http://h/?u=http://i/").target, "/?u=http://i/");
  EXPECT_EQ(destination("OPTIONS", "http://h").target, "*");
  EXPECT_EQ(destination("OPTIONS", "http://h/").target, "/");
}

TEST(Destinations, OfConnectHaveAPort) {
  EXPECT_EQ(destination("CONNECT", "h:443").authority, (Authority{"h", 443}));
  EXPECT_EQ(destination("CONNECT", "[::1]:443").authority, (Authority{"::1", 443}));
  EXPECT_EQ(refusal("CONNECT", "h"), 400U);
  EXPECT_EQ(refusal("CONNECT", "h:0"), 400U);
  EXPECT_EQ(refusal("CONNECT", "h:99999"), 400U);
}

TEST(Destinations, ThatAreNoneAreRefused) {
  EXPECT_EQ(refusal("GET", "/a"), 400U);
  EXPECT_EQ(refusal("GET", "http:///a"), 400U);
  EXPECT_EQ(refusal("GET", "http://:80/a"), 400U);
  EXPECT_EQ(refusal("GET", "http://h:0/a"), 400U);
  EXPECT_EQ(refusal("GET", "http://h:70000/a"), 400U);
  EXPECT_EQ(refusal("GET", "http://user@h/a"), 400U);
  EXPECT_EQ(refusal("GET", "https://h/a"), 501U);
  EXPECT_EQ(refusal("GET", "ftp://h/a"), 501U);
}

TEST(Destinations, TellWhatHostHas) {
  EXPECT_EQ(host_header({"h", 80}), "h");
  EXPECT_EQ(host_header({"h", 8080}), "h:8080");
  EXPECT_EQ(host_header({"::1", 80}), "[::1]");
  EXPECT_EQ(text_of({"::1", 80}), "[::1]:80");
}

}  // namespace
}  // namespace wireproof::http_forwarding
