#include "net/listener.hpp"

#include <sys/resource.h>

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <utility>

#include "command_line/program.hpp"
#include "net/asio_address.hpp"
#include "net/binding.hpp"

namespace wireproof {
namespace {

using boost::system::error_code;

/// A closed acceptor when `endpoint` cannot be listened on; `error` says why.
tcp::acceptor listen_on(asio::io_context& context, const tcp::endpoint& endpoint, int backlog, error_code& error) {
  tcp::acceptor listener(context);
  listener.open(endpoint.protocol(), error);
  if (!error) listener.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint.address().is_v6()) listener.set_option(asio::ip::v6_only(false), error);
  if (!error) listener.bind(endpoint, error);
  if (!error) listener.listen(backlog, error);
  return listener;
}

}  // namespace

tcp::acceptor open_listener(asio::io_context& context, const ListenOptions& options) {
  tcp::acceptor listener(context);
  bind_server(options.address, options.port, 0, "", [&](const Address& local) {
    error_code error;
    listener = listen_on(context, asio_endpoint<tcp>(local), options.backlog, error);
    return error.value();
  });
  return listener;
}

std::size_t raise_descriptor_limit() {
  rlimit limit{1024, 1024};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return limit.rlim_cur;
  const rlim_t soft = std::exchange(limit.rlim_cur, limit.rlim_max);
  // Without it fewer clients are served at once, which accept tells.
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : soft;
}

std::string peer_name(const tcp::socket& socket) {
  error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  return error ? "(already gone)" : name_of(address_of(peer));
}

asio::awaitable<std::optional<tcp::socket>> accept_client(tcp::acceptor& listener) {
  asio::steady_timer pause(listener.get_executor());
  error_code told;
  while (listener.is_open()) {
    error_code error;
    tcp::socket client = co_await listener.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (!listener.is_open()) break;
    if (!error) co_return client;
    if (error != told) say("accept: {}; clients wait in the backlog, trying again", error.message());
    told = error;
    pause.expires_after(std::chrono::milliseconds(100));
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
  co_return std::nullopt;
}

}  // namespace wireproof
