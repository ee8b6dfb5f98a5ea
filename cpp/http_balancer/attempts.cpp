// A request at a node, and its answer on the way to the client.

#include <exception>
#include <utility>

#include "http_balancer/job.hpp"
#include "http_balancer/sticky.hpp"

namespace wireproof::http_balancer {

using http::Broken;
using http_forwarding::Authority;
using http_forwarding::Upstream;
using http_forwarding::UpstreamAnswer;
using http_forwarding::UpstreamCause;
using http_forwarding::UpstreamError;

namespace {

// Not in a coroutine: GCC 12 destroys some temporaries of braces twice there (GCC bug 102217).
UpstreamError given_up() { return {UpstreamCause::timed_out, "it was found to be down"}; }

}  // namespace

http::RequestHead Service::head_of(const Job& job, const Authority& authority) const {
  // HTTP/1.0 may come without a Host, HTTP/1.1 must not go without.
  auto outcome = http_forwarding::next_request(job.connection.request(), job.target,
                                               job.host.empty() ? http_forwarding::host_header(authority) : job.host,
                                               hop_, {job.client});
  return std::move(std::get<http::RequestHead>(outcome));
}

http::ResponseHead Service::head_for_client(const Job& job, const http::ResponseHead& head) {
  http::ResponseHead next = http_forwarding::previous_response(head, hop_);
  if (!next.fields.has("Date")) next.fields.add("Date", date());
  if (balancer_.configuration().sticky == Sticky::cookie && job.bound_to != job.wanted.bound) {
    next.fields.add("Set-Cookie", set_cookie(job.token));
  }
  return next;
}

asio::awaitable<Choice> Service::choose(const Job& job) {
  Choice choice = balancer_.ask(job.wanted, loop_.now());
  if (choice.kind != Choice::Kind::wait) co_return choice;
  ++counters_.queued;
  Waiter waiter(loop_.context());
  waiters_.emplace(choice.ticket, &waiter);
  loop_.event();  // it has a deadline
  while (!waiter.choice) co_await waiter.event.next();
  co_return *waiter.choice;
}

/// Sets Job::failure when the node did not answer.
asio::awaitable<void> Service::attempt(Job& job, Attempt attempt) {
  job.failure.reset();
  job.was_answered = false;
  const Node& node = *balancer_.find(attempt.node);
  const Authority authority = place_of(node);
  job.node = node.address;
  job.token = node.token;
  job.bound_to = node.id;
  std::optional<Broken> broken;
  std::exception_ptr other;
  bool was_given_up = false;
  {
    Flight flight(flights_, attempt.node, job);
    try {
      co_await exchange(job, flight, authority);
    } catch (const UpstreamError& error) {
      job.failure = error;
    } catch (const Broken& error) {
      broken = error;
    } catch (...) {
      other = std::current_exception();
    }
    was_given_up = flight.was_given_up;
  }
  if (was_given_up && broken && !job.connection.transport().is_aborted()) {
    broken.reset();
    job.failure = given_up();
  }
  AttemptEnd end = job.was_answered ? AttemptEnd::answered : AttemptEnd::dropped;
  if (job.failure && !was_given_up) end = AttemptEnd::unanswered;
  if (job.failure) last_why_[attempt.node] = job.failure->what();
  balancer_.end(attempt, end, loop_.now());
  if (balancer_.has_actions()) settle();
  if (broken) throw *broken;
  if (other) std::rethrow_exception(other);
}

asio::awaitable<void> Service::exchange(Job& job, Flight& flight, const Authority& authority) {
  Pool& pool = *job.pool;
  http_forwarding::RequestBody* const body = job.body.is_there() ? &job.body : nullptr;
  // What must not be sent twice goes where its fate is known: not on a connection that may have ended meanwhile.
  for (bool is_new = !job.is_idempotent;; is_new = true) {
    bool again = false;
    Upstream upstream = co_await pool.take(authority, is_new);
    if (!flight.was_sent) ++job.sent;
    flight.was_sent = true;
    try {
      const InUse in_use(flight, upstream);
      co_await http_forwarding::exchange(upstream, head_of(job, authority), body, job.hooks);
    } catch (const UpstreamError& error) {
      again = upstream.is_reused() && error.without_answer() && !is_new && job.body.can_repeat();
      if (!again) throw;
    }
    if (!again) {
      pool.give_back(std::move(upstream));
      co_return;
    }
    job.body.repeat();
  }
}

asio::awaitable<void> Service::relay(Job& job, UpstreamAnswer answer) {
  job.was_answered = true;
  is_told_ = false;
  job.status = answer.head().status;
  http::ResponseHead head = head_for_client(job, answer.head());
  co_await http_forwarding::relay_answer(answer, std::move(head), job.connection);
}

}  // namespace wireproof::http_balancer
