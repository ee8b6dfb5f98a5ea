#include "http_server/server.hpp"

#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <memory>
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
  object.add("connections", counters.connections)
      .add("most_at_once", counters.most_at_once)
      .add("requests", counters.requests)
      .add("refused", counters.refused)
      .add("timed_out", counters.timed_out)
      .add("broken", counters.broken)
      .add("displaced", counters.displaced)
      .add("body_bytes", counters.body_bytes)
      .add_object("statuses", statuses);
  return object;
}

Server::Server(Loop& loop, const StopSignals& signals, const ServerOptions& options, const Site& site, LogFile* log)
    : loop_(loop),
      signals_(signals),
      options_(options),
      site_(site),
      log_(log),
      listener_(open_listener(loop.context(), options.where)),
      deadlines_(loop),
      grace_(deadlines_, [this] { cut_off(); }),
      left_(loop.context()),
      chance_(std::random_device{}()) {}

Address Server::address() const { return address_of(listener_.local_endpoint()); }

void Server::run() {
  loop_.each_readable(signals_.descriptor(), [this] { stop(); });
  loop_.spawn(accept());
  loop_.run();
  if (log_ != nullptr) log_->flush();
}

void Server::stop() {
  const int number = signals_.take();
  if (is_stopping_) {
    cut_off();
    return;
  }
  is_stopping_ = true;
  boost::system::error_code ignored;
  listener_.close(ignored);
  const auto running = static_cast<std::size_t>(std::count_if(
      connections_.begin(), connections_.end(), [](const Connection* connection) { return !connection->is_idle(); }));
  say("{}: closing the listener; {} answers are running", signal_name(number), running);
  if (connections_.empty()) {
    loop_.stop();
    return;
  }
  for (Connection* connection : connections_) {
    if (connection->is_idle()) {
      connection->transport().abort();
    } else {
      connection->set_last();
    }
  }
  grace_.set(loop_.now() + options_.grace);
}

/// Each ends by itself, when its wait is over.
void Server::cut_off() {
  for (Connection* connection : connections_) {
    if (!connection->transport().is_aborted()) ++cut_off_;
    connection->transport().reset();
  }
}

asio::awaitable<void> Server::accept() {
  while (!is_stopping_) {
    if (connections_.size() >= options_.most_connections) {
      // Room is made once somebody waits for it.
      boost::system::error_code error;
      co_await listener_.async_wait(tcp::acceptor::wait_read, into(error));
      if (connections_.size() >= options_.most_connections && !is_stopping_) {
        close_an_idle_one();
        co_await left_.next();
      }
      continue;
    }
    auto client = co_await accept_client(listener_);
    if (!client) co_return;
    loop_.spawn(attend(std::move(*client)));
  }
}

/// Whoever has no request under way makes room for who waits.
void Server::close_an_idle_one() {
  // The one at the front has been there longest.
  for (Connection* connection : connections_) {
    if (!connection->is_idle() || connection->transport().is_aborted()) continue;
    connection->transport().abort();
    ++counters_.displaced;
    return;
  }
}

asio::awaitable<void> Server::attend(tcp::socket socket) {
  boost::system::error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) co_return;  // it has gone already
  const Address client = address_of(peer);
  Connection connection(std::make_unique<http::Transport>(loop_, deadlines_, std::move(socket), name_of(client)),
                        options_.limits, options_.timeouts);
  const auto place = connections_.insert(connections_.end(), &connection);
  ++counters_.connections;
  counters_.most_at_once = std::max<std::uint64_t>(counters_.most_at_once, connections_.size());
  co_await converse(connection, client.host());
  leave(place);
}

void Server::leave(Connections::iterator place) {
  connections_.erase(place);
  left_.happen();
  if (is_stopping_ && connections_.empty()) loop_.stop();
}

asio::awaitable<void> Server::converse(Connection& connection, const std::string& client) {
  std::optional<Broken> broken;
  try {
    while (co_await connection.next()) {
      if (is_stopping_) connection.set_last();
      co_await answer(connection, client);
    }
  } catch (const Broken& error) {
    broken = error;
  } catch (const std::exception& error) {
    // Whatever it is, it is one client's.
    say_line(error.what());
  }
  if (broken) co_await refuse(connection, client, *broken);
  co_await connection.close();
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

Access Server::access_of(const http::RequestHead& request, const std::string& client, unsigned status) const {
  Access access{.client = client, .status = status};
  if (log_ == nullptr || request.method.empty()) return access;
  access.request_line = request_line(request);
  access.referer = request.fields.value("Referer");
  access.user_agent = request.fields.value("User-Agent");
  return access;
}

asio::awaitable<void> Server::answer(Connection& connection, const std::string& client) {
  const http::RequestHead& request = connection.request();
  ++counters_.requests;
  // A body that nobody wants is read before the answer, so that one that is malformed gets the answer it deserves;
  // where the client asks first (100-continue), it need not be sent at all.
  if (connection.has_unread_body() && !request.fields.has("Expect")) {
    while (!(co_await connection.body()).empty()) {
    }
  }
  const Answer answer = made(request);
  Access access = access_of(request, client, answer.head.status);
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

asio::awaitable<void> Server::send(Connection& connection, const Answer& answer) {
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

asio::awaitable<void> Server::refuse(Connection& connection, const std::string& client, const Broken& broken) {
  if (broken.cause() == Cause::stopped) co_return;
  if (broken.cause() == Cause::timed_out) ++counters_.timed_out;
  if (broken.cause() == Cause::network || broken.cause() == Cause::truncated) ++counters_.broken;
  if (broken.cause() == Cause::timed_out && connection.has_begun()) connection.transport().reset();
  if (broken.cause() == Cause::network || connection.has_begun()) co_return;
  const http::Refusal& refusal = broken.refusal();
  const Answer page = site_.error(refusal.status, refusal.reason);
  const std::uint64_t before = connection.body_sent();
  const bool was_answered = co_await connection.refuse(with_date(page.head), page.pieces.front().text);
  if (!was_answered) co_return;
  if (broken.cause() == Cause::refused) ++counters_.refused;
  Access access = access_of(http::RequestHead(), client, refusal.status);
  access.bytes = connection.body_sent() - before;
  note(std::move(access));
}

void Server::note(Access access) {
  ++counters_.statuses[std::min<std::size_t>(access.status / 100, counters_.statuses.size() - 1)];
  counters_.body_bytes += access.bytes;
  if (log_ == nullptr) return;
  access.time = seconds_now();
  log_->add(log_line(access));
}

}  // namespace wireproof::http_server
