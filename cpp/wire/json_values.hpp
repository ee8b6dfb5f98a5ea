#pragma once
// Values of JSON members, each with its own strict check and its own sentence when it is wrong.

#include <boost/json/object.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "wire/time.hpp"

namespace wireproof::wire {

/// The members of one object. Every function takes a key, gives nothing where it is absent or null, and throws
/// SettingsError "place.key: 5x is no …" when its value is wrong.
class Members {
 public:
  Members(const boost::json::object& object, std::string place) : object_(object), place_(std::move(place)) {}

  bool has(std::string_view key) const { return find(key) != nullptr; }
  const boost::json::value* find(std::string_view key) const;

  std::optional<double> rate(std::string_view key) const;
  std::optional<nanoseconds> time(std::string_view key) const;
  std::optional<double> probability(std::string_view key) const;
  std::optional<double> number(std::string_view key, double least, double most) const;
  std::optional<std::uint64_t> whole_number(std::string_view key, std::uint64_t least, std::uint64_t most) const;
  std::optional<bool> flag(std::string_view key) const;
  std::optional<std::string> text(std::string_view key) const;
  /// An object in turn, whose keys must be among `possible`.
  std::optional<Members> object(std::string_view key, std::initializer_list<std::string_view> possible) const;

  const boost::json::object& members() const { return object_; }
  /// "forward.delay", for messages.
  std::string name_of(std::string_view key) const;
  [[noreturn]] void fail(std::string_view key, std::string_view sentence) const;
  /// "… : VALUE is no WHAT".
  [[noreturn]] void refuse(std::string_view key, std::string_view what) const;
  /// Throws unless all keys are among `possible`, which the message lists.
  void allow_only(std::span<const std::string_view> possible) const;
  void allow_only(std::initializer_list<std::string_view> possible) const {
    allow_only(std::span<const std::string_view>(possible.begin(), possible.size()));
  }

 private:
  const boost::json::object& object_;
  std::string place_;
};

}  // namespace wireproof::wire
