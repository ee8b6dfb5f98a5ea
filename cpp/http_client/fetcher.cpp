#include "http_client/fetcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "bytes/decimal.hpp"
#include "command_line/program.hpp"
#include "http_client/authorization.hpp"
#include "http_client/file_name.hpp"
#include "http_client/gunzip.hpp"
#include "loop/clock.hpp"

namespace wireproof::http_client {
namespace {

/// Of a body that nobody wants; for more it is cheaper to connect anew.
constexpr std::uint64_t kMostDrained = 64 * 1024;
constexpr unsigned kMostInterim = 20;

http::Seconds wall_clock() { return std::chrono::floor<http::Seconds>(time_of_day()); }

/// RFC 9110, 9.2.2, of those methods that this program sends.
bool is_idempotent(std::string_view method) { return method != "POST" && method != "PATCH"; }

std::string file_path(const std::string& folder, const std::string& name) {
  return folder.empty() ? name : folder.ends_with('/') ? folder + name : folder + "/" + name;
}

FetchError error_of(const http::Broken& broken, bool head_came, bool is_stalled, Time timeout) {
  const std::string what = broken.what();
  const std::string within = timeout == kNever ? what : fmt::format("{} within {} s", what, in_seconds(timeout));
  switch (broken.cause()) {
    case http::Cause::refused:
      return {Cause::malformed, what};
    case http::Cause::timed_out:
      return {Cause::time_out, within};
    case http::Cause::truncated:
      return {Cause::truncated, what};
    case http::Cause::network:
      return {head_came ? Cause::truncated : Cause::reset, what};
    case http::Cause::stopped:
      break;
  }
  return {is_stalled ? Cause::time_out : Cause::interrupted, what};
}

}  // namespace

Fetcher::Fetcher(Loop& loop, Deadlines& deadlines, FetchOptions options, std::uint64_t seed)
    : loop_(loop),
      deadlines_(deadlines),
      options_(std::move(options)),
      dialer_(loop, deadlines, options_.proxy, options_.timeout),
      log_(options_.log),
      display_(options_.is_quiet),
      retries_(options_.retry, seed, loop.now()),
      request_(options_.request),
      redirects_(request_, options_.redirects),
      report_{.url = request_.url.absolute_form()} {
  report_.final_url = report_.url;
}

void Fetcher::open_destination(const http::Fields* fields) {
  if (destination_ || request_.method == "HEAD") return;
  Destination::Options where = options_.destination;
  if (where.path.empty() || where.path.ends_with('/')) {
    // Of what was asked for: where redirects lead is for others to choose.
    std::string name = file_name_of(options_.request.url);
    if (fields != nullptr && fields->count("Content-Disposition") == 1) {
      name = file_name_of_disposition(fields->value("Content-Disposition")).value_or(name);
    }
    where.path = file_path(where.path, name);
  }
  destination_.emplace(std::move(where));
  resume_ = destination_->resume(report_.url);
}

asio::awaitable<void> Fetcher::run() {
  const Time began = loop_.now();
  std::optional<Time> next = began;
  try {
    if (!options_.names_by_server) open_destination(nullptr);
  } catch (const FetchError& error) {
    report_.cause = error.cause();
    report_.message = error.what();
    next.reset();
  }
  while (next) {
    report_.cause.reset();
    failed_ = {.is_idempotent = is_idempotent(request_.method), .was_sent = false};
    head_came_ = false;
    before_ = destination_ ? destination_->size() : 0;
    try {
      co_await attempt();
    } catch (const FetchError& error) {
      report_.cause = error.cause();
      report_.message = error.what();
    } catch (const http::Broken& broken) {
      const FetchError error = error_of(broken, head_came_, false, options_.timeout);
      report_.cause = error.cause();
      report_.message = error.what();
    } catch (const Failure& failure) {
      report_.cause = Cause::file;
      report_.message = fmt::format("{}: {}", word_of(Cause::file), failure.what());
    }
    display_.end();
    if (!report_.cause) break;
    failed_.cause = *report_.cause;
    failed_.has_progress = destination_ && destination_->size() > before_;
    next = retries_.next(loop_.now(), failed_);
    if (!next) break;
    ++report_.attempts;
    // What came is gone on with, where the server can be asked for the rest.
    if (destination_) resume_ = destination_->resume(report_.url);
    say("{}; trying again in {:.1f} s", report_.message, in_seconds(*next - loop_.now()));
    asio::steady_timer timer(loop_.context(), *next - loop_.now());
    boost::system::error_code ignored;
    co_await timer.async_wait(into(ignored));
  }
  if (report_.cause) {
    if (!retries_.given_up().empty()) report_.message += "; " + retries_.given_up();
    const bool may_go_on = *report_.cause != Cause::oversized && *report_.cause != Cause::encoding;
    const std::string left = destination_ ? destination_->leave(may_go_on) : "";
    if (!left.empty()) report_.message += "; " + left;
  }
  report_.took = loop_.now() - began;
}

void Fetcher::interrupt(const std::string& words) {
  display_.end();
  report_.cause = Cause::interrupted;
  report_.message = fmt::format("{}: {}", word_of(Cause::interrupted), words);
  const std::string left = destination_ ? destination_->leave(true) : "";
  if (!left.empty()) report_.message += "; " + left;
}

asio::awaitable<void> Fetcher::attempt() {
  // A co_await in a loop's condition is miscompiled by GCC 12.
  for (Next next = Next::again; next == Next::again;) next = co_await exchange();
}

http::RequestHead Fetcher::head() const {
  const bool via_proxy = dialer_.proxy().has_value();
  http::RequestHead head;
  head.method = request_.method;
  head.target = via_proxy ? request_.url.absolute_form() : request_.url.origin_form();
  head.fields.add("Host", request_.url.host_header());
  head.fields.add("User-Agent", "wireproof-http-client");
  head.fields.add("Accept", "*/*");
  head.fields.add("Accept-Encoding", options_.takes_gzip && resume_.offset() == 0 ? "gzip" : "identity");
  if (request_.url.credentials) head.fields.add("Authorization", basic_authorization(*request_.url.credentials));
  if (via_proxy && dialer_.proxy()->credentials) {
    head.fields.add("Proxy-Authorization", basic_authorization(*dialer_.proxy()->credentials));
  }
  if (request_.method == "GET") resume_.add_to(head.fields);
  for (const http::Field& field : request_.fields) head.fields.erase(field.name);
  for (const http::Field& field : request_.fields) head.fields.add(field.name, field.value);
  return head;
}

asio::awaitable<void> Fetcher::send(http::ClientConnection& connection) {
  http::RequestHead request = head();
  const http::Framing framing = request_.body ? http::Framing::of_length(request_.body->size()) : http::Framing{};
  http::frame(request.fields, framing);
  log_.request(request);
  failed_.was_sent = true;
  connection.begin(std::move(request), framing);
  try {
    if (request_.body) co_await connection.write(*request_.body);
    co_await connection.finish();
  } catch (const http::Broken& broken) {
    // A server may answer, and close, before it has read all; its answer counts.
    if (broken.cause() != http::Cause::network) throw;
  }
}

/// Whether an answer has begun.
asio::awaitable<bool> Fetcher::take_head(Dialed& dialed) {
  for (unsigned interim = 0; interim <= kMostInterim; ++interim) {
    if (!co_await dialed.connection->next()) co_return false;
    const http::ResponseHead& response = dialed.connection->response();
    log_.response(response);
    if (response.status == 101) throw FetchError(Cause::malformed, "101 Switching Protocols, which was not asked for");
    if (response.status >= 200) co_return true;
  }
  throw FetchError(Cause::malformed, fmt::format("more than {} answers of 1xx", kMostInterim));
}

/// The connection, with the answer's head.
asio::awaitable<Dialed> Fetcher::ask() {
  for (bool is_new = false;; is_new = true) {
    Dialed dialed = co_await dialer_.dial(request_.url, is_new);
    log_.connected(fmt::format("{} {} at {}{}{}", request_.method, request_.url.absolute_form(),
                               dialer_.proxy() ? "the proxy " : "", dialed.peer,
                               dialed.is_reused ? ", on the same connection" : ""));
    bool is_answered = false;
    try {
      co_await send(*dialed.connection);
      is_answered = co_await take_head(dialed);
    } catch (const http::Broken& broken) {
      if (!dialed.is_reused || broken.cause() != http::Cause::network) throw;
    }
    if (is_answered) co_return dialed;
    // A server may have given up a connection that is used again (RFC 9112, 9.3.1).
    if (!dialed.is_reused || !failed_.is_idempotent) {
      throw FetchError(Cause::truncated, fmt::format("{} closed the connection without an answer", dialed.peer));
    }
  }
}

asio::awaitable<Fetcher::Next> Fetcher::exchange() {
  Dialed dialed = co_await ask();
  head_came_ = true;
  report_.status = dialed.connection->response().status;
  report_.final_url = request_.url.absolute_form();
  report_.hops.push_back({request_.method, report_.final_url, dialed.peer, report_.status});
  co_return co_await judge(std::move(dialed));
}

asio::awaitable<Fetcher::Next> Fetcher::judge(Dialed dialed) {
  const http::ResponseHead response = dialed.connection->response();
  const std::string reason = escaped(response.reason.empty() ? http::reason_of(response.status) : response.reason);
  if (Redirects::is_one(response.status)) {
    auto next = redirects_.follow(request_, response.status, response.fields);
    if (auto* const stop = std::get_if<Stop>(&next)) throw FetchError(stop->cause, stop->words);
    co_await drain(std::move(dialed));
    request_ = std::get<Request>(std::move(next));
    report_.redirects = redirects_.followed();
    failed_.is_idempotent = is_idempotent(request_.method);
    head_came_ = false;
    co_return Next::again;
  }
  if (request_.method == "HEAD") {
    const char minor = response.version == http::Version::http10 ? '0' : '1';
    print_line(log_text("", fmt::format("HTTP/1.{} {} {}", minor, response.status, reason), response.fields));
    if (response.status / 100 == 2) co_return Next::done;
  } else {
    switch (resume_.meaning_of(response)) {
      case Resume::Meaning::whole:
        co_await take_whole(dialed);
        co_return Next::done;
      case Resume::Meaning::rest:
        report_.resumed_at = resume_.offset();
        co_await take_body(dialed, resume_.total());
        if (destination_->size() != resume_.total()) {
          throw FetchError(Cause::truncated,
                           fmt::format("{} bytes of {} came", destination_->size(), *resume_.total()));
        }
        finish();
        co_return Next::done;
      case Resume::Meaning::complete:
        report_.resumed_at = resume_.offset();
        finish();
        co_return Next::done;
      case Resume::Meaning::again:
        co_await drain(std::move(dialed));
        head_came_ = false;
        co_return Next::again;
      case Resume::Meaning::wrong:
        throw FetchError(Cause::malformed, "206 Partial Content, of which no part was asked for");
      case Resume::Meaning::other:
        break;
    }
  }
  failed_.status = response.status;
  failed_.retry_after = retry_after(response.fields, wall_clock());
  throw FetchError(Cause::status, fmt::format("{} {} ({})", response.status, reason, report_.final_url));
}

asio::awaitable<void> Fetcher::take_whole(Dialed& dialed) {
  const http::ResponseHead& response = dialed.connection->response();
  open_destination(&response.fields);
  destination_->begin_anew(facts_of(response));
  report_.resumed_at = 0;
  const http::Framing& framing = dialed.connection->response_framing();
  const bool is_told = framing.kind == http::Framing::Kind::length;
  co_await take_body(dialed, is_told ? std::optional(framing.length) : std::nullopt);
  finish();
}

void Fetcher::finish() {
  destination_->finish();
  report_.file = destination_->path();
  report_.size = destination_->size();
}

std::optional<PartFacts> Fetcher::facts_of(const http::ResponseHead& head) const {
  // The rest of what is coded cannot be put behind what was decoded.
  if (request_.method != "GET" || head.status != 200 || head.fields.has("Content-Encoding")) return std::nullopt;
  const std::string validator = strong_validator(head.fields, wall_clock());
  if (validator.empty()) return std::nullopt;
  PartFacts facts{report_.url, validator};
  facts.total = parse_decimal(head.fields.value("Content-Length"));
  return facts;
}

asio::awaitable<std::string_view> Fetcher::next_piece(Dialed& dialed) {
  bool is_stalled = false;
  Deadline stall(deadlines_, [&] {
    is_stalled = true;
    dialed.connection->transport().abort();
  });
  if (options_.timeout != kNever) stall.set(loop_.now() + options_.timeout);
  try {
    co_return co_await dialed.connection->body();
  } catch (const http::Broken& broken) {
    if (!is_stalled) throw;
    throw FetchError(Cause::time_out, fmt::format("{}: nothing of the body came within {} s", dialed.peer,
                                                  in_seconds(options_.timeout)));
  }
}

void Fetcher::check_size(std::uint64_t bytes) const {
  if (bytes <= options_.longest) return;
  throw FetchError(Cause::oversized, fmt::format("the body has {} bytes at least, and {} are taken (--max-size)", bytes,
                                                 options_.longest));
}

void Fetcher::put(std::string_view bytes) {
  check_size(destination_->size() + bytes.size());
  destination_->write(bytes);
}

void Fetcher::take_piece(std::string_view piece) {
  report_.received += piece.size();
  if (!gunzip_) return put(piece);
  if (!gunzip_->decode(piece, [this](std::string_view bytes) { put(bytes); })) {
    throw FetchError(Cause::encoding, "the body is no gzip, or damaged");
  }
}

asio::awaitable<void> Fetcher::take_body(Dialed& dialed, std::optional<std::uint64_t> total) {
  const std::string& shown = destination_->path();
  const std::string name = shown == "-" ? file_name_of(options_.request.url) : shown;
  const http::Fields& fields = dialed.connection->response().fields;
  const Coding coding = coding_of(fields, name);
  if (coding == Coding::unknown) {
    throw FetchError(Cause::encoding, fmt::format("Content-Encoding is {}, which is not known here",
                                                  printable(*fields.joined("Content-Encoding"))));
  }
  if (total) check_size(*total);
  gunzip_.reset();
  if (coding == Coding::gzip) {
    gunzip_.emplace();
    total.reset();  // of what comes, not of the file
  }
  display_.begin(shown == "-" ? "standard output" : shown, destination_->size(), total, loop_.now());
  for (;;) {
    const std::string_view piece = co_await next_piece(dialed);
    if (piece.empty()) break;
    take_piece(piece);
    display_.at(loop_.now(), destination_->size());
  }
  display_.end();
  log_.trailers(dialed.connection->response_trailers());
  if (gunzip_ && !gunzip_->is_complete()) throw FetchError(Cause::truncated, "the end of the gzip is missing");
}

asio::awaitable<void> Fetcher::drain(Dialed dialed) {
  std::uint64_t drained = 0;
  try {
    while (drained <= kMostDrained) {
      const std::string_view piece = co_await next_piece(dialed);
      if (piece.empty()) break;
      drained += piece.size();
    }
  } catch (const Failure&) {
    // Nobody wanted it.
    co_return;
  }
  dialer_.keep(std::move(dialed));
}

}  // namespace wireproof::http_client
