#include "net/happy_eyeballs.hpp"

#include <algorithm>

namespace wireproof {

std::vector<Address> interleaved(const std::vector<Address>& addresses) {
  std::vector<Address> first;
  std::vector<Address> second;
  for (const Address& address : addresses) {
    (address.family() == addresses.front().family() ? first : second).push_back(address);
  }
  std::vector<Address> order;
  for (std::size_t i = 0; i < std::max(first.size(), second.size()); ++i) {
    if (i < first.size()) order.push_back(first[i]);
    if (i < second.size()) order.push_back(second[i]);
  }
  return order;
}

std::optional<std::size_t> HappyEyeballs::next(Time now) {
  if (now < next_deadline()) return std::nullopt;
  due_ = now + delay_;
  return next_++;
}

void HappyEyeballs::connected(std::size_t number) {
  if (!winner_) winner_ = number;
}

void HappyEyeballs::failed(std::size_t number, Time now) {
  ++failures_;
  // The attempts that are still under way do not make the next one wait (RFC 8305, 5).
  if (number < next_) due_ = std::min(due_, now);
}

}  // namespace wireproof
