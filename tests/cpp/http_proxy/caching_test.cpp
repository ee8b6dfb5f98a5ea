// http-proxy as a whole: what it keeps, for whom, and what happens when many ask at once.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <string>
#include <vector>

#include "running_proxy.hpp"

namespace wireproof {
namespace {

using namespace wireproof::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kFresh = "Cache-Control: max-age=3600\r\n";

TEST(CachingProxy, AnswersFromTheStore) {
  const Origin origin(answered(kFresh + "ETag: \"a\"\r\n", "hello"));
  const RunningProxy proxy;
  const Reply first = proxy.get(origin.url("/a"));
  EXPECT_TRUE(first.has("Cache-Status: me; fwd=uri-miss; stored")) << first.head;
  const Reply second = proxy.get(origin.url("/a"));
  EXPECT_EQ(second.body, "hello");
  EXPECT_THAT(second.head, AllOf(HasSubstr("\r\nCache-Status: me; hit; ttl="), HasSubstr("\r\nAge: "),
                                 HasSubstr("\r\nContent-Length: 5\r\n"), HasSubstr("\r\nVia: 1.1 me\r\n")));
  EXPECT_EQ(proxy.ask(fmt::format("HEAD {} HTTP/1.1\r\nHost: h\r\n\r\n", origin.url("/a")), true).status, 200U);
  EXPECT_EQ(proxy.get(origin.url("/a"), "If-None-Match: \"a\"\r\n").status, 304U);
  const Reply part = proxy.get(origin.url("/a"), "Range: bytes=1-3\r\n");
  EXPECT_EQ(part.status, 206U);
  EXPECT_EQ(part.body, "ell");
  EXPECT_EQ(origin.requests().size(), 1U);
  EXPECT_EQ(proxy.count("hits"), 4U);
}

TEST(CachingProxy, StandsBeforeAnOrigin) {
  const Origin origin(answered(kFresh, "hello"));
  const RunningProxy proxy({"--origin", origin.authority()});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(proxy.get("/a").body, "hello");
  EXPECT_EQ(origin.requests().size(), 1U);
}

TEST(CachingProxy, KeepsApartWhatVaries) {
  const Origin origin([](const std::string& request, int client) {
    const bool spanish = request.find("Accept-Language: es") != std::string::npos;
    return send_whole(client, answered(kFresh + "Vary: Accept-Language\r\n", spanish ? "hola" : "hello"));
  });
  const RunningProxy proxy;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(proxy.get(origin.url("/"), "Accept-Language: es\r\n").body, "hola");
    EXPECT_EQ(proxy.get(origin.url("/"), "Accept-Language: en\r\n").body, "hello");
  }
  EXPECT_EQ(origin.requests().size(), 2U);
}

TEST(CachingProxy, SharesNothingPrivate) {
  std::atomic<int> number = 0;
  const Origin origin([&](const std::string& request, int client) {
    const bool is_private = request.starts_with("GET /private");
    return send_whole(
        client, answered(is_private ? "Cache-Control: private, max-age=60\r\n" : kFresh, std::to_string(++number)));
  });
  const RunningProxy proxy;
  EXPECT_EQ(proxy.get(origin.url("/private")).body, "1");
  EXPECT_EQ(proxy.get(origin.url("/private")).body, "2");
  EXPECT_EQ(proxy.get(origin.url("/"), "Authorization: Basic YTpi\r\n").body, "3");
  EXPECT_EQ(proxy.get(origin.url("/")).body, "4");
}

TEST(CachingProxy, AsksWhetherWhatIsStaleIsStillRight) {
  const Origin origin([](const std::string& request, int client) {
    const bool is_known = request.find("If-None-Match: \"a\"") != std::string::npos;
    return send_whole(client, is_known ? "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n"
                                       : answered("Cache-Control: max-age=0\r\nETag: \"a\"\r\n", "hello"));
  });
  const RunningProxy proxy;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(proxy.get(origin.url("/")).body, "hello");
  EXPECT_EQ(origin.requests().size(), 3U);
  EXPECT_EQ(proxy.count("revalidated"), 2U);
}

TEST(CachingProxy, ForgetsWhatAnUnsafeMethodChanged) {
  std::atomic<int> number = 0;
  const Origin origin(
      [&](const std::string&, int client) { return send_whole(client, answered(kFresh, std::to_string(++number))); });
  const RunningProxy proxy;
  EXPECT_EQ(proxy.get(origin.url("/a")).body, "1");
  EXPECT_EQ(proxy.ask(fmt::format("POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx", origin.url("/a"))).body,
            "2");
  EXPECT_EQ(proxy.get(origin.url("/a")).body, "3");
}

TEST(CachingProxy, RevalidatesBehindTheAnswer) {
  std::atomic<int> number = 0;
  const Origin origin([&](const std::string&, int client) {
    return send_whole(client,
                      answered("Cache-Control: max-age=0, stale-while-revalidate=600\r\n", std::to_string(++number)));
  });
  const RunningProxy proxy;
  EXPECT_EQ(proxy.get(origin.url("/")).body, "1");
  EXPECT_EQ(proxy.get(origin.url("/")).body, "1");
  EXPECT_TRUE(eventually([&] { return number == 2; }));
  EXPECT_TRUE(eventually([&] { return proxy.get(origin.url("/")).body != "1"; }));
}

TEST(CachingProxy, ServesWhatIsStaleWhenTheOriginFails) {
  std::atomic<int> number = 0;
  const Origin origin([&](const std::string& request, int client) {
    if (++number == 1) return send_whole(client, answered("Cache-Control: max-age=0, stale-if-error=600\r\n", "hello"));
    if (request.find("/broken") == std::string::npos) send_whole(client, answered("", "no", "503 Service Unavailable"));
    return false;
  });
  const RunningProxy proxy;
  EXPECT_EQ(proxy.get(origin.url("/")).body, "hello");
  const Reply reply = proxy.get(origin.url("/"));
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, "hello");
  EXPECT_EQ(proxy.get(origin.url("/other")).status, 503U);
  EXPECT_EQ(proxy.get(origin.url("/broken")).status, 502U);
}

