// http-server as a program: files as they lie there, connections, its log, its end.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "http_server/folder_files.hpp"
#include "served_folder.hpp"

namespace wireproof {
namespace {

using namespace wireproof::testing;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(HttpServer, ServesManyRequestsOnOneConnection) {
  ServedFolder served;
  const TestClient client = served.client();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send(get("/a.txt")));
    const Reply reply = receive_reply(client);
    EXPECT_EQ(reply.status, 200U);
    EXPECT_EQ(reply.body, "hello");
    EXPECT_THAT(reply.head, ContainsRegex("\r\nDate: ..., .. ... .... ..:..:.. GMT\r\n"));
  }
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  ServedFolder served;
  served.write("site/b.txt", "world");
  const TestClient client = served.client();
  ASSERT_TRUE(
      client.send(get("/a.txt") + get("/b.txt", "", "HEAD") + get("/b.txt") + get("/a.txt", "Connection: close\r\n")));
  EXPECT_EQ(receive_reply(client).body, "hello");
  EXPECT_TRUE(receive_reply(client, true).has("Content-Length: 5"));
  EXPECT_EQ(receive_reply(client).body, "world");
  const Reply last = receive_reply(client);
  EXPECT_EQ(last.body, "hello");
  EXPECT_TRUE(last.has("Connection: close"));
  EXPECT_EQ(client.receive_to_end(), "");
}

