#include "base/conversation.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <chrono>

#include "base/listener.hpp"
#include "base/program.hpp"

namespace wireproof {
namespace {

using boost::system::error_code;

constexpr std::size_t kChunk = 16 * 1024;
constexpr std::chrono::seconds kFarewell(2);

asio::awaitable<void> discard_until_end(tcp::socket& client) {
  std::array<char, 1024> ignored;
  for (error_code error; !error;) {
    co_await client.async_read_some(asio::buffer(ignored), asio::redirect_error(asio::use_awaitable, error));
  }
}

/// Closing a socket with unread bytes sends RST, which can destroy our last words on their way: read on for a moment.
asio::awaitable<void> close_after_last_words(tcp::socket& client) {
  using namespace asio::experimental::awaitable_operators;
  asio::steady_timer timer(client.get_executor(), kFarewell);
  error_code ignored;
  client.shutdown(tcp::socket::shutdown_send, ignored);
  co_await (discard_until_end(client) || timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored)));
}

}  // namespace

asio::awaitable<void> converse(tcp::socket& client, Session& session) {
  error_code error;
  const tcp::endpoint peer = client.remote_endpoint(error);
  const std::string name = error ? "(already gone)" : name_of(peer);
  say("client {} connected", name);

  std::uint64_t received = 0;
  std::array<char, kChunk> chunk;
  std::string answer = session.opening();
  const auto send_answer = [&] {
    return asio::async_write(client, asio::buffer(answer), asio::redirect_error(asio::use_awaitable, error));
  };
  co_await send_answer();
  while (!error && !session.finished()) {
    const std::size_t length =
        co_await client.async_read_some(asio::buffer(chunk), asio::redirect_error(asio::use_awaitable, error));
    if (error) break;
    received += length;
    answer.clear();
    session.receive({chunk.data(), length}, answer);
    co_await send_answer();
  }
  if (error == asio::error::eof) {
    answer = session.closing();
    co_await send_answer();
    if (!error) client.shutdown(tcp::socket::shutdown_send, error);
  } else if (!error) {
    co_await close_after_last_words(client);
  }
  if (error) {
    say("client {} left after {} bytes: {}", name, received, error.message());
  } else {
    say("client {} left after {} bytes", name, received);
  }
  client.close(error);
}

}  // namespace wireproof
