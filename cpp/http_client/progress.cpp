#include "http_client/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "text/utf8.hpp"

namespace wireproof::http_client {
namespace {

using namespace std::chrono_literals;

constexpr Time kDrawEvery = 100ms;
constexpr Time kTellEvery = 1s;
constexpr Time kWindow = 5s;  ///< of the rate

}  // namespace

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  constexpr std::array<char, 6> kPrefixes = {'k', 'M', 'G', 'T', 'P', 'E'};
  auto value = static_cast<double>(bytes) / 1000;
  std::size_t prefix = 0;
  for (; value >= 999.95 && prefix + 1 < kPrefixes.size(); ++prefix) value /= 1000;
  return fmt::format("{:.1f} {}B", value, kPrefixes[prefix]);
}

std::string duration_text(Time time) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(std::max(time, Time(0))).count();
  const auto hours = seconds / 3600;
  return hours == 0 ? fmt::format("{}:{:02}", seconds / 60, seconds % 60)
                    : fmt::format("{}:{:02}:{:02}", hours, seconds / 60 % 60, seconds % 60);
}

Progress::Progress(Style style, std::string name, std::uint64_t offset, std::optional<std::uint64_t> total, Time now)
    : style_(style), name_(std::move(name)), bytes_(offset), total_(total), told_(now), samples_{{now, offset}} {}

std::optional<std::string> Progress::at(Time now, std::uint64_t bytes, std::size_t columns) {
  bytes_ = bytes;
  if (now - told_ < (style_ == Style::line ? kDrawEvery : kTellEvery)) return std::nullopt;
  told_ = now;
  samples_.push_back({now, bytes});
  // One from before the window stays, so that the window is full.
  while (samples_.size() > 2 && now - samples_[1].time >= kWindow) samples_.pop_front();
  return line(now, columns);
}

double Progress::rate(Time now) const {
  const Sample& first = samples_.front();
  if (now <= first.time || bytes_ <= first.bytes) return 0;
  return static_cast<double>(bytes_ - first.bytes) / in_seconds(now - first.time);
}

std::string Progress::line(Time now, std::size_t columns) const {
  const double speed = rate(now);
  std::string facts = size_text(bytes_);
  if (total_) facts += fmt::format(" of {}", size_text(*total_));
  if (total_ && *total_ > 0)
    facts += fmt::format(
        ", {} %", static_cast<int>(std::min(100.0, 100 * static_cast<double>(bytes_) / static_cast<double>(*total_))));
  facts += fmt::format(", {}/s", size_text(static_cast<std::uint64_t>(speed)));
  if (total_ && *total_ > bytes_) {
    constexpr double kLongest = 360000;
    const double left = speed > 0 ? static_cast<double>(*total_ - bytes_) / speed : kLongest;
    facts += left < kLongest ? fmt::format(", {} left", duration_text(time_of(left))) : ", stalled";
  }
  if (style_ == Style::sentences) return fmt::format("{}: {}", name_, facts);

  // NAME [=====>    ] facts; first the bar goes, then the name, where the terminal is narrow.
  const std::size_t width = std::max<std::size_t>(columns, 20) - 1;
  std::string text;
  constexpr std::size_t kShortestBar = 10;
  constexpr std::size_t kLongestBar = 40;
  const std::string name = std::string(without_cut_sequence(std::string_view(name_).substr(0, 24)));
  const std::size_t used = name.size() + 1 + facts.size();
  if (used <= width) text = name + ' ';
  if (total_ && *total_ > 0 && used + kShortestBar + 3 <= width) {
    const std::size_t bar = std::min(width - used - 3, kLongestBar);
    const auto full = static_cast<std::size_t>(
        static_cast<double>(bar) * std::min(1.0, static_cast<double>(bytes_) / static_cast<double>(*total_)));
    text += '[' + std::string(full, '=') + std::string(bar - full, ' ') + "] ";
  }
  text += facts;
  return text.substr(0, width);
}

}  // namespace wireproof::http_client
