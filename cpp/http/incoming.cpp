#include "http/incoming.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "text/utf8.hpp"

namespace wireproof::http {
namespace {

constexpr std::size_t kBuffer = 32 * 1024;

Time later(Time time, Time patience) { return patience == kNever ? kNever : time + patience; }

}  // namespace

template <typename Reader>
void Incoming<Reader>::refuse(const Refusal& refusal, Cause cause) {
  throw Broken(cause, fmt::format("{}: {}", transport_.peer(), refusal.reason), refusal);
}

template <typename Reader>
asio::awaitable<Part> Incoming<Reader>::next_part(Time until) {
  for (;;) {
    // The end of a body may need no further byte.
    if (in_message_ || !bytes_.empty()) {
      const Part part = reader_.next(bytes_);
      if (part == Part::refused) refuse(reader_.refusal(), Cause::refused);
      if (part != Part::more) co_return part;
    }
    if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(kBuffer);
    const std::size_t length = co_await transport_.read_some({buffer_.get(), kBuffer}, until);
    if (length == 0) {
      has_ended_ = true;
      const Part part = reader_.end_of_stream();
      if (part == Part::refused) refuse(reader_.refusal(), Cause::truncated);
      co_return part;
    }
    bytes_ = {buffer_.get(), length};
  }
}

template <typename Reader>
asio::awaitable<bool> Incoming<Reader>::next() {
  if (has_ended_) co_return false;
  if (bytes_.empty()) {
    buffer_.reset();
    try {
      co_await transport_.readable(later(transport_.loop().now(), timeouts_.idle));
    } catch (const Broken& broken) {
      if (broken.cause() != Cause::timed_out) throw;
      if (kIsServer) co_return false;
      refuse({504, "no answer came in time"}, Cause::timed_out);
    }
  }
  const Part part = co_await next_part(later(transport_.loop().now(), timeouts_.head));
  if (part == Part::more) co_return false;
  in_message_ = reader_.framing().kind != Framing::Kind::none && reader_.framing() != Framing::of_length(0);
  if (!in_message_) reader_.next(bytes_);  // which is Part::end
  waited_ = Time(0);
  co_return true;
}

template <typename Reader>
std::optional<std::string_view> Incoming<Reader>::body_at_hand() {
  if (!in_message_) return std::string_view();
  const Part part = reader_.next(bytes_);
  if (part == Part::refused) refuse(reader_.refusal(), Cause::refused);
  if (part == Part::more) return std::nullopt;
  if (part == Part::body) return reader_.body();
  in_message_ = false;
  return std::string_view();
}

template <typename Reader>
asio::awaitable<std::string_view> Incoming<Reader>::body() {
  if (const auto piece = body_at_hand()) co_return *piece;
  const Time began = transport_.loop().now();
  const Time left = timeouts_.body == kNever ? kNever : timeouts_.body - waited_;
  Time until = later(began, left);
  if (until != kNever) until += std::chrono::seconds(reader_.body_bytes() / kSlowestBody);
  const Part part = co_await next_part(std::min(until, later(began, timeouts_.silence)));
  waited_ += transport_.loop().now() - began;
  if (part == Part::body) co_return reader_.body();
  in_message_ = false;
  co_return std::string_view();
}

template <typename Reader>
asio::awaitable<void> Incoming<Reader>::linger() {
  // A sender that does not stop is left after a while, and after so many bytes.
  std::uint64_t most = 16 * 1024 * 1024;
  bytes_ = {};
  if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(kBuffer);
  try {
    const Time until = transport_.loop().now() + timeouts_.linger;
    while (!has_ended_ && most > 0) {
      const std::size_t length = co_await transport_.read_some({buffer_.get(), kBuffer}, until);
      has_ended_ = length == 0;
      most -= std::min<std::uint64_t>(most, length);
    }
  } catch (const Failure&) {
  }
}

template <typename Reader>
std::string Incoming<Reader>::take_rest() {
  return std::string(std::exchange(bytes_, {}));
}

template class Incoming<RequestReader>;
template class Incoming<ResponseReader>;

}  // namespace wireproof::http
