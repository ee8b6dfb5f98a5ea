// Requests handed on to a server that does what a test likes, for a client that does likewise.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "http_forwarding/relay_message.hpp"
#include "http_forwarding/tunnel.hpp"
#include "net/asio_address.hpp"
#include "net/listener.hpp"

namespace wireproof::http_forwarding {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using namespace std::chrono_literals;

/// One end of a connection, byte by byte.
class Peer {
 public:
  explicit Peer(tcp::socket socket) : socket_(std::move(socket)) {}

  asio::awaitable<void> say(std::string text) {
    boost::system::error_code ignored;  // the other side may have gone
    co_await asio::async_write(socket_, asio::buffer(text), into(ignored));
  }
  /// Up to and with `mark`; what came until the end, if that never came.
  asio::awaitable<std::string> hear(std::string mark) {
    boost::system::error_code error;
    const std::size_t length =
        co_await asio::async_read_until(socket_, asio::dynamic_buffer(heard_), mark, into(error));
    const std::string text = heard_.substr(0, error ? heard_.size() : length);
    heard_.erase(0, text.size());
    ended_by_reset_ = error == asio::error::connection_reset;
    co_return text;
  }
  asio::awaitable<std::string> hear(std::size_t bytes) {
    boost::system::error_code ignored;
    if (heard_.size() < bytes) {
      co_await asio::async_read(socket_, asio::dynamic_buffer(heard_), asio::transfer_exactly(bytes - heard_.size()),
                                into(ignored));
    }
    const std::string text = heard_.substr(0, bytes);
    heard_.erase(0, text.size());
    co_return text;
  }
  asio::awaitable<std::string> hear_to_end() { return hear("\x01never\x01"); }
  bool ended_by_reset() const { return ended_by_reset_; }
  void end() {
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
  }
  void reset() {
    socket_.set_option(asio::socket_base::linger(true, 0));
    socket_.close();
  }

 private:
  tcp::socket socket_;
  std::string heard_;
  bool ended_by_reset_ = false;
};

/// A client, a gateway, and a server that has a talk for each connection.
class RelayTest : public ::testing::Test {
 protected:
  using Talk = std::function<asio::awaitable<void>(Peer&)>;

  RelayTest()
      : deadlines_(loop_),
        listener_(open_listener(loop_.context(), {.address = "127.0.0.1"})),
        front_(open_listener(loop_.context(), {.address = "127.0.0.1"})) {}

  /// Until the client has ended its talk.
  void run(std::vector<Talk> servers, Talk client) {
    pool_.emplace(loop_, deadlines_, upstream_);
    const Address address = address_of(listener_.local_endpoint());
    server_ = Authority{address.host(), address.port};
    loop_.spawn(serve(std::move(servers)));
    loop_.spawn(stand_between());
    loop_.spawn(ask(std::move(client)));
    loop_.run();
    if (thrown_) std::rethrow_exception(thrown_);
  }

  asio::awaitable<void> serve(std::vector<Talk> talks) {
    for (const Talk& talk : talks) {
      Peer peer(co_await listener_.async_accept(asio::use_awaitable));
      ++connections_;
      co_await talk(peer);
    }
    listener_.close();
  }

  asio::awaitable<void> stand_between() {
    tcp::socket socket = co_await front_.async_accept(asio::use_awaitable);
    http::ServerConnection client(std::make_unique<http::Transport>(loop_, deadlines_, std::move(socket), "client"),
                                  http::Limits{}, timeouts_);
    try {
      for (;;) {
        const bool came = co_await client.next();
        if (!came) break;
        co_await hand_on(client);
      }
    } catch (const http::Broken& broken) {
      broken_.push_back(broken.cause());
      if (client.has_begun()) client.transport().reset();
    }
    co_await client.close();
  }

