#pragma once
// Takes the coding gzip off a body, piece by piece (RFC 1952; RFC 9110, 8.4.1.3), in fixed memory. Pure.

#include <array>
#include <functional>
#include <memory>
#include <string_view>

struct z_stream_s;

namespace wireproof::http_client {

class Gunzip {
 public:
  Gunzip();

  /// Decodes `bytes`, and gives what comes of them to `take` in pieces of at most 64 KiB; what that throws comes
  /// through, so that an expansion can be bounded. False: they are no gzip, or broken.
  bool decode(std::string_view bytes, const std::function<void(std::string_view)>& take);

  /// Whether the bytes until now are whole: of one member or of several (RFC 1952, 2.2), checksums included.
  bool is_complete() const { return between_members_ && has_member_; }

 private:
  struct End {
    void operator()(z_stream_s* stream) const;
  };

  std::unique_ptr<z_stream_s, End> stream_;
  std::array<char, 64 * 1024> output_{};
  bool between_members_ = true;
  bool has_member_ = false;
};

}  // namespace wireproof::http_client
