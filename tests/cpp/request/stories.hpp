#pragma once
// Clients and servers in a simulated world, with somebody who forges answers; what must hold of every story, and what
// came of it.

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "request/requests.hpp"
#include "simulation/story.hpp"
#include "simulation/world.hpp"

namespace wireproof::request::testing {

using namespace std::chrono_literals;
using simulation::Host;
using simulation::Story;

constexpr Host kForger = 0;
constexpr std::array<Host, 2> kClients = {1, 2};
constexpr std::array<Host, 3> kServers = {3, 4, 5};

/// What is on the wire: "Q" or "A", the request's id, which attempt it was, and what was asked for.
struct Message {
  bool answers = false;
  std::uint64_t id = 0;
  unsigned attempt = 0;
  std::uint64_t content = 0;

  std::string text() const { return fmt::format("{} {} {} {}", answers ? 'A' : 'Q', id, attempt, content); }
  static Message from(std::string_view text) {
    Message message{text.front() == 'A'};
    const char* at = text.data() + 1;
    const char* const end = text.data() + text.size();
    for (std::uint64_t* const field : {&message.id, &message.content}) {
      if (field == &message.content) at = std::from_chars(at + 1, end, message.attempt).ptr;
      at = std::from_chars(at + 1, end, *field).ptr;
    }
    return message;
  }
};

/// What happened in all stories together: stories in which nothing happens prove nothing.
struct Reached {
  std::uint64_t answered = 0;
  std::uint64_t given_up = 0;
  std::uint64_t repetitions = 0;  ///< datagrams after a request's first
  std::map<AnswerKind, std::uint64_t> kinds;
  std::uint64_t samples = 0;
  std::uint64_t crashes = 0;  ///< of clients, with requests outstanding
};

/// One story. `Core` is Requests<Host>, or a wrong one.
template <typename Core>
class StoryRun {
 public:
  using World = simulation::World<Host>;

  StoryRun(const Story& story, const RequestOptions& options, Reached& reached)
      : story_(story),
        options_(options),
        reached_(reached),
        network_(story.seed, story.is_local),
        world_([this](Host from, Host to, std::string_view) { return network_.fate(from, to); }, watch()),
        random_(mixed(story.seed, 1)) {
    for (const Host host : kServers) world_.start(host, std::make_unique<Server>(*this, host));
    for (const Host host : kClients) start_client(host);
    for (const simulation::Action& action : story_.actions) {
      world_.at(action.at, [this, &action] { act(action); });
    }
  }

