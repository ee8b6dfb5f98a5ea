#pragma once
// The messages that a peer sends, as they come.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "http/message_reader.hpp"
#include "http/transport.hpp"

namespace wireproof::http {

/// How long what may take.
struct Timeouts {
  Time idle = std::chrono::seconds(60);   ///< until a message begins
  Time head = std::chrono::seconds(10);   ///< from its first byte to the end of its header
  Time body = std::chrono::seconds(30);   ///< waited for a body in all, beyond a rate of kSlowestBody
  Time silence = kNever;                  ///< for nothing of a body, however much came before
  Time write = std::chrono::seconds(30);  ///< for nothing that goes
  Time linger = std::chrono::seconds(2);  ///< for the peer's end, after an answer to what was not read
};

/// Bytes a second of a body; who sends fewer for longer than Timeouts::body is left. Time that the reader took for
/// other things (for handing on what came, to somebody slow) does not count.
inline constexpr std::uint64_t kSlowestBody = 512;

/// RequestReader or ResponseReader. All that waits throws Broken; after that the connection cannot be used to read.
template <typename Reader>
class Incoming {
 public:
  Incoming(Transport& transport, const Limits& limits, const Timeouts& timeouts)
      : transport_(transport), timeouts_(timeouts), reader_(limits) {}

  Reader& reader() { return reader_; }
  auto& head() { return reader_.head(); }

  /// The next head. False when the connection ended where one could have begun; of requests also when none began within
  /// Timeouts::idle, while a response that does not is Broken.
  asio::awaitable<bool> next();
  /// The next piece of the body, until the next call; empty at its end.
  asio::awaitable<std::string_view> body();
  /// Likewise, without waiting; nothing where it would have to.
  std::optional<std::string_view> body_at_hand();
  /// Whether all of the message was taken, or none has begun.
  bool is_complete() const { return !in_message_; }
  /// Whether something came behind the message.
  bool has_rest() const { return !in_message_ && !bytes_.empty(); }
  /// Whether the peer's end has come.
  bool has_ended() const { return has_ended_; }
  /// Waits for the peer's end, and drops what comes until then, so that a reset does not overtake what was written to
  /// it. Never throws.
  asio::awaitable<void> linger();
  /// What was read behind the message: of a tunnel. It is taken away.
  std::string take_rest();

 private:
  static constexpr bool kIsServer = std::is_same_v<Reader, RequestReader>;

  asio::awaitable<Part> next_part(Time until);
  [[noreturn]] void refuse(const Refusal& refusal, Cause cause);

  Transport& transport_;
  Timeouts timeouts_;
  Reader reader_;
  std::unique_ptr<char[]> buffer_;  ///< none while nothing is there: idle connections are many
  std::string_view bytes_;          ///< in it, not yet taken
  bool in_message_ = false;
  bool has_ended_ = false;
  Time waited_{0};  ///< for the body
};

}  // namespace wireproof::http
