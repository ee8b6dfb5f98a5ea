// http-client as a whole, over loopback, with servers of all kinds.

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

#include "../base/running_program.hpp"
#include "scripted_server.hpp"

namespace wireproof::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class HttpClient : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(::mkdtemp(folder_.data()), nullptr); }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  struct Outcome {
    int status;
    std::string errors;
    std::string json;
  };
  Outcome run(std::vector<std::string> words) const {
    words.insert(words.begin(), "http-client");
    words.insert(words.end(), {"--json", "-"});
    RunningProgram client(words, [this] {
      if (::chdir(folder_.c_str()) != 0) _exit(99);
    });
    const int status = client.exit_status();
    return {status, client.errors(), client.output()};
  }
  std::string contents(const std::string& name) const {
    std::ifstream file(folder_ + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void put(const std::string& name, std::string_view bytes) const { std::ofstream(folder_ + "/" + name) << bytes; }
  std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) all.push_back(entry.path().filename());
    std::sort(all.begin(), all.end());
    return all;
  }
  /// It failed for this cause, and says so twice; nothing has a name that it should not have.
  void expect_failure(const Outcome& outcome, const std::string& cause) const {
    EXPECT_EQ(outcome.status, 1);
    EXPECT_THAT(outcome.errors, HasSubstr("http-client: " + cause + ": "));
    EXPECT_THAT(outcome.json, HasSubstr(fmt::format("\"cause\": \"{}\"", cause)));
    EXPECT_FALSE(std::filesystem::exists(folder_ + "/a")) << "half a file";
  }

  std::string folder_ = ::testing::TempDir() + "http-client-XXXXXX";
};

ScriptedServer::Serve always(const std::string& bytes) {
  return [bytes](std::size_t, const std::string&, int client) {
    send_all(client, bytes);
    return false;
  };
}