TEST(CachingProxy, AsksNobodyWhereOnlyTheStoreIsWanted) {
  const Origin origin(answered(kFresh, "hello"));
  const RunningProxy proxy;
  EXPECT_EQ(proxy.get(origin.url("/"), "Cache-Control: only-if-cached\r\n").status, 504U);
  EXPECT_EQ(origin.connections(), 0U);
}

/// An origin that sends a half of its answer, and the rest when it is released.
Origin::Serve in_halves(Origin*& origin, const std::string& fields, std::size_t half) {
  return [&origin, fields, half](const std::string&, int client) {
    const std::string body(half, 'a');
    const std::string head = fmt::format("HTTP/1.1 200 OK\r\n{}Content-Length: {}\r\n\r\n", fields, 2 * half);
    send_whole(client, head + body);
    origin->wait();
    return send_whole(client, std::string(half, 'b'));
  };
}

TEST(ManyClients, AreAnsweredByOneQuestion) {
  Origin* held = nullptr;
  Origin origin(in_halves(held, kFresh, 100'000));
  held = &origin;
  const RunningProxy proxy;
  std::vector<TestClient> clients;
  for (int i = 0; i < 30; ++i) {
    clients.push_back(proxy.client());
    clients.back().send(get(origin.url("/")));
  }
  // Each has the first half before the second is there.
  for (const TestClient& client : clients) EXPECT_EQ(client.receive(50'000).size(), 50'000U);
  origin.release();
  for (const TestClient& client : clients) {
    client.end_sending();
    const std::string rest = client.receive_to_end();
    EXPECT_TRUE(rest.ends_with("bbb"));
    EXPECT_GT(rest.size(), 150'000U);
  }
  EXPECT_EQ(origin.requests().size(), 1U);
  EXPECT_EQ(proxy.count("collapsed"), 29U);
}

TEST(ManyClients, AreNotHeldUpByTheFirstOne) {
  Origin* held = nullptr;
  Origin origin(in_halves(held, kFresh, 10'000'000));
  held = &origin;
  const RunningProxy proxy;
  const TestClient slow = proxy.client(4096);
  slow.send(get(origin.url("/")));  // and never reads
  EXPECT_TRUE(eventually([&] { return origin.requests().size() == 1; }));
  origin.release();
  EXPECT_EQ(proxy.get(origin.url("/")).body.size(), 20'000'000U);
  EXPECT_EQ(origin.requests().size(), 1U);
}

TEST(ManyClients, DoNotSufferWhenTheFirstOneLeaves) {
  Origin* held = nullptr;
  Origin origin(in_halves(held, kFresh, 1'000'000));
  held = &origin;
  const RunningProxy proxy;
  TestClient first = proxy.client();
  first.send(get(origin.url("/")));
  EXPECT_EQ(first.receive(1000).size(), 1000U);
  const TestClient second = proxy.client();
  second.send(get(origin.url("/")));
  EXPECT_EQ(second.receive(1000).size(), 1000U);
  first.reset();
  origin.release();
  second.end_sending();
  EXPECT_TRUE(second.receive_to_end().ends_with("bbb"));
  EXPECT_EQ(proxy.get(origin.url("/")).body.size(), 2'000'000U);
  EXPECT_EQ(origin.requests().size(), 1U);
}

TEST(ManyClients, AskForThemselvesOnceAnAnswerIsNotForThem) {
  Origin* held = nullptr;
  std::atomic<int> number = 0;
  Origin origin([&](const std::string&, int client) {
    if (++number > 1) return send_whole(client, answered("Cache-Control: no-store\r\n", "mine"));
    held->wait();
    // It never ends: who waits for it as a whole waits in vain.
    return send_whole(client, "HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 100\r\n\r\nhis");
  });
  held = &origin;
  const RunningProxy proxy;
  const TestClient first = proxy.client();
  first.send(get(origin.url("/")));
  EXPECT_TRUE(eventually([&] { return number == 1; }));
  std::vector<TestClient> others;
  for (int i = 0; i < 5; ++i) {
    others.push_back(proxy.client());
    others.back().send(get(origin.url("/")));
  }
  // Those that ask for the count are requests, too.
  std::size_t asked = 6;
  EXPECT_TRUE(eventually([&] { return proxy.count("requests") >= ++asked; }));
  EXPECT_EQ(number, 1);
  origin.release();
  for (const TestClient& client : others) EXPECT_EQ(receive_answer(client).body, "mine");
}

TEST(ManyClients, ShareAFailure) {
  Origin* held = nullptr;
  Origin origin([&](const std::string&, int) {
    held->wait();
    return false;
  });
  held = &origin;
  const RunningProxy proxy;
  std::vector<TestClient> clients;
  for (int i = 0; i < 10; ++i) {
    clients.push_back(proxy.client());
    clients.back().send(get(origin.url("/")));
  }
  std::size_t asked = 10;
  EXPECT_TRUE(eventually([&] { return proxy.count("requests") >= ++asked; }));
  origin.release();
  for (const TestClient& client : clients) EXPECT_EQ(receive_answer(client).status, 502U);
  EXPECT_EQ(origin.requests().size(), 1U);
}

TEST(Stores, SurviveARestartAndAKill) {
  const Origin origin(answered(kFresh, std::string(100'000, 'x')));
  RunningProxy proxy;
  proxy.get(origin.url("/"));
  proxy.stop();
  proxy.start();
  EXPECT_THAT(proxy.get(origin.url("/")).head, HasSubstr("; hit"));
  proxy.kill();
  proxy.start();
  EXPECT_EQ(proxy.get(origin.url("/")).body, std::string(100'000, 'x'));
  EXPECT_EQ(origin.requests().size(), 1U);
}

TEST(Stores, ServeNothingThatIsDamaged) {
  const Origin origin(answered(kFresh, std::string(300'000, 'x')));
  RunningProxy proxy;
  proxy.get(origin.url("/"));
  proxy.stop();
  std::size_t damaged = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(proxy.cache())) {
    if (!entry.is_regular_file() || entry.file_size() < 100'000) continue;
    std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
    for (std::size_t at = 1000; at < entry.file_size(); at += 1000) file.seekp(static_cast<long>(at)).put('!');
    ++damaged;
  }
  ASSERT_EQ(damaged, 1U);
  proxy.start();
  EXPECT_EQ(proxy.get(origin.url("/")).body, std::string(300'000, 'x'));
  EXPECT_EQ(origin.requests().size(), 2U);
}

TEST(Stores, KeepTheirBound) {
  const Origin origin(answered(kFresh, std::string(100'000, 'x')));
  const RunningProxy proxy({"--size", "1M"});
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(proxy.get(origin.url(fmt::format("/{}", i))).body.size(), 100'000U);
    EXPECT_LE(proxy.count("bytes"), 1'048'576U);
  }
  EXPECT_GT(proxy.count("evicted"), 20U);
}

std::string numbered(std::size_t lines) {
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) text += fmt::format("{:09}\n", i);
  return text;
}

/// Of a length that is not told: that it is too much is known in the middle only.
TEST(Stores, ThatHaveNoRoomCostNoAnswer) {
  const std::string body = numbered(200'000);
  const Origin origin([&](const std::string&, int client) {
    send_whole(client, "HTTP/1.1 200 OK\r\n" + kFresh + "\r\n" + body);
    return false;
  });
  const RunningProxy proxy({"--size", "1M"});
  std::vector<TestClient> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(proxy.client());
    clients.back().send(get(origin.url("/")));
  }
  for (const TestClient& client : clients) EXPECT_EQ(receive_answer(client).body, body);
  EXPECT_EQ(proxy.count("entries"), 0U);
}

TEST(Stores, ThatCannotWriteCostNoAnswer) {
  const std::string body = numbered(50'000);
  const Origin origin(answered(kFresh, body));
  const RunningProxy proxy({}, [] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{200'000, 200'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  });
  std::vector<TestClient> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(proxy.client());
    clients.back().send(get(origin.url("/")));
  }
  for (const TestClient& client : clients) EXPECT_EQ(receive_answer(client).body, body);
  EXPECT_EQ(proxy.count("entries"), 0U);
  EXPECT_GE(proxy.count("failed"), 1U);
}

TEST(Stores, ThatAreNoneEndTheProgramInWords) {
  const TemporaryFolder folder;
  folder.write("cache/letter.txt", "mine");
  folder.write("file", "mine");
  for (const char* name : {"cache", "file"}) {
    RunningProgram program({"http-proxy", "--port", "0", "--cache", (folder.path() / name).string()});
    EXPECT_EQ(program.exit_status(), 1) << program.errors();
    EXPECT_THAT(program.errors(), HasSubstr((folder.path() / name).string()));
  }
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "cache/letter.txt"));
}

}  // namespace
}  // namespace wireproof