TEST(HttpServer, EndsConnectionsOfHttp10UnlessTheyAreKept) {
  ServedFolder served;
  const TestClient once = served.client();
  once.send("GET /a.txt HTTP/1.0\r\n\r\n");
  EXPECT_THAT(once.receive_to_end(), HasSubstr("Connection: close\r\n"));
  const TestClient kept = served.client();
  for (int i = 0; i < 2; ++i) {
    kept.send("GET /a.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_TRUE(receive_reply(kept).has("Connection: keep-alive"));
  }
}

TEST(HttpServer, SendsLargeFilesAndPartsOfThemAsTheyAre) {
  ServedFolder served;
  std::string large(5'000'000, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 2654435761U >> 13);
  served.write("site/large.bin", large);
  EXPECT_EQ(served.ask(get("/large.bin")).body, large);
  EXPECT_EQ(served.ask(get("/large.bin", "Range: bytes=1000-2500000\r\n")).body, large.substr(1000, 2499001));
  const Reply parts = served.ask(get("/large.bin", "Range: bytes=0-9,3000000-3000009\r\n"));
  EXPECT_EQ(parts.status, 206U);
  EXPECT_THAT(parts.body, HasSubstr("\r\n\r\n" + large.substr(0, 10) + "\r\n--"));
  EXPECT_THAT(parts.body, HasSubstr("\r\n\r\n" + large.substr(3000000, 10) + "\r\n--"));
  served.write("site/empty", "");
  EXPECT_EQ(served.ask(get("/empty")).status, 200U);
}

TEST(HttpServer, NeverLeavesItsRoot) {
  ServedFolder served;
  served.write("secret.txt", "secret");
  served.write("site/in/b.txt", "b");
  for (const char* const target :
       {"/../secret.txt", "/in/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/in/..%2f..%2fsecret.txt",
        "/..%5csecret.txt", "/..\\secret.txt", "/%252e%252e/secret.txt", "/.%00./secret.txt", "//../secret.txt"}) {
    const Reply reply = served.ask(get(target));
    EXPECT_TRUE(reply.status == 400 || reply.status == 404) << target << ": " << reply.status;
    EXPECT_THAT(reply.body, Not(HasSubstr(">secret<"))) << target;
  }
  EXPECT_EQ(served.ask(get("/in/../a.txt")).body, "hello");
}

TEST(HttpServer, FollowsLinksOnlyWhereItIsTold) {
  for (const bool follows : {false, true}) {
    ServedFolder served(follows ? std::vector<std::string>{"--follow"} : std::vector<std::string>{});
    served.write("secret/a.txt", "behind a link");
    fs::create_symlink(served.path() / "secret/a.txt", served.path() / "site/file");
    fs::create_directory_symlink(served.path() / "secret", served.path() / "site/folder");
    fs::create_symlink("a.txt", served.path() / "site/inside");
    fs::create_symlink("/proc/self/environ", served.path() / "site/process");
    for (const auto& [target, body] : {std::pair("/file", "behind a link"), std::pair("/folder/a.txt", "behind a link"),
                                       std::pair("/inside", "hello")}) {
      const Reply reply = served.ask(get(target));
      EXPECT_EQ(reply.status, follows ? 200U : 404U) << target;
      EXPECT_EQ(reply.body == body, follows) << target;
    }
    EXPECT_EQ(served.ask(get("/")).body.find("folder/") != std::string::npos, follows);
  }
}

TEST(HttpServer, DoesWithoutOpenat2) {
  const TemporaryFolder folder;
  folder.write("site/in/a.txt", "a");
  folder.write("secret.txt", "secret");
  fs::create_symlink(folder.path() / "secret.txt", folder.path() / "site/link");
  fs::create_directory_symlink("in", folder.path() / "site/folder");
  for (const bool does_without : {false, true}) {
    http_server::FolderFiles files(folder.path() / "site", false);
    if (does_without) files.do_without_openat2();
    ASSERT_TRUE(files.open({"in", "a.txt"}).file);
    EXPECT_EQ(files.open({"in", "a.txt"}).file->size, 1U);
    EXPECT_EQ(files.open({}).file->kind, http_server::Kind::folder);
    EXPECT_EQ(files.open({"in"}).file->kind, http_server::Kind::folder);
    EXPECT_FALSE(files.open({"link"}).file);
    EXPECT_FALSE(files.open({"folder", "a.txt"}).file);
    EXPECT_FALSE(files.open({"in", "a.txt", "b"}).file);
    EXPECT_FALSE(files.open({std::string(300, 'a')}).file);
    EXPECT_EQ(files.list({})->size(), 1U) << "links are not listed";
  }
}

TEST(HttpServer, LeavesPipesAndDevicesAlone) {
  ServedFolder served;
  ASSERT_EQ(::mkfifo((served.path() / "site/pipe").c_str(), 0600), 0);
  EXPECT_EQ(served.ask(get("/pipe")).status, 404U);
  EXPECT_EQ(::open((served.path() / "site/pipe").c_str(), O_WRONLY | O_NONBLOCK), -1) << "it is open at the other end";
  EXPECT_EQ(served.ask(get("/a.txt")).status, 200U);
}

TEST(HttpServer, TellsWhatItMayNotRead) {
  // Root may read everything.
  ServedFolder served({}, [] {
    if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) ::_exit(127);
  });
  served.write("site/closed.txt", "x");
  fs::permissions(served.path() / "site/closed.txt", fs::perms::none);
  EXPECT_EQ(served.ask(get("/closed.txt")).status, 403U);
}

TEST(HttpServer, ShowsThePageOfItsAuthor) {
  const TemporaryFolder folder;
  folder.write("lost.html", "<p>lost: {{target}}</p>");
  ServedFolder served({"--not-found", (folder.path() / "lost.html").string()});
  const Reply reply = served.ask(get("/<b>"));
  EXPECT_EQ(reply.status, 404U);
  EXPECT_EQ(reply.body, "<p>lost: /&lt;b&gt;</p>");
}

TEST(HttpServer, ListensWithIpv6Too) {
  ServedFolder served;
  const TestClient client = served.client(AF_INET6);
  if (!client.connected()) GTEST_SKIP() << "this machine has no IPv6";
  client.send(get("/a.txt"));
  EXPECT_EQ(receive_reply(client).body, "hello");
}

