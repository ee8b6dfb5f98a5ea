#include "utc/utc_server.hpp"

#include "utc/utc_message.hpp"

namespace wireproof::utc {

std::optional<std::vector<std::uint8_t>> UtcServer::answer(Time now, Time arrived, Bytes datagram,
                                                           const clock_sync::Quality& quality) {
  const auto question = decode_question(datagram);
  if (!question) {
    ++ignored_;
    return std::nullopt;
  }
  ++answered_;
  return encode({.received = clock_.utc(arrived),
                 .answered = clock_.utc(now),
                 .leap = quality.leap,
                 .stratum = quality.stratum,
                 .instance = instance_,
                 .bound = quality.bound},
                *question);
}

}  // namespace wireproof::utc
