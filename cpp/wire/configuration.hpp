#pragma once
// What the whole link is to be, now and later: both directions, the schedule, and changes from outside.

#include <boost/json/object.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/settings_json.hpp"

namespace wireproof::wire {

enum class Side { forward, backward };
constexpr std::array<Side, 2> kSides = {Side::forward, Side::backward};
constexpr std::string_view name_of(Side side) { return side == Side::forward ? "forward" : "backward"; }

/// {"seed": n, "both": {…}, "forward": {…}, "backward": {…}, "schedule": [{"at": s, "until": s, "direction": …, …}]}.
/// A direction's own keys come over those of "both". A scheduled change without "until" is for good; one with it lies
/// over what is set, and is taken off again at its end. null takes a key away.
///
/// Everything is checked when it is made or changed, the whole schedule included: what is accepted cannot fail later.
class Configuration {
 public:
  static constexpr std::size_t kMaxText = 1 << 20;
  static constexpr std::size_t kMaxSchedule = 1000;

  /// Throws SettingsError.
  Configuration(const boost::json::object& document, TraceReader read_trace);

  std::uint64_t seed() const { return seed_; }
  /// What holds at present.
  Settings settings(Side side) const;
  boost::json::object in_effect(Side side) const;

  /// Time of the next scheduled change, since the start; kNever when none is left.
  nanoseconds next_change() const;
  /// Makes that change.
  void advance();

  /// Keys of a direction, and "direction": "forward", "backward" or "both" (the default), merged into what is set.
  /// Throws SettingsError, with nothing changed, also when a scheduled change would become impossible.
  void set(const boost::json::object& patch);

 private:
  struct Entry {
    nanoseconds at{0};
    std::optional<nanoseconds> until = std::nullopt;
    std::array<bool, 2> sides{};
    boost::json::object keys;
  };
  struct Change {
    nanoseconds at{0};
    bool begins = false;
    std::size_t entry = 0;
  };

  void add_entry(const boost::json::value& value, const std::string& place);
  void check_now(const std::string& place) const;
  void check_schedule() const;
  void note_rules(const std::array<bool, 2>& sides, const boost::json::object& keys);
  void merge(const std::array<bool, 2>& sides, const boost::json::object& keys);

  TraceReader read_trace_;
  std::uint64_t seed_ = 1;
  std::array<boost::json::object, 2> base_;
  std::array<std::uint64_t, 2> rules_set_{};  ///< how often "lose" was set, or changed by the schedule
  std::vector<Entry> schedule_;
  std::vector<Change> changes_;      ///< in the order of time
  std::size_t done_ = 0;             ///< changes made
  std::vector<std::size_t> active_;  ///< entries that will be taken off
};

/// The JSON object in `text`. Throws SettingsError "…: not JSON: …" or when it is longer than kMaxText.
boost::json::object parse_object(std::string_view text, const std::string& place);

}  // namespace wireproof::wire
