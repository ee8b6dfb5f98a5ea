// Clients that mean harm or do not care: each is answered, bounded, and no other client waits for it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "served_folder.hpp"

namespace wireproof {
namespace {

using namespace wireproof::testing;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Whether somebody else is served.
void expect_service(const ServedFolder& served) { EXPECT_EQ(served.ask(get("/a.txt")).body, "hello"); }

/// Bytes of memory that the program has had at most.
std::size_t most_memory(pid_t pid) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string word; status >> word;) {
    std::size_t kibibytes = 0;
    if (word == "VmHWM:" && status >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

std::size_t descriptors(pid_t pid) {
  const std::filesystem::directory_iterator open(fmt::format("/proc/{}/fd", pid));
  return static_cast<std::size_t>(std::distance(begin(open), end(open)));
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct HostileCase {
  std::string name;
  std::string bytes;
  unsigned status;
  bool is_understood = false;  ///< another request might follow
};

TEST(HostileClients, AreAnsweredWithAStatusAndAPage) {
  const std::vector<HostileCase> rows{
      {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two Hosts", get("/", "Host: i\r\n"), 400},
      {"a folded line", get("/", "A: b\r\n c\r\n"), 400},
      {"a bare CR", get("/", "A: b\rc\r\n"), 400},
      {"a space before the colon", get("/", "A : b\r\n"), 400},
      {"two lengths", get("/", "Content-Length: 1\r\nContent-Length: 2\r\n"), 400},
      {"a length and a coding", get("/", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"a coding nobody knows", get("/", "Transfer-Encoding: blob\r\n"), 501},
      {"another version", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
      {"no HTTP at all", "\x16\x03\x01\x02\x01", 400},
      {"a line too long", "GET /" + std::string(10'000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
      {"an endless line", "GET /" + std::string(1'000'000, 'a'), 414},
      {"a header too large", get("/", "A: " + std::string(40'000, 'b') + "\r\n"), 431},
      {"an endless header", "GET / HTTP/1.1\r\nA: " + std::string(1'000'000, 'b'), 431},
      {"a method nobody knows", get("/", "", "BREW"), 501, true},
      {"a method for others", get("/", "Content-Length: 1\r\n", "POST") + "a", 405, true},
      {"a body too large", get("/", "Content-Length: 2000000\r\n", "POST") + std::string(2'000'000, 'a'), 413},
      {"a body too large in chunks",
       get("/", "Transfer-Encoding: chunked\r\n", "POST") + "200000\r\n" + std::string(2'097'152, 'a'), 413},
      {"a bad chunk", get("/", "Transfer-Encoding: chunked\r\n") + "xyz\r\n", 400},
      {"a chunk that is too long", get("/", "Transfer-Encoding: chunked\r\n") + "1\r\nab\r\n0\r\n\r\n", 400},
      {"chunk extensions without end", get("/", "Transfer-Encoding: chunked\r\n") + "1;" + std::string(100'000, 'a'),
       400},
      {"half a request", "GET / HT", 400},
  };
  ServedFolder served;
  for (const HostileCase& row : rows) {
    const TestClient client = served.client();
    client.send(row.bytes);
    client.end_sending();
    // To its end: a reset would have destroyed it.
    const std::string answer = client.receive_to_end();
    EXPECT_THAT(answer, StartsWith(fmt::format("HTTP/1.1 {} ", row.status))) << row.name;
    EXPECT_THAT(answer, HasSubstr("<!doctype html>")) << row.name;
    EXPECT_EQ(has(answer, "Connection: close\r\n"), !row.is_understood) << row.name;
    EXPECT_THAT(answer, HasSubstr(fmt::format("<title>{} ", row.status))) << row.name;
  }
  expect_service(served);
}

TEST(HostileClients, GetTheirAnswerThoughTheyGoOnSending) {
  ServedFolder served;
  for (int i = 0; i < 20; ++i) {
    const TestClient client = served.client();
    client.send("GET / HTTP/2.0\r\nHost: h\r\n\r\n");
    for (int j = 0; j < 50; ++j) client.send(std::string(10'000, 'x'));
    client.end_sending();
    EXPECT_THAT(client.receive_to_end(), StartsWith("HTTP/1.1 505 "));
  }
}

TEST(HostileClients, ThatAskFirstNeedNotSendTheirBody) {
  ServedFolder served;
  const Reply reply = served.ask(get("/", "Content-Length: 100\r\nExpect: 100-continue\r\n", "POST"));
  EXPECT_EQ(reply.status, 405U);
  EXPECT_TRUE(reply.has("Connection: close"));
  EXPECT_EQ(served.ask(get("/", "Expect: tea\r\n")).status, 417U);
}

TEST(HostileClients, WhoseHeaderTakesTooLongAreTold) {
  ServedFolder served({"--timeout", "0.5"});
  std::vector<TestClient> slow;
  for (int i = 0; i < 200; ++i) {
    slow.push_back(served.client());
    slow.back().send("GET / HTTP/1.1\r\nHost: h\r\nA: ");
  }
  expect_service(served);
  for (const TestClient& client : slow) {
    EXPECT_THAT(client.receive_to_end(), StartsWith("HTTP/1.1 408 "));
  }
}

TEST(HostileClients, WhoseHeaderComesByteByByteHaveNoMoreTime) {
  ServedFolder served({"--timeout", "0.5", "--log", "-"});
  const TestClient client = served.client();
  client.send("GET / HTTP/1.1\r\nA: ");
  // Each byte comes in good time; the header does not.
  EXPECT_TRUE(eventually([&] { return client.send("a") && has(served.program().output(), " 408 "); }));
}

TEST(HostileClients, WhoseBodyTakesTooLongAreTold) {
  ServedFolder served({"--timeout", "0.5"});
  const TestClient client = served.client();
  client.send(get("/", "Content-Length: 100000\r\n", "POST") + "abc");
  expect_service(served);
  EXPECT_THAT(client.receive_to_end(), StartsWith("HTTP/1.1 408 "));
}

TEST(HostileClients, ThatSayNothingAreLeftWithoutAWord) {
  ServedFolder served({"--timeout", "0.5"});
  const TestClient client = served.client();
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST(HostileClients, ThatNeverReadHoldNothing) {
  ServedFolder served({"--timeout", "1", "--json", "-"});
  served.write("site/large.bin", std::string(50'000'000, 'x'));
  std::vector<TestClient> deaf;
  for (int i = 0; i < 100; ++i) {
    deaf.push_back(served.client(AF_INET, 4096));
    deaf.back().send(get("/large.bin") + get("/large.bin"));
  }
  for (int i = 0; i < 10; ++i) expect_service(served);
  // Each had 100 MB coming.
  EXPECT_LT(most_memory(served.program().pid()), 200U * 1024 * 1024);
  EXPECT_TRUE(eventually([&] { return descriptors(served.program().pid()) < 20; })) << "they are held for ever";
  served.program().signal(SIGTERM);
  EXPECT_EQ(served.program().exit_status(), 0);
  EXPECT_THAT(served.program().output(), HasSubstr("\"timed_out\": 100"));
}

TEST(HostileClients, ThatAreIdleMakeRoomForOthers) {
  ServedFolder served({"--max-connections", "3"});
  std::vector<TestClient> idle;
  for (int i = 0; i < 3; ++i) {
    idle.push_back(served.client());
    idle.back().send(get("/a.txt"));
    EXPECT_EQ(receive_reply(idle.back()).status, 200U);
  }
  // Three are not too many.
  idle.front().send(get("/a.txt"));
  EXPECT_EQ(receive_reply(idle.front()).status, 200U);
  for (int i = 0; i < 5; ++i) expect_service(served);
}

TEST(HostileClients, ThatResetAreForgotten) {
  ServedFolder served;
  served.write("site/large.bin", std::string(5'000'000, 'x'));
  for (int i = 0; i < 50; ++i) {
    TestClient client = served.client(AF_INET, 4096);
    client.send(get("/large.bin"));
    client.receive(100);
    client.reset();
  }
  expect_service(served);
  served.program().signal(SIGTERM);
  EXPECT_EQ(served.program().exit_status(), 0);
}

}  // namespace
}  // namespace wireproof
