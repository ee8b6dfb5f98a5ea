#pragma once
// Takes a body out of its framing. Pure; nothing is held but a chunk's line and the trailers.

#include <cstdint>
#include <string>
#include <string_view>

#include "http/framing.hpp"
#include "http/message.hpp"

namespace wireproof::http {

/// Beast has a decoder, too, which waits for whole trailers, bounds neither them nor extensions, and takes a transfer
/// coding that it does not know for no body: it is given heads only.
class BodyDecoder {
 public:
  enum class Part : std::uint8_t {
    more,     ///< all bytes were taken
    piece,    ///< piece() is the next part of the body
    end,      ///< trailers() are complete
    refused,  ///< refusal() tells why
  };

  BodyDecoder() : BodyDecoder(Framing{}, Limits{}) {}
  BodyDecoder(Framing framing, const Limits& limits);

  /// Takes bytes off the front of `bytes`, up to the end of the next part. After `end` none are taken, after `refused`
  /// nothing more may be asked.
  Part next(std::string_view& bytes);
  /// The connection has ended: end, or refused as truncated.
  Part end_of_stream();

  /// A view into the bytes that were given.
  std::string_view piece() const { return piece_; }
  const Fields& trailers() const { return trailers_; }
  const Refusal& refusal() const { return refusal_; }
  bool is_refused() const { return state_ == State::refused; }
  /// Decoded until now.
  std::uint64_t taken() const { return taken_; }

 private:
  enum class State : std::uint8_t { data, chunk_line, chunk_end, trailer, end, refused };

  Part refuse(unsigned status, std::string reason);
  Part take_data(std::string_view& bytes);
  /// Whether the line that ends with CR LF is complete, in line_; `limit` of its bytes.
  bool take_line(std::string_view& bytes);
  Part begin_chunk();
  Part take_trailer();

  Framing framing_;
  Limits limits_;
  State state_;
  std::uint64_t left_ = 0;  ///< of the body, or of the chunk
  std::uint64_t taken_ = 0;
  std::size_t extensions_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::string line_;
  std::string_view piece_;
  Fields trailers_;
  Refusal refusal_;
};

}  // namespace wireproof::http
