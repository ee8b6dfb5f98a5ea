#include "text/line_splitter.hpp"

#include <algorithm>
#include <utility>

#include "text/utf8.hpp"

namespace wireproof {

std::optional<Line> LineSplitter::next(std::string_view& bytes) {
  const std::size_t end = bytes.find('\n');
  const std::string_view part = bytes.substr(0, end);
  // One byte more than the limit is kept: it may be the CR of the line's end.
  const std::string_view kept = part.substr(0, std::min(part.size(), limit_ + 1 - line_.size()));
  line_ += kept;
  overflowed_ = overflowed_ || kept.size() < part.size();
  started_ = started_ || !part.empty();
  if (end == std::string_view::npos) {
    bytes = {};
    return std::nullopt;
  }
  bytes.remove_prefix(end + 1);
  if (!overflowed_ && !line_.empty() && line_.back() == '\r') line_.pop_back();
  return take();
}

std::optional<Line> LineSplitter::rest() {
  if (!started_) return std::nullopt;
  return take();
}

Line LineSplitter::take() {
  Line line{std::exchange(line_, {}), false};
  if (line.text.size() > limit_) {
    line.text.resize(without_cut_sequence(std::string_view(line.text).substr(0, limit_)).size());
    line.cut = true;
  }
  started_ = false;
  overflowed_ = false;
  return line;
}

}  // namespace wireproof
