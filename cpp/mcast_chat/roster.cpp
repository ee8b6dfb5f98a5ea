#include "mcast_chat/roster.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wireproof::mcast_chat {

std::string Source::text() const {
  return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, port)
                                                : fmt::format("[{}]:{}", address, port);
}

std::vector<Roster::Entry>::iterator Roster::find(const Source& source, std::string_view name) {
  return std::find_if(members_.begin(), members_.end(),
                      [&](const Entry& entry) { return entry.source == source && entry.name == name; });
}

Roster::Entry& Roster::listed(const Source& source, std::string_view name, double now, bool& is_new) {
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

void Roster::add_self(const Source& source, std::string_view name) {
  bool is_new = false;
  listed(source, name, kNever, is_new).self = true;
}

bool Roster::heard(const Source& source, std::string_view name, double now) {
  bool is_new = false;
  listed(source, name, now, is_new);
  return is_new;
}

bool Roster::promised(const Source& source, std::string_view name, unsigned interval, double now) {
  bool is_new = false;
  listed(source, name, now, is_new).patience = interval > 0 ? interval * kIntervalsOfSilence : kNever;
  return is_new;
}

void Roster::remove(const Source& source, std::string_view name) {
  if (const auto found = find(source, name); found != members_.end()) members_.erase(found);
}

std::vector<std::string> Roster::expire(double now) {
  std::vector<std::string> lost;
  for (const Entry& entry : members_) {
    if (entry.expiry() <= now) lost.push_back(label(entry.source, entry.name));
  }
  std::erase_if(members_, [&](const Entry& entry) { return entry.expiry() <= now; });
  return lost;
}

double Roster::next_expiry() const {
  double next = kNever;
  for (const Entry& entry : members_) next = std::min(next, entry.expiry());
  return next;
}

std::string Roster::label(const Source& source, std::string_view name) const {
  const auto first =
      std::find_if(members_.begin(), members_.end(), [&](const Entry& entry) { return entry.name == name; });
  const bool hers = first == members_.end() || first->source.address == source.address;
  return hers ? std::string(name) : fmt::format("{}@{}", name, source.address);
}

std::vector<std::string> Roster::labels() const {
  std::vector<std::string> all;
  for (const Entry& entry : members_) all.push_back(label(entry.source, entry.name));
  return all;
}

}  // namespace wireproof::mcast_chat
