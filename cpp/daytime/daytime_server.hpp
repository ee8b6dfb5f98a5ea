#pragma once
// What a daytime server answers. Pure but for the zones, which are handed in.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "clock_sync/quality.hpp"
#include "daytime/daytime_message.hpp"
#include "daytime/rate_limit.hpp"
#include "net/address.hpp"
#include "software_clock/software_clock.hpp"

namespace wireproof::daytime {

class DaytimeServer {
 public:
  struct Settings {
    std::string zone = "UTC";  ///< the server's own; there must be one of that name
    std::uint16_t port = kPort;
    RateLimit::Options limit = {};  ///< of RFC 867's replies
  };
  struct Words {
    std::function<std::optional<LocalTime>(const std::string& zone, Time utc)> local_time;
    std::function<std::string(const LocalTime&)> text;   ///< in the server's locale
    std::function<std::string(const LocalTime&)> plain;  ///< RFC 867's line, of ASCII, without its end
  };
  struct Counts {
    std::uint64_t answered = 0;  ///< questions of our own protocol
    std::uint64_t unknown = 0;   ///< of these, for a zone that there is not, or not understood
    std::uint64_t plain = 0;     ///< RFC 867's replies
    std::uint64_t limited = 0;   ///< datagrams without a reply, for their number
    std::uint64_t ignored = 0;   ///< datagrams that a server sent
  };
  struct Now {
    Time elapsed{0};
    SoftwareClock::Reading clock;
    clock_sync::Quality quality;
  };

  /// `secret`: a number that nobody can guess.
  DaytimeServer(Settings settings, Words words, std::uint64_t secret);

  /// The answer to a datagram, if there is one. That to a question of our own protocol is as long as the question.
  std::optional<std::vector<std::uint8_t>> answer(const Now& now, const Address& from, Bytes datagram);

  const Counts& counts() const { return counts_; }

 private:
  std::vector<std::uint8_t> answer_question(const Now& now, const Question& question);
  std::optional<std::vector<std::uint8_t>> reply(const Now& now, const Address& from);
  std::optional<LocalTime> local(const std::string& zone, const SoftwareClock::Reading& clock) const;
  /// Whether it comes from where servers answer whatever comes: they would reply to each other for ever.
  bool is_from_a_server(const Address& from) const;

  Settings settings_;
  Words words_;
  RateLimit limit_;
  Counts counts_;
};

}  // namespace wireproof::daytime