  asio::awaitable<void> hand_on(http::ServerConnection& client) {
    RequestBody body(client, held_);
    const AnswerHooks hooks = hooks_for(client);
    const auto next = next_request(client.request(), client.request().target, "server", hop_, before_);
    std::optional<UpstreamError> failed;
    try {
      co_await forward(*pool_, server_, std::get<http::RequestHead>(next), &body, hooks);
    } catch (const UpstreamError& error) {
      failed = error;
    }
    if (!failed) co_return;
    failures_.push_back(failed->cause());
    if (!client.has_begun()) co_await client.answer(head_of(failed->status()), failed->what());
  }
  // Not in a coroutine: GCC 12 destroys some temporaries of braces twice there (GCC bug 102217).
  AnswerHooks hooks_for(http::ServerConnection& client) {
    return {
        [&](const http::ResponseHead& head) { return client.interim(previous_response(head, hop_)); },
        [&](UpstreamAnswer answer) { return relay_answer(answer, previous_response(answer.head(), hop_), client); }};
  }
  static http::ResponseHead head_of(unsigned status) { return {.status = status}; }

  asio::awaitable<void> ask(Talk talk) {
    tcp::socket socket(loop_.context());
    co_await socket.async_connect(front_.local_endpoint(), asio::use_awaitable);
    Peer peer(std::move(socket));
    try {
      co_await talk(peer);
    } catch (...) {
      thrown_ = std::current_exception();
    }
    loop_.stop();
  }