TEST(HttpServer, KeepsALogAndCounts) {
  const TemporaryFolder folder;
  const fs::path log = folder.path() / "access.log";
  const fs::path json = folder.path() / "counts.json";
  ServedFolder served({"--log", log.string(), "--json", json.string()});
  served.ask(get("/a.txt", "User-Agent: a\"b\tc\r\nReferer: http://h/\r\n"));
  served.ask(get("/nowhere", "", "HEAD"), true);
  served.ask("GARBAGE\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return contents(log).find("\" 400 ") != std::string::npos; })) << contents(log);
  EXPECT_THAT(contents(log), ContainsRegex("^127\\.0\\.0\\.1 - - \\[../.../....:..:..:.. \\+0000\\] "
                                           "\"GET /a.txt HTTP/1.1\" 200 5 \"http://h/\" \"a.x22b.x09c\"\n"));
  EXPECT_THAT(contents(log), HasSubstr("\"HEAD /nowhere HTTP/1.1\" 404 0 \"-\" \"-\"\n"));
  served.program().signal(SIGTERM);
  EXPECT_EQ(served.program().exit_status(), 0);
  EXPECT_THAT(contents(json), HasSubstr("\"requests\": 2"));
  EXPECT_THAT(contents(json), HasSubstr("\"refused\": 1"));
  EXPECT_THAT(contents(json), HasSubstr("\"2xx\": 1"));
  EXPECT_THAT(contents(json), HasSubstr("\"4xx\": 2"));
}

TEST(HttpServer, FinishesRunningAnswersWhenItIsToldToEnd) {
  ServedFolder served;
  served.write("site/large.bin", std::string(30'000'000, 'x'));
  const TestClient idle = served.client();
  idle.send(get("/a.txt"));
  receive_reply(idle);
  const TestClient running = served.client(AF_INET, 4096);
  running.send(get("/large.bin"));
  ASSERT_EQ(running.receive(12), "HTTP/1.1 200");
  served.program().signal(SIGTERM);
  ASSERT_TRUE(served.program().says("1 answers are running"));
  EXPECT_EQ(idle.receive_to_end(), "");
  EXPECT_FALSE(served.client().connected());
  EXPECT_GT(running.receive_to_end().size(), 30'000'000U);
  EXPECT_EQ(served.program().exit_status(), 0);
  EXPECT_THAT(served.program().errors(), Not(HasSubstr("cut off")));
}

TEST(HttpServer, CutsOffWhatOutlivesTheGrace) {
  ServedFolder served({"--grace", "0.2"});
  served.write("site/large.bin", std::string(30'000'000, 'x'));
  const TestClient running = served.client(AF_INET, 4096);
  running.send(get("/large.bin"));
  ASSERT_EQ(running.receive(12), "HTTP/1.1 200");
  served.program().signal(SIGINT);
  EXPECT_EQ(served.program().exit_status(), 0);
  EXPECT_THAT(served.program().errors(), HasSubstr("1 answers were cut off"));
}

TEST(HttpServer, TellsWhatItCannotDo) {
  const auto status_of = [](std::vector<std::string> words) {
    words.insert(words.begin(), "http-server");
    RunningProgram program(words);
    return program.exit_status();
  };
  EXPECT_EQ(status_of({}), 2);
  EXPECT_EQ(status_of({"--root", "/nowhere", "--port", "0"}), 1);
  EXPECT_EQ(status_of({"--root", "/etc/hostname", "--port", "0"}), 1);
  EXPECT_EQ(status_of({"--root", "/", "--port", "0", "--log", "/nowhere/log"}), 1);
  EXPECT_EQ(status_of({"--root", "/", "--port", "0", "--not-found", "/nowhere.html"}), 1);
  EXPECT_EQ(status_of({"--root", "/", "--port", "0", "--host", "name"}), 2);
  EXPECT_EQ(status_of({"--root", "/", "--port", "0", "--timeout", "-1"}), 2);
}

}  // namespace
}  // namespace wireproof
