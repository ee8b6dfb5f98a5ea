#pragma once
// The rest of a body that the store does not take any more (it is full, or failed), for those who are reading it: in
// memory, a bounded part at a time. Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof::http_proxy {

/// Here, and only here, the slowest reader holds up the others.
class Spill {
 public:
  /// `from`: how much of the body the store has.
  explicit Spill(std::uint64_t from) : from_(from), begin_(from) {}

  void append(std::string_view piece) { bytes_ += piece; }
  /// The body is complete.
  void end() { has_ended_ = true; }
  /// Whether more may be appended now.
  bool has_room() const { return bytes_.size() < kMost; }
  /// Nobody will read what is before `offset`.
  void forget(std::uint64_t offset);

  /// Whether the body's bytes from `offset` on are, or were, here.
  bool has(std::uint64_t offset) const { return offset >= from_; }
  /// Some of them, until append() or forget(); empty: nothing yet, or the end. Nothing: they were forgotten.
  std::optional<std::string_view> read(std::uint64_t offset) const;
  bool is_end(std::uint64_t offset) const { return has_ended_ && offset == begin_ + bytes_.size(); }

 private:
  static constexpr std::size_t kMost = 256 * 1024;

  std::uint64_t from_;
  std::uint64_t begin_;  ///< of bytes_ in the body
  std::string bytes_;
  bool has_ended_ = false;
};

}  // namespace wireproof::http_proxy
