#include "http_balancer/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

#include "command_line/program.hpp"
#include "http/date.hpp"
#include "http_balancer/checker.hpp"
#include "http_balancer/job.hpp"
#include "http_balancer/retry.hpp"
#include "http_balancer/sticky.hpp"
#include "http_serving/access_log.hpp"

namespace wireproof::http_balancer {

using http::Broken;
using http_forwarding::Authority;
using http_forwarding::UpstreamAnswer;
using http_forwarding::UpstreamError;

namespace {

/// All but those that are refused.
constexpr std::string_view kMethods = "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH";

// Not in coroutines: GCC 12 destroys some temporaries of braces twice there (GCC bug 102217).

http_forwarding::UpstreamOptions options_of(const Configuration& rules) {
  http_forwarding::UpstreamOptions options;
  options.connect = rules.connect_timeout;
  options.timeouts.idle = options.timeouts.head = options.timeouts.silence = options.timeouts.write =
      rules.answer_timeout;
  options.timeouts.body = kNever;  // silence is what counts: a slow client makes a slow answer
  options.most_idle = 4096;
  options.most_idle_each = 1024;
  return options;
}

Failed failed_of(const UpstreamError& failure, bool is_idempotent, bool can_repeat, bool has_begun) {
  return {.was_sent = !failure.before_sending(),
          .is_idempotent = is_idempotent,
          .can_repeat = can_repeat,
          .has_begun = has_begun};
}

Choice give_up() { return {.kind = Choice::Kind::queue_full}; }

bool asks_for_json(const http::RequestHead& request, std::string_view target) {
  return target.ends_with("?json") || request.fields.lists("Accept", "application/json");
}

}  // namespace

Service::Service(Loop& loop, Deadlines& deadlines, Balancer& balancer, http_serving::LogFile* log,
                 std::string pseudonym)
    : loop_(loop), deadlines_(deadlines), balancer_(balancer), log_(log) {
  hop_.pseudonym = std::move(pseudonym);
  make_pool();
}

void Service::make_pool() {
  const Configuration& rules = balancer_.configuration();
  hop_.forwarded = rules.forwarded == ForwardedFields::append ? http_forwarding::ForwardedRule::append
                                                              : http_forwarding::ForwardedRule::replace;
  pool_ = std::make_shared<Pool>(loop_, deadlines_, options_of(rules));
}

void Service::reload(const Configuration& configuration) {
  ++counters_.reloads;
  balancer_.reload(configuration, loop_.now());
  make_pool();
  settle();
}

void Service::advance() {
  balancer_.advance(loop_.now());
  settle();
}

Counters Service::counters() const {
  Counters all = counters_;
  if (connection_server_ != nullptr) all.clients = connection_server_->counters();
  return all;
}

/// What the balancer wants done. It may have another deadline now.
void Service::settle() {
  while (balancer_.has_actions()) {
    for (const Action& action : balancer_.take_actions()) {
      const Node* const node = balancer_.find(action.node);
      switch (action.kind) {
        case Action::Kind::go:
        case Action::Kind::give_up: {
          const auto found = waiters_.find(action.ticket);
          if (found == waiters_.end()) break;
          Waiter& waiter = *found->second;
          waiter.choice = give_up();
          if (action.kind == Action::Kind::go) {
            waiter.choice->kind = Choice::Kind::node;
            waiter.choice->attempt = action.attempt;
          }
          waiters_.erase(found);
          waiter.event.happen();
          break;
        }
        case Action::Kind::check:
          if (node != nullptr) loop_.spawn(check(action.node, place_of(*node)));
          break;
        case Action::Kind::died:
          node_died(action.node);
          break;
        case Action::Kind::returned:
          if (node != nullptr) say("{} ({}) is up", node->settings.name, node->address);
          last_why_.erase(action.node);
          break;
        case Action::Kind::gone:
          last_why_.erase(action.node);
          break;
      }
    }
  }
  loop_.event();
}

/// Those who wait for its answer need not wait until its time is over, if another node may be asked.
void Service::node_died(NodeId id) {
  const Node* const node = balancer_.find(id);
  if (node == nullptr) return;
  const auto why = last_why_.find(id);
  say("{} ({}) is down{}{}", node->settings.name, node->address, why != last_why_.end() ? ": " : "",
      why != last_why_.end() ? why->second : "");
  pool_->close_idle(place_of(*node));
  const unsigned retries = balancer_.configuration().retries;
  for (Flight* const flight : flights_) {
    const Job& job = flight->job;
    if (flight->node != id || flight->transport == nullptr || job.was_answered) continue;
    const Failed failed{.is_idempotent = job.is_idempotent,
                        .can_repeat = job.body.can_repeat(),
                        .has_begun = job.connection.has_begun()};
    if (!may_try_another(failed, job.sent, retries)) continue;
    flight->was_given_up = true;
    flight->transport->abort();
  }
}

asio::awaitable<void> Service::check(NodeId id, Authority authority) {
  const CheckResult result = co_await check_node(loop_, deadlines_, authority, balancer_.configuration());
  if (!result.has_passed && balancer_.find(id) != nullptr) last_why_[id] = result.why;
  balancer_.check_ended(id, result.has_passed, loop_.now());
  settle();
}

/// The grace is over: what waits for nodes ends too.
void Service::end() {
  for (Flight* const flight : flights_) {
    if (flight->transport != nullptr) flight->transport->abort();
  }
  while (!waiters_.empty()) {
    Waiter& waiter = *waiters_.begin()->second;
    balancer_.leave(waiters_.begin()->first);
    waiters_.erase(waiters_.begin());
    waiter.choice = give_up();
    waiter.event.happen();
  }
}

const std::string& Service::date() {
  const http::Seconds now = std::chrono::floor<http::Seconds>(time_of_day());
  if (now.count() != dated_) {
    dated_ = now.count();
    date_ = http::http_date(now);
  }
  return date_;
}

http::ResponseHead Service::page_head(unsigned status) {
  http::ResponseHead head{.status = status};
  head.fields = {{"Date", date()},
                 {"Content-Type", "text/html; charset=utf-8"},
                 {"Cache-Control", "no-store"},
                 {"X-Content-Type-Options", "nosniff"},
                 {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"}};
  return head;
}

/// What nodes are never asked; sets what they are asked.
std::optional<http::Refusal> Service::refusal_of(Job& job) const {
  const http::RequestHead& request = job.connection.request();
  if (request.method == "CONNECT") return http::Refusal{501, "Tunnels are not made here"};
  if (request.method == "TRACE") return http::Refusal{405, "TRACE would show what others put into a request"};
  if (http_forwarding::is_absolute_form(request)) {
    auto outcome = http_forwarding::destination_of(request);
    if (auto* refusal = std::get_if<http::Refusal>(&outcome)) return std::move(*refusal);
    auto& destination = std::get<http_forwarding::Destination>(outcome);
    job.target = std::move(destination.target);
    job.host = http_forwarding::host_header(destination.authority);
  } else {
    job.target = request.target;
    job.host = request.fields.value("Host");
  }
  const auto expected = request.fields.joined("Expect");
  if (expected && !http::same_word(*expected, "100-continue")) {
    return http::Refusal{417, "The expectation in Expect is not known here"};
  }
  if (http_forwarding::has_passed(request.fields, hop_.pseudonym)) {
    return http::Refusal{508, "The request has been here already: balancers ask one another in a circle"};
  }
  return std::nullopt;
}

asio::awaitable<void> Service::answer(http::ServerConnection& connection, const Address& client) {
  Job job(connection, client);
  job.began = loop_.now();
  const std::uint64_t before = connection.body_sent();
  std::optional<Broken> broken;
  try {
    co_await balance(job);
  } catch (const Broken& error) {
    broken = error;
  }
  // What breaks off before an answer has begun is told, and noted, by refuse().
  if (connection.has_begun()) note(job, connection.body_sent() - before);
  if (broken) throw *broken;
}

asio::awaitable<void> Service::balance(Job& job) {
  const http::RequestHead& request = job.connection.request();
  job.refusal = refusal_of(job);
  const std::string& status_path = balancer_.configuration().status_path;
  if (!job.refusal && !status_path.empty() &&
      (job.target == status_path || (job.target.ends_with("?json") && job.target.size() == status_path.size() + 5 &&
                                     job.target.starts_with(status_path)))) {
    co_await tell_status(job);
    co_return;
  }
  if (!job.refusal && http_forwarding::max_forwards(request) == 0U) {
    // RFC 9110, 7.6.2: it is meant for this hop.
    http::ResponseHead head = page_head(200);
    head.fields.add("Allow", kMethods);
    co_await tell(job, std::move(head), std::string());
    co_return;
  }
  job.is_idempotent = http_forwarding::is_idempotent(request.method);
  job.pool = pool_;
  job.hooks.answer = [this, &job](UpstreamAnswer answer) { return relay(job, answer); };
  job.hooks.interim = [&job](const http::ResponseHead& head) { return job.connection.interim(head); };
  if (balancer_.configuration().sticky == Sticky::cookie) {
    job.wanted.bound = balancer_.find_token(cookie_of(request.fields));
  }
  while (!job.refusal) {
    const Choice choice = co_await choose(job);
    if (choice.kind == Choice::Kind::node) {
      if (!job.wanted.tried.empty()) ++counters_.retried;
      co_await attempt(job, choice.attempt);
      if (!job.failure) co_return;
      const unsigned retries = balancer_.configuration().retries;
      const bool has_begun = job.connection.has_begun();
      if (may_try_another(failed_of(*job.failure, job.is_idempotent, job.body.can_repeat(), has_begun), job.sent,
                          retries)) {
        job.wanted.tried.push_back(choice.attempt.node);
        job.body.repeat();
        continue;
      }
      if (has_begun) {
        ++counters_.cut_short;
        co_return;  // the client's connection was reset
      }
    }
    if (job.failure) {
      ++counters_.unanswered;
      tell_of(job);
      job.refusal = http::Refusal{job.failure->status(), job.failure->status() == 504
                                                             ? "No server behind this one answered in time"
                                                             : "No server behind this one answered"};
    } else {
      refuse_overloaded(job);
      ++counters_.overloaded;
    }
  }
  http::ResponseHead head = page_head(job.refusal->status);
  if (head.status == 405) head.fields.add("Allow", kMethods);
  if (head.status == 503) {
    const auto patience = std::chrono::ceil<std::chrono::seconds>(balancer_.configuration().queue_timeout);
    head.fields.add("Retry-After", std::to_string(patience.count()));
  }
  std::string page = http_serving::error_page(head.status, job.refusal->reason);
  co_await tell(job, std::move(head), std::move(page));
}

/// Once, until some request is answered again.
void Service::tell_of(const Job& job) {
  if (is_told_) return;
  is_told_ = true;
  say("{} {}: no node answered; the last, {}: {}", job.connection.request().method, job.target, job.node,
      job.failure->what());
}

void Service::refuse_overloaded(Job& job) const {
  job.refusal = http::Refusal{503, "All servers behind this one have too much to do"};
}

asio::awaitable<void> Service::tell(Job& job, http::ResponseHead head, std::string body) {
  job.status = head.status;
  co_await job.connection.answer(std::move(head), body);
}

asio::awaitable<void> Service::tell_status(Job& job) {
  const http::RequestHead& request = job.connection.request();
  http::ResponseHead head = page_head(200);
  std::string body;
  if (request.method != "GET" && request.method != "HEAD") {
    head.status = 405;
    head.fields.add("Allow", "GET, HEAD");
    body = http_serving::error_page(405, "The status can only be read");
  } else if (asks_for_json(request, job.target)) {
    head.fields.set("Content-Type", "application/json");
    body = json_of(counters(), balancer_, loop_.now()).text() + "\n";
  } else {
    body = status_page(counters(), balancer_, loop_.now());
  }
  co_await tell(job, std::move(head), std::move(body));
}

asio::awaitable<void> Service::refuse(http::ServerConnection& connection, const Address& client,
                                      http::Refusal refusal) {
  const std::string page = http_serving::error_page(refusal.status, refusal.reason);
  Job job(connection, client);
  job.began = loop_.now();
  job.status = refusal.status;
  const std::uint64_t before = connection.body_sent();
  const bool was_answered = co_await connection.refuse(page_head(refusal.status), page);
  if (was_answered) note(job, connection.body_sent() - before);
}

/// In the combined format, with the node, how many were asked, and the seconds that it took.
void Service::note(const Job& job, std::uint64_t bytes) {
  ++counters_.statuses[std::min<std::size_t>(job.status / 100, counters_.statuses.size() - 1)];
  counters_.body_bytes += bytes;
  if (log_ == nullptr) return;
  const http::RequestHead& request = job.connection.request();
  http_serving::Access access;
  access.client = job.client.host();
  access.time = std::chrono::floor<http::Seconds>(time_of_day());
  access.status = job.status;
  access.bytes = bytes;
  if (!request.method.empty()) {
    access.request_line = http_serving::request_line(request);
    access.referer = request.fields.value("Referer");
    access.user_agent = request.fields.value("User-Agent");
  }
  std::string line = http_serving::log_line(access);
  line.pop_back();
  line += fmt::format(" {} {} {:.3f}\n", job.node.empty() ? "-" : job.node, job.wanted.tried.size(),
                      in_seconds(loop_.now() - job.began));
  log_->add(line);
}

}  // namespace wireproof::http_balancer
