#include "hmtp/outbox.hpp"

#include <algorithm>
#include <utility>

namespace wireproof::hmtp {

void Outbox::add(Time now, std::uint64_t sequence, std::string datagram) {
  bytes_ += datagram.size();
  entries_.push_back({sequence, now, now, false, std::move(datagram)});
  while (entries_.size() > options_.outbox || bytes_ > kMostBytes) drop_oldest();
  flush(now);
}

void Outbox::drop_oldest() {
  const Entry& oldest = entries_.front();
  ++(oldest.sent ? counters_.unconfirmed : counters_.dropped);
  using What = NodeEvent::What;
  surroundings_.tell({oldest.sent ? What::message_unconfirmed : What::message_dropped, {}, oldest.sequence});
  bytes_ -= oldest.datagram.size();
  entries_.pop_front();
}

void Outbox::root_told(Time now, const Endpoint& root) {
  root_ = root == options_.self ? Endpoint{} : root;  // we are not it, whatever the rendezvous point believes
  told_at_ = now;
  if (root_.is_set()) {
    ask_at_ = kNever;
    asked_ = 0;
  } else if (!entries_.empty()) {
    ask_at_ = now + options_.rest;
    asked_ = 0;
  }
  flush(now);
}

std::optional<std::string> Outbox::remove(std::uint64_t sequence) {
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& entry) { return entry.sequence == sequence; });
  if (found == entries_.end()) return std::nullopt;
  std::string datagram = std::move(found->datagram);
  bytes_ -= datagram.size();
  entries_.erase(found);
  if (entries_.empty()) {
    ask_at_ = kNever;
    asked_ = 0;
  }
  schedule();
  return datagram;
}

void Outbox::advance(Time now) {
  if (now >= next_) flush(now);
}

void Outbox::ask(Time now) {
  surroundings_.send(options_.rendezvous, "ROOT\n");
  ++asked_;
  const bool silent = asked_ % options_.tries == 0;
  if (silent) surroundings_.tell({NodeEvent::What::rendezvous_silent, options_.rendezvous, options_.tries});
  ask_at_ = now + options_.answer_timeout + (silent ? options_.rest : Time{0});
}

void Outbox::flush(Time now) {
  while (!entries_.empty() && entries_.front().sent && now - entries_.front().since >= options_.resend_for)
    drop_oldest();
  if (entries_.empty()) {
    ask_at_ = kNever;
    return schedule();
  }
  if (ask_at_ != kNever) {
    if (now >= ask_at_) ask(now);
    return schedule();
  }
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (entry->due > now) {
      ++entry;
      continue;
    }
    // A message that did not come back may have met a root that is no more.
    const bool fresh = root_.is_set() && now - told_at_ < options_.root_cache &&
                       (!entry->sent || told_at_ > entry->due - options_.resend);
    if (!fresh) {
      ask(now);
      break;
    }
    surroundings_.send(root_, entry->datagram);
    ++counters_.sent_to_root;
    if (options_.extensions) {
      entry->sent = true;
      entry->due = now + options_.resend;
      ++entry;
    } else {
      bytes_ -= entry->datagram.size();
      entry = entries_.erase(entry);
    }
  }
  schedule();
}

void Outbox::schedule() {
  next_ = ask_at_;
  if (ask_at_ != kNever) return;
  for (const Entry& entry : entries_) next_ = std::min(next_, entry.due);
}

std::deque<Outbox::Entry> Outbox::take() {
  bytes_ = 0;
  ask_at_ = kNever;
  asked_ = 0;
  next_ = kNever;
  return std::exchange(entries_, {});
}

}  // namespace wireproof::hmtp
