#include "http_server/server.hpp"

#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "command_line/program.hpp"
#include "net/asio_address.hpp"

namespace wireproof::http_server {

using http::Broken;
using http::Cause;
using http::Framing;

namespace {

/// Of a file: less goes in one packet with the head, more by sendfile(2).
constexpr std::uint64_t kRead = 16 * 1024;

http::Seconds seconds_now() { return std::chrono::floor<http::Seconds>(time_of_day()); }

/// `length` bytes of a file; fewer when it has become shorter.
std::string part_of(const File& file, std::uint64_t offset, std::uint64_t length) {
  std::string bytes(length, '\0');
  std::size_t got = 0;
  while (got < length) {
    const ssize_t part = ::pread(file.descriptor, bytes.data() + got, length - got, static_cast<off_t>(offset + got));
    if (part < 0 && errno == EINTR) continue;
    if (part <= 0) break;
    got += static_cast<std::size_t>(part);
  }
  bytes.resize(got);
  return bytes;
}

}  // namespace

JsonObject json_of(const Counters& counters) {
  JsonObject statuses;
  for (std::size_t digit = 2; digit < counters.statuses.size(); ++digit) {
    statuses.add(fmt::format("{}xx", digit), counters.statuses[digit]);
  }
  JsonObject object;
  add_to(object, counters.connections);
  object.add("body_bytes", counters.body_bytes).add_object("statuses", statuses);
  return object;
}

Server::Server(Loop& loop, const StopSignals& signals, const http_serving::ServingOptions& options, const Site& site,
               http_serving::LogFile* log)
    : site_(site),
      log_(log),
      deadlines_(loop),
      connections_(loop, deadlines_, signals, options, *this),
      chance_(std::random_device{}()) {}

void Server::run() {
  connections_.run();
  if (log_ != nullptr) log_->flush();
}

Counters Server::counters() const {
  Counters all = counters_;
  all.connections = connections_.counters();
  return all;
}

http::ResponseHead Server::with_date(http::ResponseHead head) {
  const http::Seconds now = seconds_now();
  if (now != dated_) {
    dated_ = now;
    date_ = http::http_date(now);
  }
  head.fields.add("Date", date_);
  return head;
}

// These two are no coroutines: GCC 12 destroys some temporaries of braces twice there (GCC bug 102217).
Answer Server::made(const http::RequestHead& request) {
  Moment moment{seconds_now()};
  if (request.fields.has("Range")) moment.boundary = fmt::format("{:016x}{:016x}", chance_(), chance_());
  return site_.answer(request, moment);
}

http_serving::Access Server::access_of(const http::RequestHead& request, const Address& client, unsigned status) const {
  http_serving::Access access{.client = client.host(), .status = status};
  if (log_ == nullptr || request.method.empty()) return access;
  access.request_line = http_serving::request_line(request);
  access.referer = request.fields.value("Referer");
  access.user_agent = request.fields.value("User-Agent");
  return access;
}

asio::awaitable<void> Server::answer(http::ServerConnection& connection, const Address& client) {
  const http::RequestHead& request = connection.request();
  // A body that nobody wants is read before the answer, so that one that is malformed gets the answer it deserves;
  // where the client asks first (100-continue), it need not be sent at all.
  if (connection.has_unread_body() && !request.fields.has("Expect")) {
    while (!(co_await connection.body()).empty()) {
    }
  }
  const Answer answer = made(request);
  http_serving::Access access = access_of(request, client, answer.head.status);
  const std::uint64_t before = connection.body_sent();
  std::optional<Broken> broken;
  try {
    co_await send(connection, answer);
  } catch (const Broken& error) {
    broken = error;
  }
  access.bytes = connection.body_sent() - before;
  note(std::move(access));
  if (broken) throw *broken;
}

asio::awaitable<void> Server::send(http::ServerConnection& connection, const Answer& answer) {
  connection.begin(with_date(answer.head), Framing::of_length(answer.size()));
  for (const Piece& piece : answer.pieces) {
    if (!connection.sends_body()) break;
    if (!piece.file) {
      co_await connection.put_or_write(piece.text);
    } else if (piece.length <= kRead) {
      const std::string bytes = part_of(*piece.file, piece.offset, piece.length);
      co_await connection.put_or_write(bytes);
      if (bytes.size() != piece.length) {
        throw Broken(Cause::truncated, "a file became shorter while it was sent");
      }
    } else {
      co_await connection.send_file(piece.file->descriptor, piece.offset, piece.length);
    }
  }
  co_await connection.finish();
}

asio::awaitable<void> Server::refuse(http::ServerConnection& connection, const Address& client, http::Refusal refusal) {
  const Answer page = site_.error(refusal.status, refusal.reason);
  const std::uint64_t before = connection.body_sent();
  const bool was_answered = co_await connection.refuse(with_date(page.head), page.pieces.front().text);
  if (!was_answered) co_return;
  http_serving::Access access = access_of(http::RequestHead(), client, refusal.status);
  access.bytes = connection.body_sent() - before;
  note(std::move(access));
}

void Server::note(http_serving::Access access) {
  ++counters_.statuses[std::min<std::size_t>(access.status / 100, counters_.statuses.size() - 1)];
  counters_.body_bytes += access.bytes;
  if (log_ == nullptr) return;
  access.time = seconds_now();
  log_->add(http_serving::log_line(access));
}

}  // namespace wireproof::http_server
