#include "net/connect_first.hpp"

#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "loop/loop.hpp"
#include "net/asio_address.hpp"
#include "net/happy_eyeballs.hpp"

namespace wireproof {

using boost::system::error_code;

/// Outlives the coroutine: attempts that are called off still end. In no unnamed namespace, since a coroutine's frame
/// has one.
struct ConnectionRace {
  ConnectionRace(asio::io_context& context, std::vector<Address> addresses)
      : eyeballs(interleaved(addresses), Time(0)), changed(context, asio::steady_timer::time_point::max()) {}

  HappyEyeballs eyeballs;
  Clock clock{};
  asio::steady_timer changed;
  std::map<std::size_t, tcp::socket> sockets{};
  FirstConnection result{};
  bool is_over = false;
};

namespace {

void begin(const std::shared_ptr<ConnectionRace>& race, asio::io_context& context, std::size_t number) {
  const auto socket = race->sockets.try_emplace(number, context).first;
  const auto ended = [race, number](error_code error) {
    if (race->is_over) return;
    if (error) {
      race->result.failed.push_back({race->eyeballs.address(number), error});
      race->eyeballs.failed(number, race->clock.now());
    } else {
      race->eyeballs.connected(number);
    }
    race->changed.cancel();
  };
  socket->second.async_connect(asio_endpoint<tcp>(race->eyeballs.address(number)), ended);
}

}  // namespace

asio::awaitable<FirstConnection> connect_first(asio::io_context& context, std::vector<Address> addresses,
                                               Time patience) {
  const auto race = std::make_shared<ConnectionRace>(context, std::move(addresses));
  HappyEyeballs& eyeballs = race->eyeballs;
  while (!eyeballs.winner() && !eyeballs.has_failed()) {
    const Time now = race->clock.now();
    if (now >= patience) break;
    if (const auto number = eyeballs.next(now)) begin(race, context, *number);
    const Time due = std::min(eyeballs.next_deadline(), patience);
    if (due == kNever) {
      race->changed.expires_at(asio::steady_timer::time_point::max());
    } else {
      race->changed.expires_after(due - now);
    }
    error_code ignored;
    co_await race->changed.async_wait(into(ignored));
  }
  race->is_over = true;
  if (const auto winner = eyeballs.winner()) {
    race->result.address = eyeballs.address(*winner);
    race->result.socket = std::move(race->sockets.at(*winner));
  } else {
    for (const auto& [number, socket] : race->sockets) {
      const Address& address = eyeballs.address(number);
      const bool told = std::any_of(race->result.failed.begin(), race->result.failed.end(),
                                    [&](const auto& attempt) { return attempt.address == address; });
      if (!told) race->result.failed.push_back({address, asio::error::timed_out});
    }
  }
  race->sockets.clear();
  co_return std::move(race->result);
}

}  // namespace wireproof
