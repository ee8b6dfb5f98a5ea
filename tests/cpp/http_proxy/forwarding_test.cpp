// http-proxy as a whole: requests handed on, tunnels, its own pages, origins that fail.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "running_proxy.hpp"

namespace wireproof {
namespace {

using namespace wireproof::testing;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::string kNoStore = "Cache-Control: no-store\r\n";

TEST(HttpProxy, AsksTheHostThatTheTargetNames) {
  const Origin origin(answered(kNoStore, "hello"));
  const RunningProxy proxy;
  const Reply reply =
      proxy.get(origin.url("/a?b"), "Connection: X-Hop\r\nX-Hop: 1\r\nProxy-Authorization: Basic YTpi\r\n");
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.body, "hello");
  EXPECT_TRUE(reply.has("Via: 1.1 me"));
  EXPECT_THAT(reply.head, HasSubstr("\r\nDate: "));
  EXPECT_THAT(origin.requests().at(0),
              AllOf(StartsWith("GET /a?b HTTP/1.1\r\nHost: " + origin.authority() + "\r\n"),
                    HasSubstr("\r\nVia: 1.1 me\r\n"), Not(HasSubstr("Hop")), Not(HasSubstr("Proxy-"))));
}

TEST(HttpProxy, UsesConnectionsAgain) {
  const Origin origin(answered(kNoStore, "hello"));
  const RunningProxy proxy;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(proxy.get(origin.url("/")).body, "hello");
  EXPECT_EQ(origin.requests().size(), 5U);
  EXPECT_EQ(origin.connections(), 1U);
}

TEST(HttpProxy, HandsOnBodies) {
  const Origin origin([](const std::string& request, int client) {
    return send_whole(client, answered("", request.substr(request.find("\r\n\r\n") + 4)));
  });
  const RunningProxy proxy({"--max-body", "1M"});
  const std::string body(300'000, 'x');
  const TestClient client = proxy.client();
  client.send(fmt::format("POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
                          origin.url("/"), body.size()));
  EXPECT_EQ(client.receive_line(), "HTTP/1.1 100 Continue\r");
  EXPECT_EQ(client.receive_line(), "\r");
  client.send(body);
  EXPECT_EQ(receive_answer(client).body, body);
  EXPECT_EQ(
      proxy.ask(fmt::format("POST {} HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n", origin.url("/"))).status,
      413U);
}

TEST(HttpProxy, PassesEarlyHintsOn) {
  const Origin origin("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + answered(kNoStore, "hello"));
  const RunningProxy proxy;
  const TestClient client = proxy.client();
  client.send(get(origin.url("/")));
  EXPECT_EQ(client.receive_line(), "HTTP/1.1 103 Early Hints\r");
  EXPECT_EQ(client.receive_line(), "Link: </a>\r");
  EXPECT_EQ(client.receive_line(), "Via: 1.1 me\r");
  EXPECT_EQ(client.receive_line(), "\r");
  EXPECT_EQ(receive_answer(client).body, "hello");
}

TEST(HttpProxy, StreamsWhatIsNotStored) {
  Origin* held = nullptr;
  Origin origin([&](const std::string&, int client) {
    send_whole(client, "HTTP/1.1 200 OK\r\nCache-Control: private\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n");
    held->wait();
    return send_whole(client, "3\r\ntwo\r\n0\r\n\r\n");
  });
  held = &origin;
  const RunningProxy proxy;
  const TestClient client = proxy.client();
  client.send(get(origin.url("/")));
  for (std::string line; (line = client.receive_line()) != "\r" && !line.empty();) {
  }
  EXPECT_EQ(client.receive(8), "3\r\none\r\n");
  origin.release();
  EXPECT_EQ(client.receive(13), "3\r\ntwo\r\n0\r\n\r\n");
}

TEST(HttpProxy, MakesTunnelsToPortsThatAreAllowed) {
  const Origin origin([](const std::string& request, int client) { return send_whole(client, request + "done"); });
  const RunningProxy proxy({"--connect-ports", "443," + std::to_string(origin.port())});
  const TestClient client = proxy.client();
  client.send(fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n\r\nGET / HTTP/1.1\r\n", origin.authority()));
  EXPECT_EQ(client.receive_line(), "HTTP/1.1 200 Connection established\r");
  EXPECT_EQ(client.receive_line(), "\r");
  client.send("\r\n");
  client.end_sending();
  // The answer comes though the client has ended its own direction.
  EXPECT_EQ(client.receive(22), "GET / HTTP/1.1\r\n\r\ndone");
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST(HttpProxy, RefusesTunnelsToOtherPorts) {
  const Origin origin(answered("", "no"));
  const RunningProxy proxy;
  const Reply reply = proxy.ask(fmt::format("CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n\r\n", origin.authority()));
  EXPECT_EQ(reply.status, 403U);
  EXPECT_THAT(reply.body, HasSubstr("is not allowed here"));
  EXPECT_EQ(origin.connections(), 0U);
}

TEST(HttpProxy, StandsBeforeAnOrigin) {
  const Origin origin(answered(kNoStore, "hello"));
  const RunningProxy proxy({"--origin", origin.authority()});
  EXPECT_EQ(proxy.get("/a", "X-Forwarded-For: 1.2.3.4\r\n").body, "hello");
  EXPECT_THAT(origin.requests().at(0),
              AllOf(StartsWith("GET /a HTTP/1.1\r\nHost: h\r\n"), HasSubstr("\r\nX-Forwarded-For: 127.0.0.1\r\n"),
                    HasSubstr("\r\nForwarded: for=127.0.0.1;proto=http;host=h\r\n"), Not(HasSubstr("1.2.3.4"))));
}

TEST(HttpProxy, TellsOfItself) {
  const RunningProxy proxy;
  const Reply page = proxy.get("/");
  EXPECT_EQ(page.status, 200U);
  EXPECT_THAT(page.body, AllOf(HasSubstr("<!doctype html>"), HasSubstr("Answered from the store")));
  EXPECT_EQ(proxy.count("requests"), 2U);
  EXPECT_EQ(proxy.get("/other").status, 404U);
}

TEST(HttpProxy, IsNotPartOfACircle) {
  const RunningProxy proxy;
  const Reply reply = proxy.get(fmt::format("http://127.0.0.1:{}/", proxy.port()), "Via: 1.1 me\r\n");
  EXPECT_EQ(reply.status, 508U);
  EXPECT_TRUE(reply.has("Proxy-Status: \"me\"; error=proxy_loop_detected"));
  const RunningProxy circle({"--origin", "127.0.0.1:1"});
  EXPECT_EQ(circle.get("/", "Via: 1.1 you, 1.1 me\r\n").status, 508U);
}

TEST(HttpProxy, AnswersForItselfWhereNoHopIsLeft) {
  const RunningProxy proxy;
  const Reply trace = proxy.ask("TRACE http://h/ HTTP/1.1\r\nHost: h\r\nMax-Forwards: 0\r\nCookie: a\r\n\r\n");
  EXPECT_EQ(trace.body, "TRACE http://h/ HTTP/1.1\r\nHost: h\r\nMax-Forwards: 0\r\n\r\n");
  EXPECT_EQ(proxy.ask("OPTIONS http://h/ HTTP/1.1\r\nHost: h\r\nMax-Forwards: 0\r\n\r\n").status, 200U);
}

struct FailingOrigin {
  std::string name;
  std::string bytes;
  unsigned status;
};

TEST(HostileOrigins, AreToldByAStatusAndAPage) {
  std::string hints;
  for (int i = 0; i < 50; ++i) hints += "HTTP/1.1 103 Early Hints\r\n\r\n";
  const std::vector<FailingOrigin> rows{
      {"nothing", "", 502},
      {"half a head", "HTTP/1.1 200 OK\r\nCont", 502},
      {"another protocol", "SSH-2.0-x\r\n\r\n", 502},
      {"an endless header", "HTTP/1.1 200 OK\r\nA: " + std::string(1'000'000, 'a'), 502},
      {"many fields",
       "HTTP/1.1 200 OK\r\n" + std::string(4000, 'a') + ": b\r\n" +
           [] {
             std::string fields;
             for (int i = 0; i < 1000; ++i) fields += "A: b\r\n";
             return fields;
           }() +
           "\r\n",
       502},
      {"both lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
       502},
      {"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", 502},
      {"a folded line", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n", 502},
      {"a bare CR", "HTTP/1.1 200 OK\r\nA: b\rc\r\nContent-Length: 0\r\n\r\n", 502},
      {"an upgrade", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 502},
      {"endless hints", hints, 502},
  };
  const RunningProxy proxy({"--timeout", "5"});
  for (const FailingOrigin& row : rows) {
    const Origin origin([&](const std::string&, int client) {
      send_whole(client, row.bytes);
      return false;
    });
    const Reply reply = proxy.get(origin.url("/"));
    EXPECT_EQ(reply.status, row.status) << row.name;
    EXPECT_THAT(reply.body, HasSubstr("<!doctype html>")) << row.name;
    EXPECT_THAT(reply.head, HasSubstr("\r\nProxy-Status: \"me\"; error=")) << row.name;
  }
  EXPECT_EQ(proxy.count("entries"), 0U);
}

TEST(HostileOrigins, ThatNeverAnswerAreLeft) {
  Origin* held = nullptr;
  Origin origin([&](const std::string&, int) {
    held->wait();
    return false;
  });
  held = &origin;
  const RunningProxy proxy({"--timeout", "0.4"});
  const Reply reply = proxy.get(origin.url("/"));
  EXPECT_EQ(reply.status, 504U);
  EXPECT_TRUE(reply.has("Proxy-Status: \"me\"; error=http_response_timeout"));
}

TEST(HostileOrigins, ThatCannotBeReachedAreTold) {
  const RunningProxy proxy({"--connect-timeout", "2"});
  EXPECT_EQ(proxy.get("http://127.0.0.1:1/").status, 502U);
  EXPECT_EQ(proxy.ask("POST http://127.0.0.1:1/ HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na").status, 502U);
  EXPECT_EQ(proxy.get("http://no-such-host.invalid/").status / 100, 5U);
}

TEST(HostileOrigins, ThatBreakOffAreNotTakenForWhole) {
  for (const std::string cache : {"no-store", "max-age=60"}) {
    for (const std::string framing : {"Content-Length: 10", "Transfer-Encoding: chunked"}) {
      const std::string body = framing.starts_with("C") ? "half" : "4\r\nhalf\r\n";
      const Origin origin([&](const std::string&, int client) {
        send_whole(client, "HTTP/1.1 200 OK\r\nCache-Control: " + cache + "\r\n" + framing + "\r\n\r\n" + body);
        return false;
      });
      const RunningProxy proxy;
      const TestClient client = proxy.client();
      client.send(get(origin.url("/"), "Connection: close\r\n"));
      std::string all;
      for (std::string byte; !(byte = client.receive(1)).empty();) all += byte;
      EXPECT_TRUE(client.is_closed());
      EXPECT_FALSE(all.ends_with("0\r\n\r\n")) << framing;
      EXPECT_THAT(all, ::testing::AnyOf(StartsWith("HTTP/1.1 502 "), StartsWith("HTTP/1.1 200 "), ""));
      EXPECT_EQ(proxy.count("entries"), 0U) << framing;
    }
  }
}

TEST(HostileOrigins, ThatAnswerTwiceAnswerNobodyElse) {
  const Origin origin(answered(kNoStore, "one") + answered(kNoStore, "forged"));
  const RunningProxy proxy;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(proxy.get(origin.url("/")).body, "one");
}

TEST(HttpProxy, EndsInOrder) {
  Origin* held = nullptr;
  Origin origin([&](const std::string&, int client) {
    held->wait();
    return send_whole(client, answered(kNoStore, "late"));
  });
  held = &origin;
  RunningProxy proxy;
  const TestClient client = proxy.client();
  client.send(get(origin.url("/")));
  EXPECT_TRUE(eventually([&] { return origin.requests().size() == 1; }));
  proxy.program().signal(SIGTERM);
  proxy.program().says("closing the listener; 1 answers are running");
  origin.release();
  const Reply reply = receive_answer(client);
  EXPECT_EQ(reply.body, "late");
  EXPECT_TRUE(reply.has("Connection: close"));
  EXPECT_EQ(proxy.program().exit_status(), 0);
}

TEST(HttpProxy, EndsAtOnceAtASecondSignal) {
  Origin* held = nullptr;
  Origin origin([&](const std::string&, int) {
    held->wait();
    return false;
  });
  held = &origin;
  RunningProxy proxy;
  const TestClient client = proxy.client();
  client.send(get(origin.url("/")));
  EXPECT_TRUE(eventually([&] { return origin.requests().size() == 1; }));
  proxy.program().signal(SIGINT);
  proxy.program().says("1 answers are running");
  proxy.program().signal(SIGINT);
  EXPECT_EQ(proxy.program().exit_status(), 0);
}

TEST(HttpProxy, CountsWhenItIsAsked) {
  RunningProxy proxy({"--json", "-"});
  proxy.program().signal(SIGUSR1);
  EXPECT_TRUE(eventually([&] { return proxy.program().output().find("\"tunnels\"") != std::string::npos; }));
  proxy.stop();
}

TEST(HttpProxy, KeepsATemporaryFolderNoLongerThanItRuns) {
  RunningProgram program({"http-proxy", "--port", "0", "--host", "127.0.0.1"});
  program.port();
  const std::string said = program.errors();
  const std::size_t place = said.find("are kept in ");
  ASSERT_NE(place, std::string::npos) << said;
  const std::string folder = said.substr(place + 12, said.find(',', place) - place - 12);
  EXPECT_TRUE(std::filesystem::exists(folder));
  program.signal(SIGTERM);
  EXPECT_EQ(program.exit_status(), 0);
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST(HttpProxy, RefusesOptionsThatMakeNoSense) {
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--origin", "h:0"},
                                                {"--origin", "http://h"},
                                                {"--connect-ports", "443,x"},
                                                {"--size", "many"},
                                                {"--via", "two words"},
                                                {"--forwarded", "perhaps"}}) {
    std::vector<std::string> all{"http-proxy", "--port", "0", "--host", "127.0.0.1"};
    all.insert(all.end(), words.begin(), words.end());
    RunningProgram program(all);
    EXPECT_EQ(program.exit_status(), 2) << words[1] << program.errors();
  }
}

}  // namespace
}  // namespace wireproof
