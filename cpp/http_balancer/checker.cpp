#include "http_balancer/checker.hpp"

#include <fmt/format.h>

#include <exception>
#include <optional>

namespace wireproof::http_balancer {
namespace {

using http_forwarding::Authority;
using http_forwarding::Upstream;
using http_forwarding::UpstreamOptions;
using http_forwarding::UpstreamPool;

// Not in a coroutine: GCC 12 destroys some temporaries of braces twice there (GCC bug 102217).
UpstreamOptions check_options(const Configuration& rules) {
  UpstreamOptions options;
  options.limits.body = 0;  // nothing of it is read
  options.timeouts.idle = options.timeouts.head = options.timeouts.write = rules.check_timeout;
  options.connect = rules.check_timeout;
  options.most_idle = 0;
  return options;
}

http::RequestHead check_request(const Authority& node, const Configuration& rules) {
  http::RequestHead head;
  head.method = "GET";
  head.target = rules.check_path.empty() ? "/" : rules.check_path;
  head.fields = {
      {"Host", http_forwarding::host_header(node)}, {"User-Agent", "http-balancer (check)"}, {"Connection", "close"}};
  return head;
}

CheckResult result_of(unsigned status, const Configuration& rules) {
  const bool has_passed = rules.check_path.empty() ? status < 500 : status / 100 == 2 || status / 100 == 3;
  return {has_passed, fmt::format("status {}", status)};
}

CheckResult failure(const std::exception& error) { return {false, error.what()}; }

}  // namespace

asio::awaitable<CheckResult> check_node(Loop& loop, Deadlines& deadlines, Authority node, const Configuration& rules) {
  // The file may be read anew meanwhile.
  const Configuration now = rules;
  UpstreamPool pool(loop, deadlines, check_options(now));
  const Time until = loop.now() + now.check_timeout;
  CheckResult result;
  try {
    Upstream upstream = co_await pool.take(node, true);
    http::ClientConnection& connection = upstream.connection();
    Deadline deadline(deadlines, [&connection] { connection.transport().abort(); });
    deadline.set(until);
    connection.begin(check_request(node, now));
    co_await connection.finish();
    bool came = co_await connection.next();
    while (came && connection.response().status < 200 && connection.response().status != 101) {
      came = co_await connection.next();
    }
    if (came) {
      result = result_of(connection.response().status, now);
    } else {
      result.why = "it closed the connection without an answer";
    }
  } catch (const http::Broken& broken) {
    result = failure(broken);
    if (broken.cause() == http::Cause::stopped) result.why = "no answer came in time";
  } catch (const std::exception& error) {
    result = failure(error);
  }
  co_return result;
}

}  // namespace wireproof::http_balancer
