#pragma once
// Who is in the room, as far as one member has heard. Pure.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "loop/time.hpp"
#include "net/address.hpp"

namespace wireproof::mcast_chat {

/// A member is lost when nothing was heard of it for so many of the intervals it promised: one or two keep-alives may
/// get lost.
inline constexpr unsigned kIntervalsOfSilence = 3;

/// Members by source and name, in the order in which they were first heard. It holds `capacity` at most: then the one
/// not heard for longest makes room.
class Roster {
 public:
  explicit Roster(std::size_t capacity = 1000) : capacity_(capacity) {}

  /// Lists the member itself, for ever.
  void add_self(const Address& source, std::string_view name);
  /// Something came from a member that promises nothing new; true when it was not listed before.
  bool heard(const Address& source, std::string_view name, Time now);
  /// It promises a sign of life every `interval` seconds, 0: none any more. True when it was not listed before.
  bool promised(const Address& source, std::string_view name, unsigned interval, Time now);
  void remove(const Address& source, std::string_view name);

  /// Takes out those that did not keep their promise, and gives their labels.
  std::vector<std::string> expire(Time now);
  /// When expire() will next find somebody; kNever.
  Time next_expiry() const;

  /// The name; "ana@10.0.0.2" when another host's ana has been listed for longer, so that nobody is taken for her.
  std::string label(const Address& source, std::string_view name) const;
  std::vector<std::string> labels() const;
  std::size_t size() const { return members_.size(); }

 private:
  struct Entry {
    Address source;
    std::string name;
    Time last_heard{0};
    Time patience = kNever;
    bool self = false;

    Time expiry() const { return self || patience == kNever ? kNever : last_heard + patience; }
  };

  std::vector<Entry>::iterator find(const Address& source, std::string_view name);
  Entry& listed(const Address& source, std::string_view name, Time now, bool& is_new);

  std::size_t capacity_;
  std::vector<Entry> members_;
};

}  // namespace wireproof::mcast_chat
