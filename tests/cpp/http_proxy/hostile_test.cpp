// Clients that mean harm or do not care: each is answered, none of it reaches an origin, and nobody else waits for it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "running_proxy.hpp"

namespace wireproof {
namespace {

using namespace wireproof::testing;
using ::testing::HasSubstr;
using ::testing::StartsWith;

struct BadRequest {
  std::string name;
  std::string bytes;  ///< {} stands for the URL
  unsigned status;
};

std::string to(const Origin& origin, const BadRequest& row) {
  std::string bytes = row.bytes;
  for (std::size_t at; (at = bytes.find("{}")) != std::string::npos;) bytes.replace(at, 2, origin.url("/"));
  return bytes;
}

const std::vector<BadRequest> kBad{
    {"no Host", "GET {} HTTP/1.1\r\n\r\n", 400},
    {"two Hosts", "GET {} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    {"a malformed Host", "GET {} HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
    {"a folded line", "GET {} HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\n\r\n", 400},
    {"a bare CR", "GET {} HTTP/1.1\r\nHost: a\r\nA: b\rc\r\n\r\n", 400},
    {"a bare LF", "GET {} HTTP/1.1\nHost: a\n\n", 400},
    {"a space before the colon", "GET {} HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n", 400},
    {"a control character", std::string("GET {} HTTP/1.1\r\nHost: a\r\nA: b") + '\0' + "c\r\n\r\n", 400},
    {"two lengths", "POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", 400},
    {"both lengths", "POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
     400},
    {"a length with a sign", "POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na", 400},
    {"a coding nobody knows", "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n", 501},
    {"chunked twice", "POST {} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400},
    {"a coding of HTTP/1.0", "POST {} HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"a user in the target", "GET http://u:p@h/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"a port that does not exist", "GET http://h:99999/ HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"another version", "GET {} HTTP/2.0\r\nHost: h\r\n\r\n", 505},
    {"another scheme", "GET https://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 501},
    {"CONNECT without a port", "CONNECT h HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"a line too long", "GET {}" + std::string(10'000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
    {"a header too large", "GET {} HTTP/1.1\r\nHost: h\r\nA: " + std::string(40'000, 'b') + "\r\n\r\n", 431},
    {"TLS", "\x16\x03\x01\x02\x01", 400},
};

TEST(HostileClients, OfTheProxyAreAnsweredAndNeverHandedOn) {
  const Origin origin(answered("Cache-Control: no-store\r\n", "hello"));
  const RunningProxy proxy;
  for (const BadRequest& row : kBad) {
    const TestClient client = proxy.client();
    client.send(to(origin, row));
    client.end_sending();
    const std::string answer = client.receive_to_end();
    EXPECT_THAT(answer, StartsWith(fmt::format("HTTP/1.1 {} ", row.status))) << row.name;
    EXPECT_THAT(answer, HasSubstr("<!doctype html>")) << row.name;
  }
  EXPECT_EQ(origin.connections(), 0U);
  EXPECT_EQ(proxy.get(origin.url("/")).body, "hello");
}

/// Heads that are right, and bodies that are not: of those an origin sees no end.
TEST(HostileClients, WhoseChunksAreMalformedEndBothConnections) {
  const std::vector<std::string> chunks{"xyz\r\n",
                                        "-1\r\n",
                                        "1\r\nab\r\n",
                                        "1;" + std::string(100'000, 'a'),
                                        "ffffffffffffffffff\r\n",
                                        "1 \r\na\r\n0\r\n\r\n",
                                        "1\na\n0\n\n"};
  const Origin origin(answered("", "reached"));
  const RunningProxy proxy;
  for (const std::string& bytes : chunks) {
    const TestClient client = proxy.client();
    client.send(
        fmt::format("POST {} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n{}", origin.url("/"), bytes));
    client.end_sending();
    const std::string answer = client.receive_to_end();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 ")) << bytes.substr(0, 20);
  }
  for (const std::string& request : origin.requests()) EXPECT_THAT(request, ::testing::Not(HasSubstr("\r\n0\r\n")));
}

TEST(HostileClients, OfTheProxyThatAreTooSlowAreTold) {
  const Origin origin(answered("", "hello"));
  const RunningProxy proxy({"--timeout", "0.5"});
  std::vector<TestClient> slow;
  for (int i = 0; i < 100; ++i) {
    slow.push_back(proxy.client());
    slow.back().send("GET / HTTP/1.1\r\nHost: h\r\nA: ");
  }
  const TestClient body = proxy.client();
  body.send(fmt::format("POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\na", origin.url("/")));
  EXPECT_EQ(proxy.get(origin.url("/")).body, "hello");
  for (const TestClient& client : slow) EXPECT_THAT(client.receive_to_end(), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(body.receive_to_end(), StartsWith("HTTP/1.1 408 "));
}

TEST(HostileClients, OfTheProxyThatNeverReadAreLeft) {
  const Origin origin(answered("Cache-Control: max-age=60\r\n", std::string(8'000'000, 'x')));
  const RunningProxy proxy({"--timeout", "0.5"});
  std::vector<TestClient> deaf;
  for (int i = 0; i < 20; ++i) {
    deaf.push_back(proxy.client(4096));
    deaf.back().send(get(origin.url("/")));
  }
  EXPECT_EQ(proxy.get(origin.url("/")).body.size(), 8'000'000U);
  EXPECT_TRUE(eventually([&] { return proxy.count("timed_out") == 20; }));
  EXPECT_EQ(origin.requests().size(), 1U);
}

TEST(HostileClients, OfTheProxyCannotHaveMoreConnectionsThanThereAre) {
  const RunningProxy proxy({"--max-connections", "10"});
  std::vector<TestClient> idle;
  for (int i = 0; i < 50; ++i) idle.push_back(proxy.client());
  EXPECT_EQ(proxy.get("/").status, 200U);
}

}  // namespace
}  // namespace wireproof
