#pragma once
// Answers for a reader who may be slow, or gone.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wireproof::wire {

/// Lines to a descriptor that must never be waited for. What the reader has no room for is kept, up to kMostBytes;
/// beyond that whole lines are lost. The descriptor itself stays blocking: others may share it.
class AnswerStream {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{1} << 20;

  explicit AnswerStream(int descriptor) : descriptor_(descriptor) {}

  /// Writes the line, or as much of what is kept as there is room for.
  void add(std::string_view line);
  /// To be called when the descriptor takes more.
  void flush();

  bool waits() const { return !kept_.empty(); }
  /// Lines that were never written.
  std::uint64_t lost() const { return lost_; }
  /// Why nothing can be written any more, an errno value; 0 while it can.
  int error() const { return error_; }

 private:
  bool has_room() const;

  int descriptor_;
  std::string kept_;
  std::uint64_t lost_ = 0;
  int error_ = 0;
};

}  // namespace wireproof::wire
