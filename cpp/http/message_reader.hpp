#pragma once
// Bytes of a connection in, messages out, part by part. Pure: no socket, no clock; bodies are not held.

#include <cstdint>
#include <string_view>

#include "http/body_decoder.hpp"
#include "http/framing.hpp"
#include "http/head_collector.hpp"
#include "http/message.hpp"

namespace wireproof::http {

/// The next part of what has come.
enum class Part : std::uint8_t {
  more,     ///< all bytes were taken, and more are needed
  head,     ///< head() and framing() are there
  body,     ///< body() is the next piece
  end,      ///< of the message; trailers() are there, and the next message may follow
  refused,  ///< refusal() tells why; what follows on this connection cannot be understood
};

/// Of requests or responses. RequestReader and ResponseReader are what is used.
template <typename Head>
class MessageReader {
 public:
  explicit MessageReader(const Limits& limits);

  /// Takes bytes off the front of `bytes`, up to the end of the next part.
  Part next(std::string_view& bytes);
  /// The connection has ended: `more` between messages, `end` of a body that lasts until then, or `refused`.
  Part end_of_stream();

  /// May be taken away (moved from).
  Head& head() { return head_; }
  const Framing& framing() const { return framing_; }
  /// A view into the bytes that were given to next().
  std::string_view body() const { return decoder_.piece(); }
  const Fields& trailers() const { return decoder_.trailers(); }
  const Refusal& refusal() const { return refusal_; }
  /// Nothing of the next message has come.
  bool is_idle() const { return !in_body_ && !is_refused_ && collector_.is_idle(); }
  /// Bytes of the body until now, without their framing.
  std::uint64_t body_bytes() const { return decoder_.taken(); }
  /// Whether the body is known to be refused before any of it was asked for: it is too long.
  bool refuses_body() const { return in_body_ && decoder_.is_refused(); }
  /// For the bodies of messages whose heads come from now on; of the message whose head has come, if nothing of its
  /// body was taken.
  void limit_body(std::uint64_t bytes);

 protected:
  Part take_head();
  virtual Outcome<Head> parse(std::string_view head) = 0;
  virtual Outcome<Framing> frame(const Head& head) = 0;
  ~MessageReader() = default;

 private:
  Part refuse(const Refusal& refusal);

  Limits limits_;
  HeadCollector collector_;
  BodyDecoder decoder_;
  Head head_;
  Framing framing_;
  Refusal refusal_;
  bool in_body_ = false;
  bool is_refused_ = false;
};

class RequestReader final : public MessageReader<RequestHead> {
 public:
  explicit RequestReader(const Limits& limits = {}) : MessageReader(limits) {}

 private:
  Outcome<RequestHead> parse(std::string_view head) override;
  Outcome<Framing> frame(const RequestHead& head) override;
};

/// A response of 1xx is a message of its own: head, end; the final one follows (but after 101).
class ResponseReader final : public MessageReader<ResponseHead> {
 public:
  explicit ResponseReader(const Limits& limits = {}) : MessageReader(limits) {}

  /// The method of the request that the next response, or one that has begun with 1xx, answers.
  void expect(std::string_view method) { method_ = method; }

 private:
  Outcome<ResponseHead> parse(std::string_view head) override;
  Outcome<Framing> frame(const ResponseHead& head) override;

  std::string method_ = "GET";
};

}  // namespace wireproof::http
