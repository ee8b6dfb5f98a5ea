#include "mcast_chat/member.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "text/utf8.hpp"

namespace wireproof::mcast_chat {
namespace {

/// Bytes of a line that is not sent that are quoted to its writer.
constexpr std::size_t kQuoted = 40;

std::string counted(std::uint64_t number, std::string_view thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

}  // namespace

std::uint64_t Member::Counts::all_dropped() const {
  return std::accumulate(dropped.begin(), dropped.end(), std::uint64_t{0});
}

Member::Member(Settings settings, Effects effects) : settings_(std::move(settings)), effects_(std::move(effects)) {
  roster_.add_self(settings_.self, settings_.name);
}

std::error_code Member::send(const Message& message, Time now) {
  const std::error_code error = effects_.send(encode(message));
  if (error) return error;
  ++counts_.sent;
  if (settings_.keep_alive > 0) next_alive_ = now + std::chrono::seconds(settings_.keep_alive);
  return {};
}

std::error_code Member::join(Time now) {
  const std::error_code error =
      send({.type = Type::join, .name = settings_.name, .interval = settings_.keep_alive}, now);
  if (error) return error;
  state_ = State::inside;
  effects_.show(fmt::format("* {} joined", settings_.name));
  return {};
}

void Member::typed(const Line& line, Time now) {
  if (state_ != State::inside || line.text.empty()) return;
  const std::size_t longest = longest_text(settings_.name);
  std::optional<std::string> fault = text_fault(line.text);
  if (line.cut || line.text.size() > longest) {
    fault = line.cut ? fmt::format("it is longer than {} bytes", longest)
                     : fmt::format("it has {} bytes, a datagram has room for {}", line.text.size(), longest);
  }
  if (!fault) {
    const std::error_code error = send({.type = Type::text, .name = settings_.name, .text = line.text}, now);
    if (!error) return effects_.show(fmt::format("<{}> {}", settings_.name, shown(line.text)));
    fault = error.message();
  }
  ++counts_.not_sent;
  const bool whole = line.text.size() <= kQuoted;
  const std::string_view start = without_cut_sequence(std::string_view(line.text).substr(0, kQuoted));
  effects_.tell(fmt::format("not sent: {}: '{}'", *fault, whole ? shown(line.text) : shown(start) + "…"));
}

void Member::received(const Address& from, std::string_view bytes, Time now) {
  if (state_ != State::inside) return;
  if (from == settings_.self) {
    ++counts_.own;
    return;
  }
  const Received content = decode(bytes);
  if (const auto* const fault = std::get_if<Fault>(&content)) {
    ++counts_.dropped[static_cast<std::size_t>(*fault)];
    return;
  }
  ++counts_.received;
  if (const auto* const message = std::get_if<Message>(&content)) return take(from, *message, now);
  effects_.show(fmt::format("[{}] {}", name_of(from), shown(std::get<PlainText>(content).text)));
}

void Member::take(const Address& from, const Message& message, Time now) {
  switch (message.type) {
    case Type::join:
      if (roster_.promised(from, message.name, message.interval, now)) {
        effects_.show(fmt::format("* {} joined", roster_.label(from, message.name)));
      }
      break;
    case Type::alive:
      if (roster_.promised(from, message.name, message.interval, now)) {
        effects_.show(fmt::format("* {} is here", roster_.label(from, message.name)));
      }
      break;
    case Type::text:
      roster_.heard(from, message.name, now);
      effects_.show(fmt::format("<{}> {}", roster_.label(from, message.name), shown(message.text)));
      break;
    case Type::leave:
      effects_.show(fmt::format("* {} left", roster_.label(from, message.name)));
      roster_.remove(from, message.name);
      break;
  }
}

void Member::advance(Time now) {
  if (state_ != State::inside) return;
  for (const std::string& label : roster_.expire(now)) effects_.show(fmt::format("* {} has gone silent", label));
  if (now < next_alive_) return;
  next_alive_ = now + std::chrono::seconds(settings_.keep_alive);
  const std::error_code error =
      send({.type = Type::alive, .name = settings_.name, .interval = settings_.keep_alive}, now);
  if (error && !std::exchange(told_silence_, true)) {
    effects_.tell(fmt::format("no sign of life could be sent: {}", error.message()));
  }
  if (!error) told_silence_ = false;
}

Time Member::wake_at() const { return state_ == State::inside ? std::min(next_alive_, roster_.next_expiry()) : kNever; }

std::error_code Member::leave() {
  if (std::exchange(state_, State::left) != State::inside) return {};
  const std::error_code error = send({.type = Type::leave, .name = settings_.name}, Time(0));
  if (!error) effects_.show(fmt::format("* {} left", settings_.name));
  return error;
}

std::string Member::summary() const {
  std::string text = fmt::format("sent {}, received {}", counted(counts_.sent, "datagram"), counts_.received);
  if (counts_.not_sent > 0) text += fmt::format("; {} not sent", counted(counts_.not_sent, "line"));
  if (counts_.all_dropped() > 0) {
    std::vector<std::string> kinds;
    for (std::size_t i = 0; i < kFaults; ++i) {
      if (counts_.dropped[i] > 0) {
        kinds.push_back(fmt::format("{} {}", counts_.dropped[i], described(static_cast<Fault>(i))));
      }
    }
    text += fmt::format("; dropped {}: {}", counts_.all_dropped(), fmt::join(kinds, ", "));
  }
  return text;
}

std::string Member::members() const { return fmt::format("in the room: {}", fmt::join(roster_.labels(), ", ")); }

}  // namespace wireproof::mcast_chat
