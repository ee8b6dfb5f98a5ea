// A client's and a server's side of a connection, with each other and with sockets that do what a test likes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/client_connection.hpp"
#include "http/server_connection.hpp"
#include "net/connect.hpp"
#include "net/listener.hpp"

namespace wireproof::http {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

using Talk = std::function<asio::awaitable<void>()>;

/// A connection over the loopback address, with a room's side on each of its ends or a bare one.
class ConnectionsTest : public ::testing::Test {
 protected:
  ConnectionsTest() : deadlines_(loop_), server_end_(loop_.context()), client_end_(loop_.context()) {
    tcp::acceptor listener = open_listener(loop_.context(), {.address = "127.0.0.1"});
    client_end_.connect(listener.local_endpoint());
    server_end_ = listener.accept();
  }

  std::unique_ptr<Transport> transport(tcp::socket& end, const std::string& name) {
    return std::make_unique<Transport>(loop_, deadlines_, std::move(end), name);
  }
  ServerConnection server(const Limits& limits = {}) {
    return ServerConnection(transport(server_end_, "client"), limits, timeouts_);
  }
  ClientConnection client() { return ClientConnection(transport(client_end_, "server"), {}, timeouts_); }

  /// Until all talks have ended; what one throws is thrown.
  void run(std::vector<Talk> talks) {
    std::exception_ptr thrown;
    const auto whole = [&]() -> asio::awaitable<void> {
      std::vector<asio::awaitable<void>> parts;
      for (const Talk& talk : talks) parts.push_back(talk());
      try {
        co_await together(std::move(parts));
      } catch (...) {
        thrown = std::current_exception();
      }
      loop_.stop();
    };
    loop_.spawn(whole());
    loop_.run();
    if (thrown) std::rethrow_exception(thrown);
  }

