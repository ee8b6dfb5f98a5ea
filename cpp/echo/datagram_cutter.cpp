#include "echo/datagram_cutter.hpp"

#include <algorithm>
#include <utility>

namespace wireproof {
namespace {

std::optional<std::string> text_of(std::optional<Line> line) {
  if (!line) return std::nullopt;
  return std::move(line->text);
}

}  // namespace

std::optional<std::string> DatagramCutter::next(std::string_view& bytes) {
  if (!block_) return text_of(lines_.next(bytes));
  const std::string_view part = bytes.substr(0, *block_ - held_.size());
  held_ += part;
  bytes.remove_prefix(part.size());
  if (held_.size() < *block_) return std::nullopt;
  return std::exchange(held_, {});
}

std::optional<std::string> DatagramCutter::rest() {
  if (!block_) return text_of(lines_.rest());
  if (held_.empty()) return std::nullopt;
  return std::exchange(held_, {});
}

}  // namespace wireproof
