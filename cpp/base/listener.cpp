#include "base/listener.hpp"

#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

#include "base/program.hpp"

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
  error_code error;
  tcp::endpoint endpoint(tcp::v6(), options.port);
  if (!options.address.empty()) {
    endpoint.address(asio::ip::make_address(options.address, error));
    if (error) throw UsageError(fmt::format("--address {}: not a numeric IPv4 or IPv6 address", options.address));
  }
  tcp::acceptor listener = listen_on(context, endpoint, options.backlog, error);
  if (options.address.empty() && is_absence_of_ipv6(error)) {
    endpoint = tcp::endpoint(tcp::v4(), options.port);
    listener = listen_on(context, endpoint, options.backlog, error);
  }
  if (error) throw Failure(fmt::format("listen on {}", name_of(endpoint)), error);
  return listener;
}

bool is_absence_of_ipv6(const error_code& error) {
  return error == asio::error::address_family_not_supported || error == boost::system::errc::address_not_available;
}

std::string name_of(const asio::ip::address& address, std::uint16_t port) {
  if (address.is_v4()) return fmt::format("{}:{}", address.to_string(), port);
  if (address.to_v6().is_v4_mapped()) {
    return fmt::format("{}:{}", asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string(), port);
  }
  return fmt::format("[{}]:{}", address.to_string(), port);
}

std::string peer_name(const tcp::socket& socket) {
  error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  return error ? "(already gone)" : name_of(peer);
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
