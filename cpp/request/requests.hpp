#pragma once
// Requests over datagrams and their answers: ids, retries, back-off. No sockets, no clock.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

#include "loop/time.hpp"
#include "random/random.hpp"
#include "request/round_trip_estimator.hpp"

namespace wireproof::request {

struct RequestOptions {
  unsigned tries = 4;                         ///< datagrams for a request, at least 1
  RoundTripEstimator::Options timeouts = {};  ///< `initial`, `least` and `most` hold for every peer
  unsigned id_bits = 64;                      ///< 8 to 64: what the protocol has room for
  std::size_t most_outstanding = 4096;        ///< requests without an end
  std::size_t most_remembered = 4096;         ///< requests that have ended, to know late answers by
  std::size_t most_peers = 4096;              ///< of whom round trips are remembered
};

/// What a datagram with an answer is.
enum class AnswerKind : std::uint8_t {
  answer,    ///< the first one to a request that waits: the request has ended
  repeated,  ///< another one to a request that was answered
  late,      ///< the request had been given up
  stranger,  ///< the id is that of a request to somebody else
  unknown    ///< no request has, or had lately, this id
};

struct Answer {
  AnswerKind kind = AnswerKind::unknown;
  unsigned attempts = 0;  ///< datagrams that were sent for the request; 0 if it is unknown
  /// Known where the request was sent once: of several, nobody can say which was answered (Karn's algorithm).
  std::optional<Time> round_trip = std::nullopt;
};

/// Ids are random, so that only who has seen a request can answer it (RFC 5452), and none is used again while its
/// request is remembered. Each peer has its own estimator. A timeout of a request is at least twice the one before, up
/// to the most; several requests that time out together back off their peer once.
///
/// The caller makes the datagrams, with the id in them, and reads the id of those that come.
template <typename Address>
class Requests {
 public:
  /// A datagram is to be sent.
  struct Send {
    std::uint64_t id = 0;
    Address to;
    unsigned attempt = 1;  ///< from 1 on
  };
  /// No answer came to any of them.
  struct GivenUp {
    std::uint64_t id = 0;
    Address to;
  };
  using Action = std::variant<Send, GivenUp>;

  Requests(const RequestOptions& options, std::uint64_t seed) : options_(options), random_(seed) {}

  /// A new request, whose first datagram is to be sent now; nothing while too many are outstanding.
  std::optional<Send> ask(Time now, const Address& to) {
    if (outstanding_.size() >= options_.most_outstanding) return std::nullopt;
    const auto id = free_id();
    if (!id) return std::nullopt;
    Peer& peer = peer_of(now, to);
    Request request{to, 1, now, peer.estimator.timeout()};
    due_.emplace(now + request.timeout, *id);
    outstanding_.emplace(*id, request);
    return Send{*id, to, 1};
  }

  /// A datagram that is an answer came from `from`.
  Answer receive(Time now, const Address& from, std::uint64_t id) {
    if (const auto found = outstanding_.find(id); found != outstanding_.end()) {
      const Request request = found->second;
      if (request.to != from) return {AnswerKind::stranger, request.attempts};
      due_.erase({request.sent + request.timeout, id});
      outstanding_.erase(found);
      remember(id, request, true);
      return {AnswerKind::answer, request.attempts, sample(now, request)};
    }
    const auto found = ended_.find(id);
    if (found == ended_.end()) return {};
    Ended& ended = found->second;
    if (ended.request.to != from) return {AnswerKind::stranger, ended.request.attempts};
    if (std::exchange(ended.answered, true)) return {AnswerKind::repeated, ended.request.attempts};
    return {AnswerKind::late, ended.request.attempts, sample(now, ended.request)};
  }

  /// Does what is due.
  std::vector<Action> advance(Time now) {
    std::vector<Action> actions;
    while (!due_.empty() && due_.begin()->first <= now) {
      const std::uint64_t id = due_.begin()->second;
      due_.erase(due_.begin());
      const auto found = outstanding_.find(id);
      Request& request = found->second;
      Peer& peer = peer_of(now, request.to);
      if (request.sent >= peer.backed_off) {
        peer.estimator.back_off();
        peer.backed_off = now;
      }
      if (request.attempts >= options_.tries) {
        actions.push_back(GivenUp{id, request.to});
        remember(id, request, false);
        outstanding_.erase(found);
        continue;
      }
      ++request.attempts;
      request.sent = now;
      request.timeout = std::min(std::max(peer.estimator.timeout(), 2 * request.timeout), options_.timeouts.most);
      due_.emplace(now + request.timeout, id);
      actions.push_back(Send{id, request.to, request.attempts});
    }
    return actions;
  }
  Time next_deadline() const { return due_.empty() ? kNever : due_.begin()->first; }

  std::size_t outstanding() const { return outstanding_.size(); }
  /// Nothing of a peer that was never asked, or not for long.
  const RoundTripEstimator* estimator(const Address& peer) const {
    const auto found = peers_.find(peer);
    return found != peers_.end() ? &found->second.estimator : nullptr;
  }

 private:
  struct Request {
    Address to;
    unsigned attempts = 1;
    Time sent{0};  ///< the last time
    Time timeout{0};
  };
  struct Ended {
    Request request;
    bool answered = false;
  };
  struct Peer {
    RoundTripEstimator estimator;
    Time used{0};
    Time backed_off = Time::min();  ///< the last time
  };

  /// Nothing when half of all ids are taken.
  std::optional<std::uint64_t> free_id() {
    const std::uint64_t last = ~std::uint64_t{0} >> (64 - options_.id_bits);
    if (outstanding_.size() + ended_.size() > last / 2) return std::nullopt;
    for (;;) {
      const std::uint64_t id = random_.bits() & last;
      if (!outstanding_.contains(id) && !ended_.contains(id)) return id;
    }
  }

  Peer& peer_of(Time now, const Address& address) {
    const auto found = peers_.find(address);
    if (found != peers_.end()) {
      found->second.used = now;
      return found->second;
    }
    if (peers_.size() >= options_.most_peers) {
      peers_.erase(std::min_element(peers_.begin(), peers_.end(), [](const auto& left, const auto& right) {
        return left.second.used < right.second.used;
      }));
    }
    return peers_.emplace(address, Peer{RoundTripEstimator(options_.timeouts), now}).first->second;
  }

  std::optional<Time> sample(Time now, const Request& request) {
    if (request.attempts > 1) return std::nullopt;
    const Time round_trip = now - request.sent;
    peer_of(now, request.to).estimator.sample(round_trip);
    return round_trip;
  }

  void remember(std::uint64_t id, const Request& request, bool answered) {
    if (options_.most_remembered == 0) return;
    if (order_.size() >= options_.most_remembered) {
      ended_.erase(order_.front());
      order_.pop_front();
    }
    ended_.emplace(id, Ended{request, answered});
    order_.push_back(id);
  }

  RequestOptions options_;
  Random random_;
  std::map<std::uint64_t, Request> outstanding_;
  std::set<std::pair<Time, std::uint64_t>> due_;
  std::map<std::uint64_t, Ended> ended_;
  std::deque<std::uint64_t> order_;  ///< ids of those that have ended, the oldest first
  std::map<Address, Peer> peers_;
};

}  // namespace wireproof::request
