#pragma once
// Who is in the room, as far as one member has heard. Pure; times are seconds of any clock that does not go back.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof::mcast_chat {

inline constexpr double kNever = std::numeric_limits<double>::infinity();
/// A member is lost when nothing was heard of it for so many of the intervals it promised: one or two keep-alives may
/// get lost.
inline constexpr unsigned kIntervalsOfSilence = 3;

/// Where datagrams come from.
struct Source {
  std::string address;  ///< "10.0.0.1", "fe80::1%h1-eth0"
  std::uint16_t port = 0;

  /// "10.0.0.1:40000", "[fe80::1%h1-eth0]:40000".
  std::string text() const;
  bool operator==(const Source&) const = default;
};

/// Members by source and name, in the order in which they were first heard. It holds `capacity` at most: then the one
/// not heard for longest makes room.
class Roster {
 public:
  explicit Roster(std::size_t capacity = 1000) : capacity_(capacity) {}

  /// Lists the member itself, for ever.
  void add_self(const Source& source, std::string_view name);
  /// Something came from a member that promises nothing new; true when it was not listed before.
  bool heard(const Source& source, std::string_view name, double now);
  /// It promises a sign of life every `interval` seconds, 0: none any more. True when it was not listed before.
  bool promised(const Source& source, std::string_view name, unsigned interval, double now);
  void remove(const Source& source, std::string_view name);

  /// Takes out those that did not keep their promise, and gives their labels.
  std::vector<std::string> expire(double now);
  /// When expire() will next find somebody; kNever.
  double next_expiry() const;

  /// The name; "ana@10.0.0.2" when another host's ana has been listed for longer, so that nobody is taken for her.
  std::string label(const Source& source, std::string_view name) const;
  std::vector<std::string> labels() const;
  std::size_t size() const { return members_.size(); }

 private:
  struct Entry {
    Source source;
    std::string name;
    double last_heard = 0;
    double patience = kNever;  ///< seconds
    bool self = false;

    double expiry() const { return last_heard + patience; }
  };

  std::vector<Entry>::iterator find(const Source& source, std::string_view name);
  Entry& listed(const Source& source, std::string_view name, double now, bool& is_new);

  std::size_t capacity_;
  std::vector<Entry> members_;
};

}  // namespace wireproof::mcast_chat
