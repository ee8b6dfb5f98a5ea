#include "http_forwarding/name_lookups.hpp"

#include <fmt/format.h>

#include <exception>
#include <optional>
#include <utility>

#include "net/resolve_within.hpp"
#include "text/utf8.hpp"

namespace wireproof::http_forwarding {
namespace {

constexpr std::size_t kMostKept = 1000;

std::vector<Address> at_port(std::vector<Address> addresses, std::uint16_t port) {
  for (Address& address : addresses) address = address.with_port(port);
  return addresses;
}

}  // namespace

struct NameLookups::Lookup {
  explicit Lookup(asio::io_context& context) : done(context) {}

  Event done;
  bool is_over = false;
  Time until{0};
  std::vector<Address> found{};
  std::optional<UpstreamError> error{};
};

asio::awaitable<std::vector<Address>> NameLookups::find(std::string host, std::uint16_t port) {
  if (const auto numeric = parse_address(host)) co_return std::vector<Address>(1, numeric->with_port(port));
  const auto known = lookups_.find(host);
  std::shared_ptr<Lookup> lookup = known == lookups_.end() ? nullptr : known->second;
  if (lookup && lookup->is_over && loop_.now() >= lookup->until) lookup.reset();
  if (lookup) {
    while (!lookup->is_over) co_await lookup->done.next();
  } else {
    if (running_ >= kMost) {
      throw UpstreamError(UpstreamCause::unreachable, "too many names are being looked up; ask again");
    }
    if (lookups_.size() >= kMostKept) forget_old();
    lookup = std::make_shared<Lookup>(loop_.context());
    lookups_.insert_or_assign(host, lookup);
    co_await look_up(host, port, *lookup);
  }
  if (lookup->error) throw *lookup->error;
  co_return at_port(lookup->found, port);
}

asio::awaitable<void> NameLookups::look_up(const std::string& host, std::uint16_t port, Lookup& lookup) {
  ++running_;
  try {
    auto found = co_await resolve_within(loop_.context(), host, port, patience_);
    if (found) {
      lookup.found = std::move(*found);
      lookup.until = loop_.now() + kept_;
    } else {
      lookup.error.emplace(
          UpstreamCause::connect_timed_out,
          fmt::format("find the address of '{}': no answer within {} s", printable(host), in_seconds(patience_)));
    }
  } catch (const std::exception& failure) {
    lookup.error.emplace(UpstreamCause::unresolved, failure.what());
  }
  --running_;
  lookup.is_over = true;
  lookup.done.happen();
}

void NameLookups::forget_old() {
  const Time now = loop_.now();
  std::erase_if(lookups_, [&](const auto& entry) { return entry.second->is_over && now >= entry.second->until; });
}

}  // namespace wireproof::http_forwarding
