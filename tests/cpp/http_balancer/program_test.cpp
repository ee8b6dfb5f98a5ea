// http-balancer as a whole, over loopback, before nodes that a test writes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "../base/free_port.hpp"
#include "../base/seeds.hpp"
#include "running_balancer.hpp"

namespace wireproof::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

std::string post(const std::string& body, const std::string& fields = "") {
  return fmt::format("POST /p HTTP/1.1\r\nHost: h\r\n{}Content-Length: {}\r\n\r\n{}", fields, body.size(), body);
}

constexpr const char* kNoChecks = "check_interval = 0\n";

TEST(HttpBalancer, SpreadsRequestsOverItsNodes) {
  Origin one(saying(ok("1")));
  Origin two(saying(ok("2")));
  const RunningBalancer balancer({one.port(), two.port()});
  std::string answers;
  for (int i = 0; i < 6; ++i) answers += balancer.ask(get("/")).body;
  EXPECT_EQ(answers, "121212");
}

TEST(HttpBalancer, TakesTheSheetsFile) {
  Origin one(saying(ok("1")));
  Origin two(saying(ok("2")));
  const RunningBalancer balancer({one.port(), two.port()}, "");
  std::string answers;
  for (int i = 0; i < 4; ++i) answers += balancer.ask(get("/")).body;
  EXPECT_EQ(answers, "1212");
}

TEST(HttpBalancer, KeepsConnectionsOnBothSides) {
  Origin node(saying(ok("1")));
  const RunningBalancer balancer({node.port()});
  const TestClient client = balancer.client();
  for (int i = 0; i < 20; ++i) {
    client.send(get("/" + std::to_string(i)));
    ASSERT_EQ(receive_reply(client).body, "1");
  }
  EXPECT_EQ(node.connections(), 1U);
  EXPECT_THAT(node.requests(), SizeIs(20));
}

TEST(HttpBalancer, TellsNodesWhoAsksAndWhatItIs) {
  Origin node(saying(ok("1", "Connection: X-Own\r\nX-Own: 1\r\nX-All: 2\r\n")));
  const RunningBalancer balancer({node.port()});
  const Reply reply = balancer.ask(
      get("/a?b=c",
          "X-Forwarded-For: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nConnection: X-Mine\r\nX-Mine: 1\r\nVia: 1.1 a\r\n"));
  EXPECT_TRUE(reply.has("X-All: 2"));
  EXPECT_THAT(reply.head, Not(HasSubstr("X-Own")));
  EXPECT_THAT(reply.head, HasSubstr("\r\nVia: 1.1 balancer-"));
  EXPECT_THAT(reply.head, HasSubstr("\r\nDate: "));
  ASSERT_THAT(node.requests(), SizeIs(1));
  EXPECT_THAT(node.requests()[0],
              AllOf(StartsWith("GET /a?b=c HTTP/1.1\r\nHost: h\r\n"), HasSubstr("\r\nX-Forwarded-For: 127.0.0.1\r\n"),
                    HasSubstr("\r\nForwarded: for=127.0.0.1;proto=http;host=h\r\n"),
                    HasSubstr("\r\nX-Forwarded-Host: h\r\n"), HasSubstr("\r\nX-Forwarded-Proto: http\r\n"),
                    HasSubstr("\r\nVia: 1.1 a, 1.1 balancer-"), Not(HasSubstr("6.6.6.6")), Not(HasSubstr("X-Mine"))));
}

TEST(HttpBalancer, KeepsWhatAProxyBeforeItToldWhereThatIsTrusted) {
  Origin node(saying(ok("1")));
  const RunningBalancer balancer({node.port()}, "check_interval = 0\nforwarded = append\n");
  balancer.ask(get("/", "X-Forwarded-For: 10.0.0.1\r\n"));
  ASSERT_THAT(node.requests(), SizeIs(1));
  EXPECT_THAT(node.requests()[0], HasSubstr("\r\nX-Forwarded-For: 10.0.0.1, 127.0.0.1\r\n"));
}

