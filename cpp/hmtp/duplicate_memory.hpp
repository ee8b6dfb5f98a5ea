#pragma once
// Which messages have been seen, in bounded memory.

#include <array>
#include <cstdint>
#include <vector>

#include "hmtp/fields.hpp"

namespace wireproof::hmtp {

/// Remembers, for each of the kOrigins origins heard last, which of the last kWindow sequence numbers were seen. What
/// is older than the window counts as seen: a message of a known origin is never taken twice.
class DuplicateMemory {
 public:
  static constexpr std::size_t kOrigins = 256;
  static constexpr std::uint64_t kWindow = 512;

  /// True the first time; false for a message seen before, or older than the window.
  bool first_time(const MessageId& id);

  std::size_t origins() const { return origins_.size(); }

  /// For each of the origins heard last, at most `limit`: the number up to which nothing is missing. Origins of which
  /// the first message was not seen are left out: what came before the first that was seen may be missing.
  void list_complete(std::size_t limit, std::vector<MessageId>& list) const;

 private:
  struct Origin {
    std::uint64_t name = 0;
    std::uint64_t first = 0;                         ///< lowest number seen
    std::uint64_t highest = 0;                       ///< highest number seen
    std::uint64_t heard = 0;                         ///< when, in calls
    std::array<std::uint64_t, kWindow / 64> seen{};  ///< bit n % kWindow: whether n, within the window, was seen

    bool test(std::uint64_t n) const { return (seen[n % kWindow / 64] >> n % 64 & 1) != 0; }
    void set(std::uint64_t n) { seen[n % kWindow / 64] |= std::uint64_t{1} << n % 64; }
    void clear(std::uint64_t n) { seen[n % kWindow / 64] &= ~(std::uint64_t{1} << n % 64); }
    std::uint64_t complete() const;
  };
  Origin& origin(const MessageId& id);

  std::vector<Origin> origins_;
  std::uint64_t calls_ = 0;
};

}  // namespace wireproof::hmtp
