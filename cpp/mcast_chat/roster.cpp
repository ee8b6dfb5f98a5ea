#include "mcast_chat/roster.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wireproof::mcast_chat {

std::vector<Roster::Entry>::iterator Roster::find(const Address& source, std::string_view name) {
  return std::find_if(members_.begin(), members_.end(),
                      [&](const Entry& entry) { return entry.source == source && entry.name == name; });
}

Roster::Entry& Roster::listed(const Address& source, std::string_view name, Time now, bool& is_new) {
  auto found = find(source, name);
  is_new = found == members_.end();
  if (is_new) {
    if (members_.size() >= capacity_) {
      const auto oldest = std::min_element(members_.begin(), members_.end(), [](const Entry& a, const Entry& b) {
        return a.self != b.self ? b.self : a.last_heard < b.last_heard;
      });
      members_.erase(oldest);
    }
    found = members_.insert(members_.end(), {source, std::string(name)});
  }
  found->last_heard = now;
  return *found;
}

void Roster::add_self(const Address& source, std::string_view name) {
  bool is_new = false;
  listed(source, name, kNever, is_new).self = true;
}

bool Roster::heard(const Address& source, std::string_view name, Time now) {
  bool is_new = false;
  listed(source, name, now, is_new);
  return is_new;
}

bool Roster::promised(const Address& source, std::string_view name, unsigned interval, Time now) {
  bool is_new = false;
  listed(source, name, now, is_new).patience =
      interval > 0 ? std::chrono::seconds(interval) * kIntervalsOfSilence : kNever;
  return is_new;
}

void Roster::remove(const Address& source, std::string_view name) {
  if (const auto found = find(source, name); found != members_.end()) members_.erase(found);
}

std::vector<std::string> Roster::expire(Time now) {
  std::vector<std::string> lost;
  for (const Entry& entry : members_) {
    if (entry.expiry() <= now) lost.push_back(label(entry.source, entry.name));
  }
  std::erase_if(members_, [&](const Entry& entry) { return entry.expiry() <= now; });
  return lost;
}

Time Roster::next_expiry() const {
  Time next = kNever;
  for (const Entry& entry : members_) next = std::min(next, entry.expiry());
  return next;
}

std::string Roster::label(const Address& source, std::string_view name) const {
  const auto first =
      std::find_if(members_.begin(), members_.end(), [&](const Entry& entry) { return entry.name == name; });
  const bool hers = first == members_.end() || first->source.same_host(source);
  return hers ? std::string(name) : fmt::format("{}@{}", name, source.host());
}

std::vector<std::string> Roster::labels() const {
  std::vector<std::string> all;
  for (const Entry& entry : members_) all.push_back(label(entry.source, entry.name));
  return all;
}

}  // namespace wireproof::mcast_chat