std::string gzipped(std::string bytes) {
  z_stream stream{};
  EXPECT_EQ(::deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(::deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

TEST_F(HttpClient, FetchesAFile) {
  const ScriptedServer server(always(answer("200 OK", "", "hello")));
  const Outcome outcome = run({"--url", server.url("/a")});
  EXPECT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_EQ(contents("a"), "hello");
  EXPECT_THAT(names(), ElementsAre("a"));
  EXPECT_THAT(outcome.json,
              AllOf(HasSubstr("\"cause\": null"), HasSubstr("\"status\": 200"), HasSubstr("\"size\": 5")));
  EXPECT_THAT(server.requests().at(0),
              AllOf(HasSubstr("GET /a HTTP/1.1\r\n"), HasSubstr("\r\nHost: 127.0.0.1:" + server.port() + "\r\n")));
}

TEST_F(HttpClient, TakesChunksTrailersAndInterimAnswers) {
  const ScriptedServer server(
      always("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n"
             "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nX-Sum: 5\r\n\r\n"));
  EXPECT_EQ(run({server.url("/a"), "--log", "log"}).status, 0);
  EXPECT_EQ(contents("a"), "hello");
  EXPECT_THAT(contents("log"),
              AllOf(HasSubstr("< HTTP/1.1 103 Early Hints\n< Link: </x>\n"), HasSubstr("< X-Sum: 5\n")));
}

TEST_F(HttpClient, TakesGzipOff) {
  const std::string text(300'000, 'x');
  const ScriptedServer server(always(answer("200 OK", "Content-Encoding: gzip\r\n", gzipped(text))));
  EXPECT_EQ(run({server.url("/a")}).status, 0);
  EXPECT_EQ(contents("a"), text);
  EXPECT_THAT(server.requests().at(0), HasSubstr("\r\nAccept-Encoding: gzip\r\n"));
}

TEST_F(HttpClient, BoundsWhatGzipExpandsTo) {
  const std::string bomb = gzipped(std::string(20'000'000, '\0'));
  const ScriptedServer server(always(answer("200 OK", "Content-Encoding: gzip\r\n", bomb)));
  expect_failure(run({server.url("/a"), "--max-size", "1M"}), "oversized");
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(HttpClient, TellsWhatIsWrongWithABody) {
  const std::string coded = gzipped(std::string(1000, 'x'));
  struct Case {
    std::string bytes;
    std::string cause;
  };
  const Case cases[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", "truncated"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "truncated"},
      {"HTTP/1.1 200 OK\r\nContent-Le", "truncated"},
      {answer("200 OK", "Content-Encoding: gzip\r\n", coded.substr(0, coded.size() - 1)), "truncated"},
      {answer("200 OK", "Content-Encoding: gzip\r\n", "no gzip at all"), "encoding"},
      {answer("200 OK", "Content-Encoding: br\r\n", "x"), "encoding"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "malformed"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nhello", "malformed"},
      {"SSH-2.0-OpenSSH\r\n\r\n", "malformed"},
      {"HTTP/1.1 101 Switching Protocols\r\n\r\n", "malformed"},
      {answer("206 Partial Content", "Content-Range: bytes 5-9/10\r\n", "hello"), "malformed"},
      {answer("200 OK", "", std::string(2000, 'x')), "oversized"},
      {"HTTP/1.1 200 OK\r\n\r\n" + std::string(2000, 'x'), "oversized"},
      {answer("404 Not Found", "", "no such thing"), "status"},
      {answer("304 Not Modified", "", ""), "status"},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(1'000'000, 'x'), "malformed"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.bytes.substr(0, 100));
    const ScriptedServer server(always(one.bytes));
    expect_failure(run({server.url("/a"), "--max-size", "1k"}), one.cause);
    EXPECT_THAT(names(), IsEmpty());
  }
}

TEST_F(HttpClient, TellsThatNobodyListens) {
  expect_failure(run({"http://127.0.0.1:1/a"}), "refused");
  expect_failure(run({"http://xn--nowhere.invalid./a"}), "unresolved");
}

TEST_F(HttpClient, DoesNotWaitForEver) {
  // One that says nothing at all, one that stops in its header, and one in its body.
  for (const std::string bytes : {"", "HTTP/1.1 200 OK\r\nX-", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel"}) {
    const ScriptedServer server([&](std::size_t, const std::string&, int client) {
      send_all(client, bytes);
      return true;
    });
    SCOPED_TRACE(bytes);
    expect_failure(run({server.url("/a"), "--timeout", "0.2"}), "time-out");
  }
}

TEST_F(HttpClient, FollowsRedirectsOnOneConnection) {
  const ScriptedServer server([](std::size_t number, const std::string&, int client) {
    constexpr const char* kStatuses[] = {"301", "302", "303", "307", "308"};
    if (number < 5) {
      send_all(client, answer(std::string(kStatuses[number]) + " Moved",
                              "Location: ../b/" + std::to_string(number) + "\r\n", "moved"));
    } else {
      send_all(client, answer("200 OK", "", "hello"));
    }
    return true;
  });
  const Outcome outcome = run({server.url("/x/a"), "--log", "log"});
  EXPECT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_EQ(contents("a"), "hello") << "named by what was asked for";
  EXPECT_EQ(server.requests().size(), 6U);
  EXPECT_EQ(server.connections(), 1U);
  EXPECT_THAT(outcome.json, HasSubstr("\"redirects\": 5"));
  EXPECT_THAT(contents("log"), AllOf(HasSubstr("< Location: ../b/0\n"), HasSubstr("> GET /b/4 HTTP/1.1\n")));
}

TEST_F(HttpClient, ConnectsAnewWhenTheServerHadEnough) {
  const ScriptedServer server([](std::size_t number, const std::string&, int client) {
    send_all(client, number == 0 ? answer("302 Found", "Location: /b\r\n", "") : answer("200 OK", "", "hello"));
    return false;
  });
  EXPECT_EQ(run({server.url("/a")}).status, 0);
  EXPECT_EQ(server.connections(), 2U);
}

TEST_F(HttpClient, EndsRedirectsInACircleAndTooMany) {
  const ScriptedServer circle([](std::size_t number, const std::string&, int client) {
    send_all(client, answer("302 Found", number % 2 == 0 ? "Location: /b\r\n" : "Location: /a\r\n", ""));
    return true;
  });
  expect_failure(run({circle.url("/a")}), "loop");
  EXPECT_EQ(circle.requests().size(), 2U);
  const ScriptedServer endless([](std::size_t number, const std::string&, int client) {
    send_all(client, answer("302 Found", fmt::format("Location: /{}\r\n", number), ""));
    return true;
  });
  expect_failure(run({endless.url("/a")}), "loop");
  EXPECT_EQ(endless.requests().size(), 21U);
}

TEST_F(HttpClient, SendsNoSecretToAnotherServer) {
  const ScriptedServer other(always(answer("200 OK", "", "hello")), INADDR_LOOPBACK + 1);
  const ScriptedServer server([&](std::size_t number, const std::string&, int client) {
    const std::string to = number == 0 ? "/same" : "http://127.0.0.2:" + other.port() + "/a";
    send_all(client, answer("302 Found", "Location: " + to + "\r\n", ""));
    return true;
  });
  const Outcome outcome =
      run({"http://me:secret@127.0.0.1:" + server.port() + "/a", "--header", "Cookie: id=1", "--log", "log"});
  EXPECT_EQ(outcome.status, 0) << outcome.errors;
  for (const std::string& request : server.requests()) {
    EXPECT_THAT(request,
                AllOf(HasSubstr("\r\nAuthorization: Basic bWU6c2VjcmV0\r\n"), HasSubstr("\r\nCookie: id=1\r\n")));
  }
  EXPECT_EQ(server.requests().size(), 2U);
  EXPECT_THAT(other.requests().at(0), AllOf(Not(HasSubstr("Authorization")), Not(HasSubstr("Cookie"))));
  for (const std::string& text : {outcome.errors, outcome.json, contents("log")}) {
    EXPECT_THAT(text, AllOf(Not(HasSubstr("secret")), Not(HasSubstr("bWU6c2VjcmV0")), Not(HasSubstr("id=1"))));
  }
}

TEST_F(HttpClient, SpeaksNoHttps) {
  const Outcome outcome = run({"https://127.0.0.1/a"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.errors, HasSubstr("scheme: https://127.0.0.1/a: https is not spoken here"));
  EXPECT_THAT(outcome.json, HasSubstr("\"cause\": \"scheme\""));
  const ScriptedServer server(always(answer("301 Moved", "Location: https://127.0.0.1/a\r\n", "")));
  expect_failure(run({server.url("/a")}), "scheme");
}

TEST_F(HttpClient, AsksAProxy) {
  const ScriptedServer proxy(always(answer("200 OK", "", "hello")));
  EXPECT_EQ(run({"http://no.such.host.invalid/a?b", "--proxy", "127.0.0.1:" + proxy.port()}).status, 0);
  EXPECT_THAT(proxy.requests().at(0), AllOf(HasSubstr("GET http://no.such.host.invalid/a?b HTTP/1.1\r\n"),
                                            HasSubstr("\r\nHost: no.such.host.invalid\r\n")));
  EXPECT_EQ(run({"http://h9/c", "--proxy", "127.0.0.1", "--port", proxy.port()}).status, 0) << "the sheet's --port";
  EXPECT_EQ(run({"http://h9/b", "--proxy", "http://me:pw@127.0.0.1:" + proxy.port() + "/"}).status, 0);
  EXPECT_THAT(proxy.requests().at(2), HasSubstr("\r\nProxy-Authorization: Basic bWU6cHc=\r\n"));
}

TEST_F(HttpClient, TakesThePortFromItsOption) {
  const ScriptedServer server(always(answer("200 OK", "", "hello")));
  EXPECT_EQ(run({"--url", "http://127.0.0.1/a", "--port", server.port()}).status, 0);
  EXPECT_EQ(contents("a"), "hello");
}

/// Half of it, and then the rest, as a range.
ScriptedServer::Serve in_two_halves(std::string tag, std::optional<std::string> second = std::nullopt) {
  return [tag, second](std::size_t number, const std::string&, int client) {
    if (number == 0) {
      send_all(client, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: " + tag + "\r\n\r\n01234");
    } else {
      send_all(client,
               second ? *second
                      : answer("206 Partial Content", "Content-Range: bytes 5-9/10\r\nETag: " + tag + "\r\n", "56789"));
    }
    return false;
  };
}

TEST_F(HttpClient, GoesOnWhereItWasCut) {
  const ScriptedServer server(in_two_halves("\"v1\""));
  const Outcome first = run({server.url("/a"), "--continue"});
  expect_failure(first, "truncated");
  EXPECT_THAT(first.errors, HasSubstr("5 bytes are in a.part, and --continue goes on with them"));
  EXPECT_THAT(names(), ElementsAre("a.part", "a.part.from"));
  const Outcome second = run({server.url("/a"), "--continue"});
  EXPECT_EQ(second.status, 0) << second.errors;
  EXPECT_EQ(contents("a"), "0123456789");
  EXPECT_THAT(names(), ElementsAre("a"));
  EXPECT_THAT(server.requests().at(1),
              AllOf(HasSubstr("\r\nRange: bytes=5-\r\n"), HasSubstr("\r\nIf-Range: \"v1\"\r\n")));
  EXPECT_THAT(second.json, HasSubstr("\"resumed_at\": 5"));
}

TEST_F(HttpClient, BeginsAnewWhereTheFileHasChanged) {
  const ScriptedServer server(in_two_halves("\"v1\"", answer("200 OK", "ETag: \"v2\"\r\n", "abcdef")));
  run({server.url("/a"), "--continue"});
  EXPECT_EQ(run({server.url("/a"), "--continue"}).status, 0);
  EXPECT_EQ(contents("a"), "abcdef");
}

TEST_F(HttpClient, AsksAgainWhereThePartDoesNotFit) {
  const ScriptedServer server([](std::size_t number, const std::string& request, int client) {
    if (number == 0) {
      send_all(client, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: \"v1\"\r\n\r\n01234");
      return false;
    }
    const bool ranged = request.find("Range:") != std::string::npos;
    send_all(client, ranged ? answer("206 Partial Content", "Content-Range: bytes 4-9/10\r\nETag: \"v1\"\r\n", "456789")
                            : answer("200 OK", "ETag: \"v1\"\r\n", "0123456789"));
    return true;
  });
  run({server.url("/a"), "--continue"});
  EXPECT_EQ(run({server.url("/a"), "--continue"}).status, 0);
  EXPECT_EQ(contents("a"), "0123456789");
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST_F(HttpClient, TriesAgainAndGoesOn) {
  const ScriptedServer server(in_two_halves("\"v1\""));
  const Outcome outcome = run({server.url("/a"), "--tries", "4"});
  EXPECT_EQ(outcome.status, 0) << outcome.errors;
  EXPECT_EQ(contents("a"), "0123456789");
  EXPECT_THAT(outcome.errors, HasSubstr("trying again in "));
  EXPECT_THAT(outcome.json, AllOf(HasSubstr("\"attempts\": 2"), HasSubstr("\"resumed_at\": 5")));
}

TEST_F(HttpClient, TriesAgainWhatMayGoBetter) {
  const ScriptedServer server([](std::size_t number, const std::string&, int client) {
    send_all(client,
             number == 0 ? answer("503 Service Unavailable", "Retry-After: 1\r\n", "") : answer("200 OK", "", "hello"));
    return false;
  });
  EXPECT_EQ(run({server.url("/b"), "--tries", "2"}).status, 0);
  EXPECT_EQ(server.requests().size(), 2U);
  const ScriptedServer missing(always(answer("404 Not Found", "", "")));
  EXPECT_EQ(run({missing.url("/c"), "--tries", "6"}).status, 1);
  EXPECT_EQ(missing.requests().size(), 1U);
  const ScriptedServer busy(always(answer("503 Service Unavailable", "Retry-After: 3600\r\n", "")));
  const Outcome outcome = run({busy.url("/c"), "--tries", "6"});
  expect_failure(outcome, "status");
  EXPECT_THAT(outcome.errors, HasSubstr("the next attempt would begin in 3600 s, and 300 s is the bound"));
  EXPECT_EQ(busy.requests().size(), 1U);
}

TEST_F(HttpClient, PostsOnce) {
  const ScriptedServer server(always(answer("503 Service Unavailable", "", "")));
  expect_failure(run({server.url("/a"), "--data", "x=1", "--tries", "4"}), "status");
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_THAT(server.requests().at(0), AllOf(HasSubstr("POST /a HTTP/1.1\r\n"), HasSubstr("\r\nContent-Length: 3\r\n"),
                                             HasSubstr("\r\n\r\nx=1")));
}

TEST_F(HttpClient, ShowsAHeader) {
  const ScriptedServer server(
      always("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nX-Odd: \xC2\x9B"
             "2J\r\n\r\n"));
  RunningProgram client({"http-client", server.url("/a"), "--head"});
  EXPECT_EQ(client.exit_status(), 0) << client.errors();
  EXPECT_THAT(client.output(), AllOf(HasSubstr("HTTP/1.1 200 OK\nContent-Length: 1000\n"), Not(HasSubstr("\xC2\x9B"))));
  EXPECT_THAT(server.requests().at(0), HasSubstr("HEAD /a HTTP/1.1\r\n"));
}

TEST_F(HttpClient, NamesFilesSafely) {
  const ScriptedServer server(
      always(answer("200 OK", "Content-Disposition: attachment; filename=\"../../b.txt\"\r\n", "hello")));
  EXPECT_EQ(run({server.url("/a%1B%5D0;x%2F..")}).status, 0);
  EXPECT_THAT(names(), ElementsAre("a%1B]0;x_.."));
  EXPECT_EQ(run({server.url("/")}).status, 0);
  EXPECT_EQ(contents("index.html"), "hello");
  EXPECT_EQ(run({server.url("/c"), "--content-disposition"}).status, 0);
  EXPECT_EQ(contents("b.txt"), "hello");
}

TEST_F(HttpClient, ReplacesWhatItIsToldTo) {
  const ScriptedServer server(always(answer("200 OK", "", "new")));
  put("b", "old");
  const Outcome refused = run({server.url("/b")});
  expect_failure(refused, "exists");
  EXPECT_EQ(contents("b"), "old");
  EXPECT_THAT(server.requests(), IsEmpty()) << "nothing is asked for in vain";
  EXPECT_EQ(run({server.url("/b"), "--overwrite"}).status, 0);
  EXPECT_EQ(contents("b"), "new");
  put("b", "old");
  EXPECT_EQ(run({server.url("/x"), "--output", "b"}).status, 0) << "who names a file means it";
  EXPECT_EQ(contents("b"), "new");
  std::filesystem::create_directory(folder_ + "/folder");
  EXPECT_EQ(run({server.url("/x"), "--output", "folder"}).status, 0);
  EXPECT_EQ(contents("folder/x"), "new");
}

TEST_F(HttpClient, WritesToDevicesAsTheyAre) {
  const ScriptedServer server(always(answer("200 OK", "", "x")));
  EXPECT_EQ(run({server.url("/a"), "--output", "/dev/null"}).status, 0);
  EXPECT_FALSE(std::filesystem::is_regular_file("/dev/null"));
  EXPECT_FALSE(std::filesystem::exists("/dev/null.part"));
  expect_failure(run({server.url("/a"), "--output", "/dev/full"}), "file");
  expect_failure(run({server.url("/a"), "--output", "no/such/folder"}), "file");
  EXPECT_EQ(run({server.url("/a"), "--log", "/no/such/log"}).status, 1);
}

TEST_F(HttpClient, KeepsWhatCameWhenItIsStopped) {
  const ScriptedServer server([](std::size_t, const std::string&, int client) {
    send_all(client, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: \"v1\"\r\n\r\n01234");
    return true;
  });
  RunningProgram client({"http-client", server.url("/a"), "--output", folder_ + "/a", "--json", folder_ + "/json"});
  ASSERT_TRUE(eventually([&] { return contents("a.part") == "01234"; }));
  client.signal(SIGTERM);
  EXPECT_EQ(client.exit_status(), 1);
  EXPECT_THAT(client.errors(), AllOf(HasSubstr("interrupted: SIGTERM; 5 bytes are in "), HasSubstr("a.part")));
  EXPECT_THAT(contents("json"), HasSubstr("\"cause\": \"interrupted\""));
  EXPECT_THAT(names(), ElementsAre("a.part", "a.part.from", "json"));
}

/// A server that refuses a body may close before it has read it, which resets the connection.
TEST_F(HttpClient, TakesAnAnswerThatComesBeforeAllWasRead) {
  const OddServer server([](int client) {
    char bytes[10];
    EXPECT_EQ(::read(client, bytes, sizeof bytes), 10);
    send_all(client, answer("413 Content Too Large", "Connection: close\r\n", "no"));
  });
  const Outcome outcome = run({"http://127.0.0.1:" + server.port() + "/a", "--data", std::string(100'000, 'x')});
  expect_failure(outcome, "status");
  EXPECT_THAT(outcome.errors, HasSubstr("413 Content Too Large"));
}

TEST_F(HttpClient, ShowsProgressInPlainLinesOnceASecondAtMost) {
  const ScriptedServer server([](std::size_t, const std::string&, int client) {
    send_all(client, "HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n");
    for (int i = 0; i < 20; ++i) {
      send_all(client, std::string(100'000, 'x'));
      std::this_thread::sleep_for(std::chrono::milliseconds(120));
    }
    return false;
  });
  const Outcome outcome = run({server.url("/a")});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.errors, AllOf(HasSubstr("http-client: a: "), HasSubstr("of 2.0 MB, "), HasSubstr(" left\n"),
                                    Not(HasSubstr("\r"))));
}

TEST_F(HttpClient, RefusesWhatMakesNoSense) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {},
           {"http://h1:0/"},
           {"http://h1/", "--port", "0"},
           {"http://h1/", "--header", "no colon"},
           {"http://h1/", "--header", "X: a\r\nY: b"},
           {"http://h1/", "--header", "Content-Length: 5"},
           {"http://h1/", "--max-size", "much"},
           {"http://h1/", "--max-size", "99999999T"},
           {"http://h1/", "--user", "a:b"},
           {"http://h1/", "--password", "x"},
           {"http://h1/", "--proxy", "h2/path"},
           {"http://h1/", "--proxy", "https://h2"},
           {"http://h1/", "--head", "--data", "x"},
           {"ftp://h1/"},
       }) {
    EXPECT_EQ(run(words).status, 2) << fmt::format("{}", words.empty() ? "" : words.back());
  }
}

}  // namespace
}  // namespace wireproof::testing