TEST(HttpBalancer, HandsBodiesOn) {
  Origin node([](const std::string& request, int client) {
    send_all(client, ok(request.substr(request.find("\r\n\r\n") + 4)));
    return true;
  });
  const RunningBalancer balancer({node.port()});
  const std::string body(300'000, 'b');
  EXPECT_EQ(balancer.ask(post(body)).body, body);
  const Reply reply = balancer.ask(post("asked first", "Expect: 100-continue\r\n"));
  EXPECT_EQ(reply.head, "HTTP/1.1 100 Continue\r\n\r\n");
}

TEST(HttpBalancer, GoesRoundANodeThatIsNotThere) {
  Origin node(saying(ok("1")));
  const RunningBalancer balancer({free_port(), node.port(), free_port()});
  for (int i = 0; i < 10; ++i) ASSERT_EQ(balancer.ask(get("/")).body, "1");
  // Nothing of it was sent to the others.
  for (int i = 0; i < 10; ++i) ASSERT_EQ(balancer.ask(post("x")).body, "1");
}

TEST(HttpBalancer, AsksAnotherNodeWhatMayBeAskedTwice) {
  Origin bad([](const std::string&, int) { return false; });
  Origin good(saying(ok("1")));
  const RunningBalancer balancer({bad.port(), good.port()}, "check_interval = 0\neject = 1000\n");
  for (int i = 0; i < 6; ++i) ASSERT_EQ(balancer.ask(get("/")).body, "1");
  EXPECT_THAT(bad.requests(), SizeIs(3));
}

TEST(HttpBalancer, NeverSendsTwiceWhatMustNotBe) {
  Origin bad([](const std::string&, int) { return false; });
  Origin good(saying(ok("1")));
  const RunningBalancer balancer({bad.port(), good.port()}, "check_interval = 0\neject = 1000\n");
  const Reply told = balancer.ask(post("x"));
  EXPECT_EQ(told.status, 502U);
  EXPECT_THAT(told.body, HasSubstr("No server behind this one answered"));
  EXPECT_EQ(balancer.ask(post("y")).status, 200U);
  EXPECT_THAT(bad.requests(), SizeIs(1));
  EXPECT_THAT(good.requests(), SizeIs(1));
}

TEST(HttpBalancer, IsNotFooledByAConnectionThatEndedBetweenRequests) {
  // Each connection serves one request, and does not say so.
  Origin node(saying(ok("1"), false));
  const RunningBalancer balancer({node.port()}, "check_interval = 0\neject = 1\nretries = 0\n");
  for (int i = 0; i < 20; ++i) ASSERT_EQ(balancer.ask(get("/")).status, 200U);
}

TEST(HttpBalancer, TellsThatNobodyAnswers) {
  const RunningBalancer balancer({free_port(), free_port()});
  const Reply reply = balancer.ask(get("/"));
  EXPECT_EQ(reply.status, 502U);
  EXPECT_THAT(reply.body, AllOf(HasSubstr("<h1>502 Bad Gateway</h1>"), HasSubstr("viewport")));
}

TEST(HttpBalancer, LeavesANodeThatNeverAnswers) {
  Origin mute([](const std::string&, int client) {
    read_to_end(client);
    return false;
  });
  Origin good(saying(ok("1")));
  const RunningBalancer balancer({mute.port(), good.port()},
                                 "check_interval = 0\nanswer_timeout = 0.3\neject = 2\neject_time = 1000\n");
  EXPECT_EQ(balancer.ask(get("/")).body, "1");
  EXPECT_EQ(balancer.ask(get("/")).body, "1");
  const Reply told = balancer.ask(post("x"));
  EXPECT_EQ(told.status, 504U);
  EXPECT_THAT(told.body, HasSubstr("No server behind this one answered in time"));
  for (int i = 0; i < 6; ++i) ASSERT_EQ(balancer.ask(get("/")).body, "1");
  EXPECT_THAT(mute.requests(), SizeIs(2));
}

TEST(HttpBalancer, ShowsThatAnAnswerWasCutShort) {
  Origin bad(saying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", false));
  Origin good(saying(ok("1")));
  const RunningBalancer balancer({bad.port(), good.port()}, "check_interval = 0\nstatus_path = /status\n");
  const TestClient client = balancer.client();
  client.send(get("/"));
  const Reply reply = receive_reply(client);
  EXPECT_EQ(reply.status, 200U);
  EXPECT_LE(reply.body, "12345") << "half an answer was made whole by another node";
  EXPECT_TRUE(client.is_closed());
  EXPECT_THAT(balancer.ask(get("/status?json")).body, HasSubstr("\"cut_short\": 1"));
}

TEST(HttpBalancer, GivesASecondAnswerToNobody) {
  std::atomic<int> asked = 0;
  Origin node([&](const std::string&, int client) {
    send_all(client, ++asked == 1 ? ok("1") + ok("stolen") : ok("2"));
    return true;
  });
  const RunningBalancer balancer({node.port()});
  EXPECT_EQ(balancer.ask(get("/")).body, "1");
  EXPECT_EQ(balancer.ask(get("/")).body, "2");
}

class OddAnswers : public ::testing::TestWithParam<const char*> {};

TEST_P(OddAnswers, AreNotHandedOn) {
  Origin node(saying(GetParam(), false));
  const RunningBalancer balancer({node.port()});
  const Reply reply = balancer.ask(get("/"));
  EXPECT_EQ(reply.status, 502U);
  EXPECT_THAT(reply.head + reply.body, Not(HasSubstr("evil")));
}

INSTANTIATE_TEST_SUITE_P(
    HttpBalancer, OddAnswers,
    ::testing::Values("evil\r\n\r\n", "HTTP/1.1 2 evil\r\n\r\n",
                      "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nevil",
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nevil",
                      "HTTP/1.1 200 OK\r\nevil : a\r\n\r\n", "HTTP/1.1 101 evil\r\n\r\n", "HTTP/2.0 200 evil\r\n\r\n"));

struct Hostile {
  const char* name;
  std::string bytes;
  unsigned status;
};

void PrintTo(const Hostile& hostile, std::ostream* out) { *out << hostile.name; }

class HostileRequests : public ::testing::TestWithParam<Hostile> {};

TEST_P(HostileRequests, AreRefusedWithAPageAndNeverHandedOn) {
  Origin node(saying(ok("1")));
  const RunningBalancer balancer({node.port()});
  const Reply reply = balancer.ask(GetParam().bytes, GetParam().bytes.starts_with("HEAD"));
  EXPECT_EQ(reply.status, GetParam().status);
  EXPECT_THAT(reply.body, HasSubstr("<!doctype html>"));
  EXPECT_THAT(node.requests(), IsEmpty());
  EXPECT_EQ(balancer.ask(get("/")).status, 200U);
}

INSTANTIATE_TEST_SUITE_P(
    HttpBalancer, HostileRequests,
    ::testing::Values(
        Hostile{"BothLengths",
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        Hostile{"TwoLengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
        Hostile{"UnknownCoding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
        Hostile{"NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
        Hostile{"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        Hostile{"FoldedLine", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", 400},
        Hostile{"SpaceBeforeColon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400},
        Hostile{"BareReturn", "GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", 400},
        Hostile{"Version", "GET / HTTP/3.0\r\nHost: h\r\n\r\n", 505},
        Hostile{"LongLine", "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414},
        Hostile{"LongHeader", "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(40000, 'a') + "\r\n\r\n", 431},
        Hostile{"Tunnel", "CONNECT h:22 HTTP/1.1\r\nHost: h:22\r\n\r\n", 501},
        Hostile{"Trace", "TRACE / HTTP/1.1\r\nHost: h\r\n\r\n", 405},
        Hostile{"Scheme", "GET ftp://h/ HTTP/1.1\r\nHost: h\r\n\r\n", 501},
        Hostile{"Expectation", get("/", "Expect: wonders\r\n"), 417}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(HttpBalancer, EndsARequestWhoseBodyIsMalformed) {
  Origin node(saying(ok("1")));
  const RunningBalancer balancer({node.port()});
  const Reply reply = balancer.ask("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcdeX\r\n");
  EXPECT_EQ(reply.status, 400U);
  EXPECT_EQ(balancer.ask(get("/")).status, 200U);
}

TEST(HttpBalancer, DoesNotAskItself) {
  // A balancer whose node is itself.
  const std::uint16_t port = free_port();
  TemporaryFolder folder;
  folder.write("c.ini", RunningBalancer::configuration({port}, kNoChecks));
  RunningProgram program({"http-balancer", "--config", (folder.path() / "c.ini").string(), "--host", "127.0.0.1",
                          "--port", std::to_string(port)});
  ASSERT_EQ(program.port(), port);
  const TestClient client(port);
  client.send(get("/"));
  EXPECT_EQ(receive_reply(client).status, 508U);
}

TEST(HttpBalancer, BindsClientsByACookie) {
  Origin one(saying(ok("1")));
  Origin two(saying(ok("2")));
  auto third = std::make_unique<Origin>(saying(ok("3")));
  const RunningBalancer balancer({one.port(), two.port(), third->port()}, "check_interval = 0\nsticky = cookie\n");
  std::string cookie;
  for (int i = 0; i < 3; ++i) {
    const Reply reply = balancer.ask(get("/"));
    const std::size_t field = reply.head.find("\r\nSet-Cookie: balancer-node=");
    ASSERT_NE(field, std::string::npos) << reply.head;
    if (reply.body == "3") cookie = "Cookie: a=b; " + reply.head.substr(field + 14, 30) + "\r\n";
  }
  ASSERT_NE(cookie, "");
  for (int i = 0; i < 5; ++i) {
    const Reply reply = balancer.ask(get("/", cookie));
    ASSERT_EQ(reply.body, "3");
    ASSERT_THAT(reply.head, Not(HasSubstr("Set-Cookie")));
  }
  third.reset();
  const Reply reply = balancer.ask(get("/", cookie));
  EXPECT_EQ(reply.status, 200U);
  EXPECT_THAT(reply.head, HasSubstr("Set-Cookie: balancer-node=")) << "it is bound to another node now";
}

TEST(HttpBalancer, HasLimitsAndAQueueAndTellsWhenBothAreFull) {
  std::atomic<bool> may_go = false;
  Origin node([&](const std::string&, int client) {
    eventually([&] { return may_go.load(); });
    send_all(client, ok("1"));
    return true;
  });
  RunningBalancer balancer({node.port()});
  balancer.write("config.ini", fmt::format("[balancer]\ncheck_interval = 0\nqueue = 1\nqueue_timeout = 20\n"
                                           "status_path = /status\n[node1]\nhost = 127.0.0.1\nport = {}\n"
                                           "max_connections = 1\n",
                                           node.port()));
  balancer.program().signal(SIGHUP);
  ASSERT_TRUE(balancer.program().says("is read anew"));
  const TestClient first = balancer.client();
  first.send(get("/1"));
  ASSERT_TRUE(eventually([&] { return node.requests().size() == 1; }));
  const TestClient second = balancer.client();
  second.send(get("/2"));
  ASSERT_TRUE(
      eventually([&] { return balancer.ask(get("/status?json")).body.find("\"waiting\": 1") != std::string::npos; }));
  const Reply told = balancer.ask(get("/3"));
  EXPECT_EQ(told.status, 503U);
  EXPECT_TRUE(told.has("Retry-After: 20"));
  may_go = true;
  EXPECT_EQ(receive_reply(first).body, "1");
  EXPECT_EQ(receive_reply(second).body, "1");
  EXPECT_THAT(node.requests(), SizeIs(2));
}

TEST(HttpBalancer, ShowsItsStatusToPeopleAndPrograms) {
  Origin node(saying(ok("1")));
  const RunningBalancer balancer({node.port()}, "check_interval = 0\nstatus_path = /status\n");
  balancer.ask(get("/"));
  const Reply page = balancer.ask(get("/status"));
  EXPECT_TRUE(page.has("Content-Type: text/html; charset=utf-8"));
  EXPECT_THAT(page.body, AllOf(HasSubstr("nodo1"), HasSubstr("prefers-color-scheme: dark"), HasSubstr("viewport"),
                               HasSubstr("class=\"up\"")));
  const Reply json = balancer.ask(get("/status?json"));
  EXPECT_TRUE(json.has("Content-Type: application/json"));
  EXPECT_THAT(json.body,
              AllOf(StartsWith("{\"seconds\""), HasSubstr("\"state\": \"up\""), HasSubstr("\"answered\": 1")));
  EXPECT_EQ(balancer.ask(get("/status", "Accept: application/json\r\n")).body[0], '{');
  EXPECT_EQ(balancer.ask("POST /status HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n").status, 405U);
  EXPECT_THAT(node.requests(), SizeIs(1));
}

TEST(HttpBalancer, HasNoPageOfItsOwnUnlessItIsToldTo) {
  Origin node(saying(ok("1")));
  const RunningBalancer balancer({node.port()});
  EXPECT_EQ(balancer.ask(get("/status")).body, "1");
}

TEST(HttpBalancer, ChecksAPathAndGoesRoundWhoFails) {
  std::atomic<bool> is_well = false;
  Origin one([&](const std::string& request, int client) {
    const bool is_check = request.starts_with("GET /alive ");
    send_all(client, is_check && !is_well ? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n" : ok("1"));
    return true;
  });
  Origin two(saying(ok("2")));
  RunningBalancer balancer({one.port(), two.port()}, "check_path = /alive\ncheck_interval = 0.1\nrise = 2\n");
  ASSERT_TRUE(balancer.program().says("nodo1 (127.0.0.1:" + std::to_string(one.port()) + ") is down: status 404"));
  for (int i = 0; i < 6; ++i) ASSERT_EQ(balancer.ask(get("/")).body, "2");
  is_well = true;
  ASSERT_TRUE(balancer.program().says("nodo1 (127.0.0.1:" + std::to_string(one.port()) + ") is up"));
  std::string answers;
  for (int i = 0; i < 6; ++i) answers += balancer.ask(get("/")).body;
  EXPECT_EQ(std::count(answers.begin(), answers.end(), '1'), 3) << answers;
}

TEST(HttpBalancer, AsksAllWhenAllAreTakenForDead) {
  // Their checks fail, they do not.
  const Origin::Serve serve = [](const std::string& request, int client) {
    const bool is_check = request.starts_with("GET /alive ");
    send_all(client, is_check ? "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n" : ok("1"));
    return true;
  };
  Origin one(serve);
  Origin two(serve);
  RunningBalancer balancer({one.port(), two.port()}, "check_path = /alive\nstatus_path = /status\n");
  ASSERT_TRUE(balancer.program().says("nodo1 (127.0.0.1:" + std::to_string(one.port()) + ") is down"));
  ASSERT_TRUE(balancer.program().says("nodo2 (127.0.0.1:" + std::to_string(two.port()) + ") is down"));
  for (int i = 0; i < 6; ++i) ASSERT_EQ(balancer.ask(get("/")).status, 200U);
  EXPECT_THAT(balancer.ask(get("/status?json")).body, HasSubstr("\"panic\": true"));
  EXPECT_THAT(balancer.ask(get("/status")).body, HasSubstr("All nodes are down: all are tried"));
}

TEST(HttpBalancer, DoesNotWaitForANodeThatIsFoundToBeDown) {
  std::atomic<bool> is_well = true;
  Origin one([&](const std::string&, int client) {
    if (!is_well) read_to_end(client);  // it hangs, checks too
    send_all(client, ok("1"));
    return true;
  });
  Origin two(saying(ok("2")));
  RunningBalancer balancer({one.port(), two.port()},
                           "answer_timeout = 1000\ncheck_interval = 0.1\ncheck_timeout = 0.1\nfall = 2\n");
  // Its checks pass at first.
  ASSERT_EQ(balancer.ask(get("/")).status, 200U);
  is_well = false;
  for (int i = 0; i < 4; ++i) ASSERT_EQ(balancer.ask(get("/")).body, "2");
  ASSERT_TRUE(balancer.program().says("is down: no answer came in time"));
}

TEST(HttpBalancer, AnswersWhatIsMeantForThisHop) {
  Origin node(saying(ok("1")));
  const RunningBalancer balancer({node.port()});
  const Reply reply = balancer.ask(get("*", "Max-Forwards: 0\r\n", "OPTIONS"));
  EXPECT_EQ(reply.status, 200U);
  EXPECT_THAT(reply.head, HasSubstr("\r\nAllow: GET, HEAD, POST"));
  EXPECT_THAT(node.requests(), IsEmpty());
}

TEST(HttpBalancer, LogsEachAnswerWithItsNode) {
  Origin node(saying(ok("12")));
  RunningBalancer balancer({node.port()}, kNoChecks, {"--log", "-"});
  balancer.ask(get("/a\"b", "User-Agent: u\r\n"));
  balancer.ask("GET / HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return std::ranges::count(balancer.program().output(), '\n') == 2; }));
  EXPECT_THAT(balancer.program().output(), AllOf(HasSubstr(R"("GET /a\x22b HTTP/1.1" 200 2 "-" "u" 127.0.0.1:)" +
                                                           std::to_string(node.port()) + " 0 0."),
                                                 HasSubstr("] \"-\" 400 ")));
}

TEST(HttpBalancer, LetsAnswersEndAndEnds) {
  std::atomic<bool> may_go = false;
  Origin node([&](const std::string&, int client) {
    send_all(client, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na");
    eventually([&] { return may_go.load(); });
    send_all(client, "b");
    return true;
  });
  RunningBalancer balancer({node.port()}, kNoChecks, {"--json", "-"});
  const TestClient idle = balancer.client();
  const TestClient client = balancer.client();
  client.send(get("/"));
  ASSERT_EQ(client.receive(15), "HTTP/1.1 200 OK");
  balancer.program().signal(SIGTERM);
  ASSERT_TRUE(balancer.program().says("SIGTERM: closing the listener; 1 answers are running"));
  may_go = true;
  EXPECT_THAT(client.receive_to_end(), ::testing::EndsWith("\r\n\r\nab"));
  EXPECT_EQ(balancer.program().exit_status(), 0);
  EXPECT_THAT(balancer.program().output(), AllOf(HasSubstr("\"requests\": 1"), HasSubstr("\"2xx\": 1")));
}

TEST(HttpBalancer, EndsAtASecondSignalWhateverItWaitsFor) {
  Origin node([](const std::string&, int client) {
    read_to_end(client);
    return false;
  });
  RunningBalancer balancer({node.port()}, kNoChecks, {"--grace", "1000"});
  const TestClient client = balancer.client();
  client.send(get("/"));
  ASSERT_TRUE(eventually([&] { return node.requests().size() == 1; }));
  balancer.program().signal(SIGINT);
  ASSERT_TRUE(balancer.program().says("SIGINT: closing"));
  balancer.program().signal(SIGINT);
  EXPECT_EQ(balancer.program().exit_status(), 0);
  EXPECT_THAT(balancer.program().errors(), HasSubstr("1 answers were cut off"));
}

TEST(HttpBalancer, HoldsLittleOfALongAnswer) {
  // The node sends 256 MiB, the client reads nothing of it at first.
  static constexpr std::size_t kLength = 256 << 20;
  Origin node([](const std::string&, int client) {
    send_all(client, fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", kLength));
    const std::string piece(1 << 20, 'x');
    for (std::size_t sent = 0; sent < kLength; sent += piece.size()) send_all(client, piece);
    return true;
  });
  RunningBalancer balancer({node.port()});
  balancer.ask("GET / HTTP/1.1\r\n\r\n");
  const long before = resident_kib(balancer.program().pid());
  const TestClient client = balancer.client();
  client.send(get("/"));
  std::size_t got = 0;
  long most = 0;
  for (std::string piece; got < kLength && !(piece = client.receive(1 << 20)).empty();) {
    got += piece.size();
    most = std::max(most, resident_kib(balancer.program().pid()));
  }
  EXPECT_GE(got, kLength);
  // The address sanitizer keeps what was freed.
  const long bound = kIsSanitized ? 400 * 1024 : 4 * 1024;
  EXPECT_LT(most - before, bound) << "KiB";
}

TEST(HttpBalancer, RefusesAWrongFileAtItsStart) {
  TemporaryFolder folder;
  folder.write("c.ini", "[nodo1]\nhost = h\nport = 0\n");
  const std::string file = (folder.path() / "c.ini").string();
  RunningProgram wrong({"http-balancer", "--config", file, "--port", "0"});
  EXPECT_EQ(wrong.exit_status(), 1);
  EXPECT_EQ(wrong.errors(), "http-balancer: " + file + ":3: port = 0: a whole number from 1 to 65535 is wanted\n");
  RunningProgram none({"http-balancer", "--config", file + "x", "--port", "0"});
  EXPECT_EQ(none.exit_status(), 1);
  EXPECT_EQ(none.errors(), "http-balancer: read " + file + "x: No such file or directory\n");
  RunningProgram folder_itself({"http-balancer", "--config", folder.path().string(), "--port", "0"});
  EXPECT_EQ(folder_itself.exit_status(), 1);
  EXPECT_EQ(folder_itself.errors(), "http-balancer: read " + folder.path().string() + ": it is no file\n");
}

}  // namespace
}  // namespace wireproof::testing
