#include "hmtp_simulation/delivery_watch.hpp"

#include "bytes/decimal.hpp"

namespace wireproof::hmtp::simulation {

std::string DeliveryWatch::add(const Start& origin, std::uint64_t identifier, std::vector<Start> audience,
                               bool demanded) {
  messages_.push_back({origin, identifier, std::nullopt, std::move(audience), demanded});
  return std::to_string(messages_.size() - 1);
}

std::optional<std::string> DeliveryWatch::delivered(const Start& process, const Delivery& delivery, bool as_root) {
  ++deliveries_;
  const std::string_view payload = delivery.payload;
  const auto known = parse_decimal(payload);
  if (!known || *known >= messages_.size() || messages_[*known].identifier != delivery.id.origin) {
    return name_of(process.host) + " has printed a message that nobody sent";
  }
  const std::size_t number = *known;
  std::vector<bool>& printed = printed_[process];
  if (printed.size() <= number) printed.resize(messages_.size());
  if (printed[number]) return name_of(process.host) + " has printed message " + std::to_string(number) + " twice";
  printed[number] = true;
  if (as_root) messages_[number].root = process;
  return std::nullopt;
}

bool DeliveryWatch::printed(const Start& process, std::size_t message) const {
  const auto found = printed_.find(process);
  return found != printed_.end() && message < found->second.size() && found->second[message];
}

}  // namespace wireproof::hmtp::simulation