  Loop loop_;
  Deadlines deadlines_;
  tcp::acceptor listener_;
  tcp::acceptor front_;
  http::Timeouts timeouts_{.idle = 30s, .head = 30s, .body = 30s, .write = 30s, .linger = 100ms};
  UpstreamOptions upstream_{.timeouts = {.idle = 30s, .head = 30s, .body = kNever, .silence = 30s, .write = 30s}};
  std::optional<UpstreamPool> pool_;
  NextHop hop_{"gateway"};
  PreviousHop before_{*parse_address("10.0.0.9")};
  Authority server_;
  std::size_t held_ = 64 * 1024;
  std::size_t connections_ = 0;
  std::vector<UpstreamCause> failures_;
  std::vector<http::Cause> broken_;
  std::exception_ptr thrown_;
};

const std::string kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

std::string answer(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST_F(RelayTest, HandsOnRequestsAndAnswersOnOneConnection) {
  run({[&](Peer& server) -> asio::awaitable<void> {
        for (const char* body : {"one", "two"}) {
          const std::string head = co_await server.hear("\r\n\r\n");
          EXPECT_EQ(head, "GET /a HTTP/1.1\r\nHost: server\r\nVia: 1.1 gateway\r\n\r\n");
          co_await server.say(answer(body));
        }
      }},
      [&](Peer& client) -> asio::awaitable<void> {
        for (const char* body : {"one", "two"}) {
          co_await client.say(kGet);
          const std::string text = co_await client.hear(body);
          EXPECT_THAT(text, AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("\r\nVia: 1.1 gateway\r\n")));
        }
      });
  EXPECT_EQ(connections_, 1U);
  EXPECT_EQ(pool_->counters().reused, 1U);
}

TEST_F(RelayTest, StreamsBothWaysAtOnce) {
  run({[&](Peer& server) -> asio::awaitable<void> {
        co_await server.hear("first");
        co_await server.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        const std::string rest = co_await server.hear("\r\n0\r\n\r\n");
        EXPECT_THAT(rest, HasSubstr("second"));
        co_await server.say("3\r\nbye\r\n0\r\nX-Sum: 8\r\n\r\n");
      }},
      [&](Peer& client) -> asio::awaitable<void> {
        co_await client.say("POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
        // Neither side has ended when the other's words arrive.
        const std::string begun = co_await client.hear("hello");
        EXPECT_THAT(begun, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
        co_await client.say("6\r\nsecond\r\n0\r\n\r\n");
        const std::string rest = co_await client.hear("X-Sum: 8\r\n\r\n");
        EXPECT_THAT(rest, HasSubstr("3\r\nbye\r\n0\r\n"));
      });
  EXPECT_EQ(pool_->idle(), 1U);
}

TEST_F(RelayTest, HoldsASenderBackWhoseReaderIsSlow) {
  constexpr std::size_t kAll = 64 * 1024 * 1024;
  std::size_t sent = 0;
  run({[&](Peer& server) -> asio::awaitable<void> {
        co_await server.hear("\r\n\r\n");
        co_await server.say("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kAll) + "\r\n\r\n");
        for (const std::string piece(65536, 'x'); sent < kAll; sent += piece.size()) co_await server.say(piece);
      }},
      [&](Peer& client) -> asio::awaitable<void> {
        co_await client.say(kGet);
        co_await client.hear("\r\n\r\n");
        // The client reads nothing more: what is sent comes to rest at what sockets hold.
        std::size_t before = 1;
        asio::steady_timer pause(loop_.context());
        while (before != sent) {
          before = sent;
          pause.expires_after(200ms);
          co_await pause.async_wait(asio::use_awaitable);
        }
        EXPECT_LT(sent, kAll / 2);
      });
}

TEST_F(RelayTest, PassesInterimAnswersOn) {
  run({[&](Peer& server) -> asio::awaitable<void> {
        co_await server.hear("\r\n\r\n");
        co_await server.say("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\nConnection: X-Hop\r\nX-Hop: 1\r\n\r\n");
        co_await server.say("HTTP/1.1 100 Continue\r\n\r\n" + answer("body"));
      }},
      [&](Peer& client) -> asio::awaitable<void> {
        co_await client.say(kGet);
        const std::string text = co_await client.hear("body");
        EXPECT_THAT(text, AllOf(StartsWith("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\nVia: 1.1 gateway\r\n\r\n"),
                                HasSubstr("HTTP/1.1 200 OK"), Not(HasSubstr("HTTP/1.1 100")), Not(HasSubstr("Hop"))));
      });
}

TEST_F(RelayTest, AsksTheServerWhetherABodyIsWanted) {
  run({[&](Peer& server) -> asio::awaitable<void> {
        const std::string head = co_await server.hear("\r\n\r\n");
        EXPECT_THAT(head, HasSubstr("\r\nExpect: 100-continue\r\n"));
        co_await server.say("HTTP/1.1 100 Continue\r\n\r\n");
        co_await server.hear("abc");
        co_await server.say(answer("thanks"));
      }},
      [&](Peer& client) -> asio::awaitable<void> {
        co_await client.say("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
        const std::string asked = co_await client.hear("\r\n\r\n");
        EXPECT_EQ(asked, "HTTP/1.1 100 Continue\r\n\r\n");
        co_await client.say("abc");
        co_await client.hear("thanks");
      });
}

TEST_F(RelayTest, AsksForTheBodyWhereTheServerSaysNothing) {
  run({[&](Peer& server) -> asio::awaitable<void> {
        co_await server.hear("abc");
        co_await server.say(answer("thanks"));
      }},
      [&](Peer& client) -> asio::awaitable<void> {
        co_await client.say("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
        const std::string asked = co_await client.hear("\r\n\r\n");
        EXPECT_EQ(asked, "HTTP/1.1 100 Continue\r\n\r\n");
        co_await client.say("abc");
        co_await client.hear("thanks");
      });
}

TEST_F(RelayTest, DoesNotTakeABodyThatTheServerRefuses) {
  run({[&](Peer& server) -> asio::awaitable<void> {
        co_await server.hear("\r\n\r\n");
        co_await server.say("HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno");
        const std::string further = co_await server.hear_to_end();
        EXPECT_EQ(further, "");
      }},
      [&](Peer& client) -> asio::awaitable<void> {
        co_await client.say("PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
        const std::string text = co_await client.hear("no");
        EXPECT_THAT(text, AllOf(StartsWith("HTTP/1.1 413 "), HasSubstr("\r\nConnection: close\r\n")));
      });
  EXPECT_EQ(pool_->idle(), 0U);
}

TEST_F(RelayTest, HandsOnAnAnswerThatComesBeforeTheBodyHasGone) {
  run({[&](Peer& server) -> asio::awaitable<void> {
        co_await server.hear("begun");
        co_await server.say("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
      }},
      [&](Peer& client) -> asio::awaitable<void> {
        co_await client.say("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nbegun");
        const std::string text = co_await client.hear_to_end();
        EXPECT_THAT(text, AllOf(StartsWith("HTTP/1.1 403 "), EndsWith("no")));
      });
  EXPECT_EQ(pool_->idle(), 0U) << "half a request stands on it";
}

TEST_F(RelayTest, AsksAgainWhereAUsedConnectionHadEnded) {
  run({[&](Peer& server) -> asio::awaitable<void> {
         co_await server.hear("\r\n\r\n");
         co_await server.say(answer("one"));
         co_await server.hear("\r\n\r\n");
         server.reset();
       },
       [&](Peer& server) -> asio::awaitable<void> {
         const std::string again = co_await server.hear("abc");
         EXPECT_THAT(again, StartsWith("PUT /a HTTP/1.1\r\n"));
         co_await server.say(answer("two"));
       }},
      [&](Peer& client) -> asio::awaitable<void> {
        co_await client.say(kGet);
        co_await client.hear("one");
        co_await client.say("PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
        const std::string text = co_await client.hear("two");
        EXPECT_THAT(text, StartsWith("HTTP/1.1 200 OK"));
      });
  EXPECT_EQ(connections_, 2U);
}

TEST_F(RelayTest, NeverSendsAPostTwice) {
  run({[&](Peer& server) -> asio::awaitable<void> {
         co_await server.hear("\r\n\r\n");
         co_await server.say(answer("one"));
       },
       [&](Peer& server) -> asio::awaitable<void> {
         co_await server.hear("abc");
         server.reset();
       },
       [&](Peer& server) -> asio::awaitable<void> {
         ADD_FAILURE() << "asked again";
         co_await server.hear("\r\n\r\n");
       }},
      [&](Peer& client) -> asio::awaitable<void> {
        co_await client.say(kGet);
        co_await client.hear("one");
        co_await client.say("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
        const std::string text = co_await client.hear("\r\n\r\n");
        EXPECT_THAT(text, StartsWith("HTTP/1.1 502 "));
      });
  EXPECT_THAT(failures_, ElementsAre(UpstreamCause::reset));
}

TEST_F(RelayTest, DoesNotAskAgainOnceAnAnswerHasBegun) {
  run({[&](Peer& server) -> asio::awaitable<void> {
         co_await server.hear("\r\n\r\n");
         co_await server.say(answer("one"));
         co_await server.hear("\r\n\r\n");
         co_await server.say("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
         server.end();
       },
       [&](Peer& server) -> asio::awaitable<void> {
         ADD_FAILURE() << "asked again";
         co_await server.hear("\r\n\r\n");
       }},
      [&](Peer& client) -> asio::awaitable<void> {
        co_await client.say(kGet);
        co_await client.hear("one");
        co_await client.say(kGet);
        co_await client.hear_to_end();
        EXPECT_TRUE(client.ended_by_reset()) << "half an answer was told as a whole one";
      });
  EXPECT_THAT(failures_, ElementsAre(UpstreamCause::truncated));
}

TEST_F(RelayTest, KeepsNoConnectionOnWhichMoreCameThanWasAsked) {
  run({[&](Peer& server) -> asio::awaitable<void> {
         co_await server.hear("\r\n\r\n");
         co_await server.say(answer("one") + answer("forged"));
       },
       [&](Peer& server) -> asio::awaitable<void> {
         co_await server.hear("\r\n\r\n");
         co_await server.say(answer("two"));
       }},
      [&](Peer& client) -> asio::awaitable<void> {
        co_await client.say(kGet);
        co_await client.hear("one");
        co_await client.say(kGet);
        const std::string text = co_await client.hear("two");
        EXPECT_THAT(text, Not(HasSubstr("forged")));
      });
}

TEST_F(RelayTest, TellsWhyThereIsNoAnswer) {
  upstream_.timeouts.idle = 200ms;
  const auto says = [](std::string text) {
    return [text](Peer& server) -> asio::awaitable<void> {
      co_await server.hear("\r\n\r\n");
      co_await server.say(text);
      server.end();
    };
  };
  std::string many;
  for (int i = 0; i < 30; ++i) many += "HTTP/1.1 103 Early Hints\r\n\r\n";
  run({says(""), says("HTTP/1.1 200 OK\r\nCont"), says("SSH-2.0-OpenSSH\r\n\r\n"),
       says("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
       says("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x')), says("HTTP/1.1 101 Switching Protocols\r\n\r\n"),
       says(many), [](Peer& server) -> asio::awaitable<void> { co_await server.hear_to_end(); }},
      [&](Peer& client) -> asio::awaitable<void> {
        for (const unsigned status : {502U, 502U, 502U, 502U, 502U, 502U, 502U, 504U}) {
          co_await client.say(kGet);
          std::string head = co_await client.hear("\r\n\r\n");
          while (head.find(" 103 ") != std::string::npos) head = co_await client.hear("\r\n\r\n");
          EXPECT_THAT(head, StartsWith("HTTP/1.1 " + std::to_string(status)));
          co_await client.hear(std::stoul(head.substr(head.find("Content-Length: ") + 16)));
        }
      });
  using enum UpstreamCause;
  EXPECT_THAT(failures_,
              ElementsAre(closed, truncated, malformed, malformed, malformed, malformed, malformed, timed_out));
}

TEST_F(RelayTest, WaitsForNoAnswerWhileTheBodyIsOnItsWay) {
  upstream_.timeouts.idle = 300ms;
  run({[&](Peer& server) -> asio::awaitable<void> {
        co_await server.hear("last");
        co_await server.say(answer("thanks"));
      }},
      [&](Peer& client) -> asio::awaitable<void> {
        co_await client.say("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 14\r\n\r\n");
        asio::steady_timer pause(loop_.context());
        for (const char* piece : {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}) {
          co_await client.say(piece);
          pause.expires_after(60ms);
          co_await pause.async_wait(asio::use_awaitable);
        }
        co_await client.say("last");
        const std::string text = co_await client.hear("thanks");
        EXPECT_THAT(text, StartsWith("HTTP/1.1 200 OK"));
      });
}

TEST_F(RelayTest, HandsOnNoBodyThatIsMalformed) {
  std::string reached;
  run({[&](Peer& server) -> asio::awaitable<void> {
        reached = co_await server.hear_to_end();
        loop_.stop();
      }},
      [&](Peer& client) -> asio::awaitable<void> {
        co_await client.say("PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nxyz\r\nevil");
        co_await client.hear_to_end();
        Event never(loop_.context());
        co_await never.next();
      });
  EXPECT_THAT(reached, AllOf(HasSubstr("abc"), Not(HasSubstr("evil")), Not(HasSubstr("\r\n0\r\n"))));
  EXPECT_THAT(broken_, ElementsAre(http::Cause::refused));
}

TEST_F(RelayTest, ClosesConnectionsThatAreIdleForTooLong) {
  upstream_.keep = 100ms;
  std::string further = "nothing";
  run({[&](Peer& server) -> asio::awaitable<void> {
        co_await server.hear("\r\n\r\n");
        co_await server.say(answer("one"));
        further = co_await server.hear_to_end();
        loop_.stop();
      }},
      [&](Peer& client) -> asio::awaitable<void> {
        co_await client.say(kGet);
        co_await client.hear("one");
        Event never(loop_.context());
        co_await never.next();
      });
  EXPECT_EQ(further, "");
  EXPECT_EQ(pool_->idle(), 0U);
}

TEST_F(RelayTest, TellsHeadAsTheServerDoes) {
  run({[&](Peer& server) -> asio::awaitable<void> {
        co_await server.hear("\r\n\r\n");
        co_await server.say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        co_await server.hear("\r\n\r\n");
        co_await server.say("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: \"a\"\r\n\r\n");
      }},
      [&](Peer& client) -> asio::awaitable<void> {
        co_await client.say("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n");
        const std::string head = co_await client.hear("\r\n\r\n");
        EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 5\r\n"));
        co_await client.say("GET /a HTTP/1.1\r\nHost: h\r\nIf-None-Match: \"a\"\r\n\r\n");
        const std::string unchanged = co_await client.hear("\r\n\r\n");
        EXPECT_THAT(unchanged, StartsWith("HTTP/1.1 304 "));
      });
}

TEST_F(RelayTest, LooksUpEachNameOnceForAll) {
  NameLookups lookups(loop_, 1s, 30s);
  std::vector<std::vector<Address>> found;
  std::vector<UpstreamCause> failed;
  const auto want = [&](std::string host) -> asio::awaitable<void> {
    try {
      found.push_back(co_await lookups.find(host, 81));
    } catch (const UpstreamError& error) {
      failed.push_back(error.cause());
    }
  };
  const auto all = [&]() -> asio::awaitable<void> {
    std::vector<asio::awaitable<void>> parts;
    // More than may be looked up at once, but it is one name.
    for (std::size_t i = 0; i < 2 * NameLookups::kMost; ++i) parts.push_back(want("localhost"));
    parts.push_back(want("192.0.2.1"));
    co_await together(std::move(parts));
    parts.clear();
    for (std::size_t i = 0; i < NameLookups::kMost + 10; ++i)
      parts.push_back(want("no" + std::to_string(i) + ".invalid"));
    co_await together(std::move(parts));
    loop_.stop();
  };
  loop_.spawn(all());
  loop_.run();
  ASSERT_EQ(found.size(), 2 * NameLookups::kMost + 1);
  for (const auto& addresses : found) EXPECT_EQ(addresses.at(0).port, 81);
  EXPECT_EQ(failed.size(), NameLookups::kMost + 10);
  EXPECT_EQ(std::count(failed.begin(), failed.end(), UpstreamCause::unreachable), 10);
}

TEST_F(RelayTest, KeepsHalfCloseInTunnels) {
  TunnelBytes bytes;
  const auto ends = [&] {
    tcp::acceptor listener = open_listener(loop_.context(), {.address = "127.0.0.1"});
    tcp::socket near(loop_.context());
    near.connect(listener.local_endpoint());
    return std::pair(std::move(near), listener.accept());
  };
  auto [left, left_end] = ends();
  auto [right, right_end] = ends();
  http::Transport one(loop_, deadlines_, std::move(left_end), "left");
  http::Transport other(loop_, deadlines_, std::move(right_end), "right");
  std::vector<std::string> heard;
  const auto talk = [&]() -> asio::awaitable<void> {
    Peer client(std::move(left));
    Peer server(std::move(right));
    co_await client.say("question");
    client.end();
    heard.push_back(co_await server.hear_to_end());
    // The other direction lives on.
    co_await server.say("answer");
    server.end();
    heard.push_back(co_await client.hear_to_end());
  };
  const auto both = [&]() -> asio::awaitable<void> {
    std::vector<asio::awaitable<void>> parts;
    parts.push_back(tunnel(one, other, "early ", "", 30s, bytes));
    parts.push_back(talk());
    co_await together(std::move(parts));
    loop_.stop();
  };
  loop_.spawn(both());
  loop_.run();
  EXPECT_THAT(heard, ElementsAre("early question", "answer"));
  EXPECT_EQ(bytes.up, 14U);
  EXPECT_EQ(bytes.down, 6U);
}

}  // namespace
}  // namespace wireproof::http_forwarding