  /// What was broken, if anything.
  std::optional<std::string> breach() {
    while (world_.next() != kNever && !breach_) {
      world_.step();
      if (++steps_ > 100'000) breach("the world does not come to rest");
    }
    for (const auto& [key, request] : asked_) {
      if (!request.ended && !request.orphaned) breach(fmt::format("request {} has no end", key.second));
    }
    return breach_;
  }

 private:
  /// What is known of a request from outside.
  struct Asked {
    Host to = 0;
    std::uint64_t content = 0;
    std::vector<Time> sent;
    bool ended = false;
    bool orphaned = false;  ///< its client crashed
  };
  /// The RFC's formulas once more, in floating point.
  struct Model {
    double smoothed = 0;
    double variation = 0;
    bool empty = true;
    void sample(double value) {
      variation = empty ? value / 2 : 0.75 * variation + 0.25 * std::abs(smoothed - value);
      smoothed = empty ? value : 0.875 * smoothed + 0.125 * value;
      empty = false;
    }
  };

  class Server : public simulation::Process<Host> {
   public:
    Server(StoryRun& run, Host host) : run_(run), host_(host) {}
    void receive(Time, const Host& from, std::string_view datagram) override {
      Message message = Message::from(datagram);
      message.answers = true;
      run_.world_.send(host_, from, message.text());
    }
    void advance(Time) override {}
    Time next_deadline() const override { return kNever; }

   private:
    StoryRun& run_;
    const Host host_;
  };

  class Client : public simulation::Process<Host> {
   public:
    Client(StoryRun& run, Host host, unsigned start)
        : start(start), host(host), core(run.options_, mixed(run.story_.seed, host, start)), run_(run) {}

    void ask(Time now, Host to) {
      if (const auto send = core.ask(now, to)) run_.sends(*this, *send, ++run_.contents_);
    }
    void receive(Time now, const Host& from, std::string_view datagram) override {
      const Message message = Message::from(datagram);
      run_.takes(*this, now, from, message, core.receive(now, from, message.id));
    }
    void advance(Time now) override {
      for (const auto& action : core.advance(now)) {
        if (const auto* const send = std::get_if<Requests<Host>::Send>(&action)) {
          run_.sends(*this, *send, 0);
        } else {
          run_.gives_up(*this, std::get<Requests<Host>::GivenUp>(action));
        }
      }
    }
    Time next_deadline() const override { return core.next_deadline(); }

    const unsigned start;  ///< of all clients' starts
    const Host host;
    Core core;
    std::map<Host, Model> models;

   private:
    StoryRun& run_;
  };

  World::Watch watch() {
    World::Watch watch;
    watch.arrival = [this](Host, Host to, std::string_view datagram, bool there) {
      const Message message = Message::from(datagram);
      // Whoever sees a request may try to answer it, from an address of his own; and may guess for the server's.
      if (!there || message.answers || random_.below(4) != 0) return;
      const Host client = askers_.at(message.id);
      Message forged = message;
      forged.answers = true;
      forged.content = 0;
      world_.send(kForger, client, forged.text());
      forged.id ^= std::uint64_t{1} << random_.below(options_.id_bits);
      world_.send(to, client, forged.text());
    };
    return watch;
  }

  void start_client(Host host) {
    auto client = std::make_unique<Client>(*this, host, ++starts_);
    clients_[host] = client.get();
    world_.start(host, std::move(client));
  }

  void act(const simulation::Action& action) {
    using Kind = simulation::Action::Kind;
    const bool is_client = action.host <= kClients.back();
    switch (action.kind) {
      case Kind::crash:
        if (const auto client = clients_.find(action.host); client != clients_.end()) {
          for (auto& [key, request] : asked_) {
            if (key.first != client->second->start || request.ended) continue;
            request.orphaned = true;
            ++reached_.crashes;
          }
          clients_.erase(client);
        }
        return world_.stop(action.host);
      case Kind::restart:
        if (world_.find(action.host) != nullptr) return;
        if (is_client) return start_client(action.host);
        world_.start(action.host, std::make_unique<Server>(*this, action.host));
        return;
      case Kind::conditions:
        return network_.set(action.conditions);
      case Kind::partition:
        return network_.split(action.value);
      case Kind::heal:
        return network_.heal();
      case Kind::deed:
        if (!clients_.contains(action.host)) return;
        return world_.call(action.host, [&](simulation::Process<Host>&) {
          clients_.at(action.host)->ask(world_.now(), kServers.at(action.value));
        });
    }
  }

  void sends(const Client& client, const Requests<Host>::Send& send, std::uint64_t content) {
    askers_[send.id] = client.host;
    Asked& request = asked_[{client.start, send.id}];
    if (send.attempt == 1) {
      if (!request.sent.empty()) breach(fmt::format("n{} uses id {} again", client.host, send.id));
      request = Asked{send.to, content, {}};
    }
    if (send.attempt != request.sent.size() + 1) breach("attempts are not counted as they come");
    if (send.attempt > options_.tries) breach("more datagrams than tries");
    if (request.ended) breach("a request goes on after its end");
    request.sent.push_back(world_.now());
    check_gaps(request);
    reached_.repetitions += send.attempt > 1 ? 1 : 0;
    world_.send(client.host, send.to, Message{false, send.id, send.attempt, request.content}.text());
  }

  /// Between one datagram and the next, and so between the last and giving up: at least the least timeout, and at least
  /// twice the one before, up to the most.
  void check_gaps(const Asked& request) {
    const std::size_t count = request.sent.size();
    if (count < 2) return;
    check_gap(request, world_.now() - request.sent[count - 2], count - 1);
  }
  void check_gap(const Asked& request, Time gap, std::size_t number) {
    const auto& [initial, least, most, granularity] = declared_;
    Time wanted = std::min(initial, least);
    if (number >= 2) wanted = std::min(2 * (request.sent[number - 1] - request.sent[number - 2]), most);
    if (gap < wanted)
      breach(fmt::format("gap {} of {:.3f} s instead of {:.3f}", number, in_seconds(gap), in_seconds(wanted)));
    if (gap > most) breach("a gap of more than the most");
  }

  void gives_up(const Client& client, const Requests<Host>::GivenUp& given_up) {
    Asked& request = asked_.at({client.start, given_up.id});
    if (std::exchange(request.ended, true)) breach("a request ends twice");
    if (request.sent.size() != options_.tries) breach("a request is given up before its tries");
    check_gap(request, world_.now() - request.sent.back(), request.sent.size());
    ++reached_.given_up;
  }

  void takes(Client& client, Time now, Host from, const Message& message, const Answer& answer) {
    ++reached_.kinds[answer.kind];
    if (answer.kind == AnswerKind::answer) {
      const auto found = asked_.find({client.start, message.id});
      if (found == asked_.end()) return breach("an answer to nothing is taken");
      Asked& request = found->second;
      if (std::exchange(request.ended, true)) breach("a request ends twice");
      if (from != request.to) breach(fmt::format("an answer is taken from n{}", from));
      if (message.content != request.content) breach("a wrong answer is taken");
      ++reached_.answered;
    }
    if (!answer.round_trip) return;
    const Asked& request = asked_.at({client.start, message.id});
    ++reached_.samples;
    if (message.attempt != 1 || request.sent.size() != 1) breach("a round trip of what was sent twice is sampled");
    if (*answer.round_trip != now - request.sent.front()) breach("a round trip is not what it was");
    Model& model = client.models[request.to];
    model.sample(in_seconds(*answer.round_trip));
    const auto* const estimator = client.core.estimator(request.to);
    if (estimator == nullptr || !estimator->smoothed()) return breach("a round trip was not sampled");
    if (std::abs(in_seconds(*estimator->smoothed()) - model.smoothed) > 1e-6 ||
        std::abs(in_seconds(estimator->variation()) - model.variation) > 1e-6) {
      breach("the estimator is not the RFC's");
    }
    if (estimator->timeout() < declared_.least || estimator->timeout() > declared_.most)
      breach("a timeout out of bounds");
  }

  void breach(const std::string& text) {
    if (!breach_) breach_ = fmt::format("at {:.6f} s: {}", in_seconds(world_.now()), text);
  }

  const Story story_;
  const RequestOptions options_;
  const RoundTripEstimator::Options declared_ = options_.timeouts;
  Reached& reached_;
  simulation::Network network_;
  World world_;
  Random random_;
  std::map<Host, Client*> clients_;                            ///< those that run
  std::map<std::pair<unsigned, std::uint64_t>, Asked> asked_;  ///< by the client's start and the id
  std::map<std::uint64_t, Host> askers_;
  std::uint64_t contents_ = 0;
  unsigned starts_ = 0;
  std::uint64_t steps_ = 0;
  std::optional<std::string> breach_;
};

/// A minute to an hour of requests, one of four without failures.
inline Story story_of(std::uint64_t seed) {
  const Time length = (1 + mixed(seed, 5) % 60) * 60s;
  return simulation::draw_story(seed, {.actors = {kClients.begin(), kClients.end()},
                                       .targets = kServers.size(),
                                       .mortals = {1, 2, 3, 4, 5},
                                       .length = length,
                                       .deeds = 40,
                                       .failures = 8});
}

/// Ids of all widths, one to five tries, short timeouts in half of the stories.
inline RequestOptions options_of(std::uint64_t seed) {
  RequestOptions options;
  options.tries = 1 + static_cast<unsigned>(mixed(seed, 6) % 5);
  options.id_bits = std::array{16U, 32U, 64U}[mixed(seed, 7) % 3];
  if (mixed(seed, 8) % 2 == 0) options.timeouts = {.initial = 200ms, .least = 50ms, .most = 5s};
  return options;
}

}  // namespace wireproof::request::testing
