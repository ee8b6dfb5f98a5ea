#pragma once
// What is due in a simulated run, the earliest first; of one time, what was added first.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "hmtp/time.hpp"
#include "hmtp_simulation/host.hpp"

namespace wireproof::hmtp::simulation {

struct Event {
  enum class Kind : std::uint8_t {
    datagram,  ///< `number` (of EventQueue's text) arrives from `from` at `host`
    wake,      ///< a timer of `host`
    action,    ///< `number` of the plan
    calm,      ///< the last failure was
    settled,   ///< the last datagram of before that has arrived
    whole,     ///< the bound is over
    epilogue,  ///< a message after that
    end
  };
  Time at{0};
  std::uint32_t added = 0;
  std::uint32_t number = 0;
  Host host = 0;
  Host from = 0;
  Kind kind = Kind::end;
};

class EventQueue {
 public:
  void add(Event event) {
    event.added = added_++;
    heap_.push_back(event);
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  bool empty() const { return heap_.empty(); }
  Event take() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Event event = heap_.back();
    heap_.pop_back();
    return event;
  }

  /// Texts of datagrams; their memory is used again.
  std::uint32_t keep(std::string_view text) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(texts_.size()));
      texts_.emplace_back();
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    texts_[number] = text;
    return number;
  }
  /// Ends the text's place; what is returned lives until `text` is changed.
  void release(std::uint32_t number, std::string& text) {
    std::swap(texts_[number], text);
    free_.push_back(number);
  }

 private:
  static bool later(const Event& left, const Event& right) {
    return left.at != right.at ? left.at > right.at : left.added > right.added;
  }

  std::vector<Event> heap_;
  std::uint32_t added_ = 0;
  std::vector<std::string> texts_;
  std::vector<std::uint32_t> free_;
};

}  // namespace wireproof::hmtp::simulation