  void say(tcp::socket& end, std::string_view text) {
    EXPECT_EQ(::send(end.native_handle(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  /// What has come to a bare end, which its peer has closed.
  static std::string heard(tcp::socket& end) {
    std::string heard;
    char part[4096];
    for (ssize_t got; (got = ::recv(end.native_handle(), part, sizeof part, MSG_DONTWAIT)) > 0;) {
      heard.append(part, static_cast<std::size_t>(got));
    }
    return heard;
  }

  Loop loop_;
  Deadlines deadlines_;
  Timeouts timeouts_{.idle = 30s, .head = 30s, .body = 30s, .write = 30s, .linger = 100ms};
  tcp::socket server_end_;
  tcp::socket client_end_;
};

// GCC 12 destroys some temporaries of braces twice where they are made in a coroutine (GCC bug 102217).
RequestHead asked(std::string_view method, std::string_view target, std::string_view expectation = {}) {
  RequestHead head{std::string(method), std::string(target), Version::http11, {{"Host", "h"}}};
  if (!expectation.empty()) head.fields.add("Expect", expectation);
  return head;
}
ResponseHead status(unsigned number) { return {.status = number}; }

asio::awaitable<std::string> whole_body(auto& connection) {
  std::string body;
  for (std::string_view piece; !(piece = co_await connection.body()).empty();) body += piece;
  co_return body;
}

TEST_F(ConnectionsTest, CarryBodiesOfAllFramingsBothWays) {
  auto served = server();
  auto asking = client();
  const std::string large(1'000'000, 'x');
  const Talk serve = [&]() -> asio::awaitable<void> {
    while (co_await served.next()) {
      const std::string body = co_await whole_body(served);
      const bool in_chunks = served.request().target == "/chunked";
      served.begin(status(200), in_chunks ? Framing::chunked() : Framing::of_length(body.size()));
      co_await served.write(body);
      Fields trailers;
      if (in_chunks) trailers.add("Count", std::to_string(body.size()));
      co_await served.finish(trailers);
    }
  };
  const Talk ask = [&]() -> asio::awaitable<void> {
    for (const auto& [target, framing] :
         {std::pair("/length", Framing::of_length(large.size())), std::pair("/chunked", Framing::chunked())}) {
      asking.begin(asked("PUT", target), framing);
      co_await asking.write(large);
      co_await asking.finish();
      EXPECT_TRUE(co_await asking.next());
      EXPECT_EQ(asking.response().status, 200U);
      EXPECT_EQ(co_await whole_body(asking), large);
      EXPECT_TRUE(asking.is_reusable());
    }
    EXPECT_EQ(asking.response_trailers().value("Count"), std::to_string(large.size()));
    EXPECT_EQ(asking.requests(), 2U);
    asking.transport().end();
  };
  run({serve, ask});
}

TEST_F(ConnectionsTest, AskBeforeABodyIsSent) {  // RFC 9110, 10.1.1
  auto served = server();
  auto asking = client();
  const Talk serve = [&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await served.next());
    EXPECT_EQ(co_await whole_body(served), "abc");
    co_await served.answer(status(200), "thanks");
  };
  const Talk ask = [&]() -> asio::awaitable<void> {
    asking.begin(asked("PUT", "/", "100-continue"), Framing::of_length(3));
    co_await asking.flush();
    EXPECT_TRUE(co_await asking.next());
    EXPECT_EQ(asking.response().status, 100U);
    co_await asking.write("abc");
    co_await asking.finish();
    EXPECT_TRUE(co_await asking.next());
    EXPECT_EQ(co_await whole_body(asking), "thanks");
    EXPECT_TRUE(asking.is_reusable());
  };
  run({serve, ask});
}

TEST_F(ConnectionsTest, AnswerWithoutABodyThatWasNotAskedFor) {
  auto served = server({.body = 10});
  say(client_end_, "PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n");
  run({[&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await served.next());
    std::optional<Broken> broken;
    try {
      co_await served.body();
    } catch (const Broken& error) {
      broken = error;
    }
    EXPECT_TRUE(broken);
    EXPECT_EQ(broken->refusal().status, 413U);
    EXPECT_TRUE(co_await served.refuse(status(413), "no"));
    EXPECT_FALSE(co_await served.next());
    co_await served.close();
  }});
  EXPECT_THAT(heard(client_end_), StartsWith("HTTP/1.1 413 "));
}

TEST_F(ConnectionsTest, AreResetForReal) {
  {
    auto served = server();
    served.transport().reset();
  }
  char byte = 0;
  EXPECT_EQ(::recv(client_end_.native_handle(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST_F(ConnectionsTest, AreNotReusedWhenMoreCameThanWasAsked) {
  auto asking = client();
  say(server_end_, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n");
  run({[&]() -> asio::awaitable<void> {
    asking.begin(asked("GET", "/"));
    co_await asking.finish();
    EXPECT_TRUE(co_await asking.next());
    EXPECT_EQ(co_await whole_body(asking), "ok");
    EXPECT_FALSE(asking.is_reusable());
  }});
}

TEST_F(ConnectionsTest, SendNoChunksToHttp10) {  // RFC 9112, 7
  auto served = server();
  say(client_end_, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  run({[&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await served.next());
    served.begin(status(200), Framing::chunked());
    co_await served.write("abc");
    co_await served.write("def");
    co_await served.finish();
    EXPECT_FALSE(served.is_reusable());
    co_await served.close();
  }});
  EXPECT_EQ(heard(client_end_), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcdef");
}

TEST_F(ConnectionsTest, LeaveBodiesOutWhereNoneMayBe) {  // RFC 9110, 9.3.2, 15.3.5, 15.4.5
  auto served = server();
  say(client_end_,
      "HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
  run({[&]() -> asio::awaitable<void> {
    for (const unsigned number : {200U, 204U, 304U}) {
      EXPECT_TRUE(co_await served.next());
      co_await served.answer(status(number), "body");
    }
    served.transport().end();
  }});
  EXPECT_EQ(heard(client_end_),
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
            "HTTP/1.1 304 Not Modified\r\n\r\n");
}

TEST_F(ConnectionsTest, DropWhatWasNotReadOfAShortBody) {
  auto served = server();
  say(client_end_, "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: h\r\n\r\n");
  run({[&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await served.next());
    co_await served.answer(status(200), "");
    EXPECT_TRUE(co_await served.next());
    EXPECT_EQ(served.request().target, "/b");
  }});
}

TEST_F(ConnectionsTest, EndAfterALongBodyThatWasNotRead) {
  auto served = server();
  say(client_end_, "PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nabc");
  run({[&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await served.next());
    co_await served.answer(status(200), "");
    EXPECT_FALSE(co_await served.next());
  }});
  EXPECT_THAT(heard(client_end_), HasSubstr("Connection: close\r\n"));
}

TEST_F(ConnectionsTest, TellWhenTheOtherSideIsTooSlow) {
  timeouts_ = {.idle = 50ms, .head = 50ms, .body = 50ms, .write = 50ms, .linger = 50ms};
  auto served = server();
  say(client_end_, "PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\na");
  run({[&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await served.next());
    EXPECT_EQ(co_await served.body(), "a");
    std::optional<Broken> broken;
    try {
      co_await served.body();
    } catch (const Broken& error) {
      broken = error;
    }
    EXPECT_TRUE(broken);
    EXPECT_EQ(broken->cause(), Cause::timed_out);
    EXPECT_EQ(broken->refusal().status, 408U);
  }});
}

TEST_F(ConnectionsTest, EndWhenNothingIsAskedForTooLong) {
  timeouts_.idle = 50ms;
  auto served = server();
  run({[&]() -> asio::awaitable<void> { EXPECT_FALSE(co_await served.next()); }});
}

TEST_F(ConnectionsTest, TellAClientThatNoAnswerCame) {
  timeouts_.idle = 50ms;
  auto asking = client();
  std::optional<Broken> broken;
  run({[&]() -> asio::awaitable<void> {
    asking.begin(asked("GET", "/"));
    co_await asking.finish();
    try {
      co_await asking.next();
    } catch (const Broken& error) {
      broken = error;
    }
  }});
  ASSERT_TRUE(broken);
  EXPECT_EQ(broken->cause(), Cause::timed_out);
  EXPECT_EQ(broken->refusal().status, 504U);
}

struct BrokenCase {
  std::string answer;
  Cause cause;
  unsigned status;
};

TEST_F(ConnectionsTest, TellAClientWhyAnAnswerIsNone) {
  for (const BrokenCase& row :
       {BrokenCase{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", Cause::truncated, 502},
        BrokenCase{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", Cause::truncated, 502},
        BrokenCase{"HTTP/1.1 200 OK\r\nA: b", Cause::truncated, 502},
        BrokenCase{"SMTP at your service\r\n", Cause::refused, 502}}) {
    Loop loop;
    Deadlines deadlines(loop);
    tcp::acceptor listener = open_listener(loop.context(), {.address = "127.0.0.1"});
    tcp::socket end(loop.context());
    end.connect(listener.local_endpoint());
    tcp::socket peer = listener.accept();
    ClientConnection asking(std::make_unique<Transport>(loop, deadlines, std::move(end), "server"), {}, timeouts_);
    say(peer, row.answer);
    peer.close();
    std::optional<Broken> broken;
    const Talk talk = [&]() -> asio::awaitable<void> {
      try {
        asking.begin(asked("GET", "/"));
        co_await asking.finish();
        co_await asking.next();
        co_await whole_body(asking);
      } catch (const Broken& error) {
        broken = error;
      }
      loop.stop();
    };
    loop.spawn(talk());
    loop.run();
    ASSERT_TRUE(broken) << row.answer;
    EXPECT_EQ(broken->cause(), row.cause) << row.answer << broken->what();
    EXPECT_EQ(broken->refusal().status, row.status) << row.answer;
    EXPECT_FALSE(asking.is_reusable());
  }
}

TEST_F(ConnectionsTest, KnowWhenAnIdleOneIsOfNoUse) {
  auto asking = client();
  EXPECT_FALSE(asking.transport().is_spoilt());
  server_end_.close();
  EXPECT_TRUE(asking.transport().is_spoilt());
}

TEST_F(ConnectionsTest, GiveATunnelWhatCameBehind) {
  auto served = server();
  say(client_end_, "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\nhello");
  run({[&]() -> asio::awaitable<void> {
    EXPECT_TRUE(co_await served.next());
    served.begin(status(200), {});
    co_await served.finish();
    EXPECT_EQ(served.become_tunnel(), "hello");
    served.transport().end();
  }});
  EXPECT_EQ(heard(client_end_), "HTTP/1.1 200 OK\r\n\r\n");
}

TEST_F(ConnectionsTest, EndAllWaitsWhenTheyAreAborted) {
  auto served = server();
  std::optional<Broken> broken;
  run({[&]() -> asio::awaitable<void> {
         try {
           co_await served.next();
         } catch (const Broken& error) {
           broken = error;
         }
       },
       [&]() -> asio::awaitable<void> {
         served.transport().abort();
         co_return;
       }});
  ASSERT_TRUE(broken);
  EXPECT_EQ(broken->cause(), Cause::stopped);
}

}  // namespace
}  // namespace wireproof::http
