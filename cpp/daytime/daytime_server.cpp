#include "daytime/daytime_server.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace wireproof::daytime {
namespace {

/// echo, daytime, quote of the day, character generator, time: RFC 862, 867, 865, 864, 868.
constexpr std::array<std::uint16_t, 5> kServers = {7, 13, 17, 19, 37};

}  // namespace

DaytimeServer::DaytimeServer(Settings settings, Words words, std::uint64_t secret)
    : settings_(std::move(settings)), words_(std::move(words)), limit_(settings_.limit, secret) {}

std::optional<std::vector<std::uint8_t>> DaytimeServer::answer(const Now& now, const Address& from, Bytes datagram) {
  switch (form_of(datagram)) {
    case Form::question:
      return answer_question(now, *decode_question(datagram));
    case Form::strange_question:
      ++counts_.answered;
      ++counts_.unknown;
      return encode(Answer{.status = Status::not_understood,
                           .id = id_of(datagram),
                           .moment = now.clock.utc,
                           .local = {},
                           .quality = now.quality,
                           .zone = {},
                           .text = {}});
    case Form::own_answer:
      ++counts_.ignored;
      return std::nullopt;
    case Form::other:
      break;
  }
  return reply(now, from);
}

std::vector<std::uint8_t> DaytimeServer::answer_question(const Now& now, const Question& question) {
  const std::string& zone = question.zone.empty() ? settings_.zone : question.zone;
  const SoftwareClock::Reading clock = question.moment ? SoftwareClock::Reading{*question.moment} : now.clock;
  const auto time = local(zone, clock);
  ++counts_.answered;
  counts_.unknown += time ? 0 : 1;
  return encode(Answer{.status = time ? Status::known : Status::unknown_zone,
                       .id = question.id,
                       .moment = clock.utc,
                       .local = time.value_or(LocalTime{}),
                       .quality = now.quality,
                       .zone = zone,
                       .text = time ? words_.text(*time) : std::string()});
}

std::optional<std::vector<std::uint8_t>> DaytimeServer::reply(const Now& now, const Address& from) {
  if (is_from_a_server(from)) {
    ++counts_.ignored;
    return std::nullopt;
  }
  if (!limit_.allow(now.elapsed, from)) {
    ++counts_.limited;
    return std::nullopt;
  }
  ++counts_.plain;
  const std::string line = words_.plain(local(settings_.zone, now.clock).value()) + "\r\n";
  return std::vector<std::uint8_t>(line.begin(), line.end());
}

std::optional<LocalTime> DaytimeServer::local(const std::string& zone, const SoftwareClock::Reading& clock) const {
  auto time = words_.local_time(zone, clock.utc);
  if (time && clock.is_leap_second) ++time->second;  // 23:59:60, or what that is there
  return time;
}

bool DaytimeServer::is_from_a_server(const Address& from) const {
  return from.port == settings_.port || std::find(kServers.begin(), kServers.end(), from.port) != kServers.end();
}

}  // namespace wireproof::daytime
