#include "hmtp/rendezvous_point.hpp"

#include "hmtp/message.hpp"

namespace wireproof::hmtp {

using What = RendezvousEvent::What;

void RendezvousPoint::receive(Time now, const Endpoint& from, std::string_view datagram) {
  advance(now);
  ++counters_.received;
  switch (parse_message(datagram).type) {
    case Type::root:
      ++counters_.asked;
      begin_message(answer_, Type::toor);
      if (root_.is_set()) append_text(answer_, root_);
      surroundings_.send(from, answer_);
      break;
    case Type::rreg:
      register_root(now, from);
      break;
    case Type::leav:
      if (options_.extensions && from == root_) {
        forget(What::left);
      } else {
        ++counters_.unexpected;
      }
      break;
    case Type::malformed:
      ++counters_.malformed;
      break;
    case Type::unknown:
      ++counters_.unknown;
      break;
    default:
      ++counters_.unexpected;
  }
}

void RendezvousPoint::register_root(Time now, const Endpoint& from) {
  if (root_.is_set() && root_ != from) {
    ++counters_.refused;
    surroundings_.send(from, "NREG\n");
    return surroundings_.tell({What::refused, from});
  }
  const bool known = root_.is_set();
  root_ = from;
  expires_ = now + options_.lifetime;
  ++counters_.accepted;
  surroundings_.send(from, "YREG\n");
  surroundings_.tell({known ? What::refreshed : What::registered, from});
}

void RendezvousPoint::advance(Time now) {
  if (root_.is_set() && now >= expires_) forget(What::expired);
}

void RendezvousPoint::forget(What why) {
  const Endpoint root = root_;
  root_ = Endpoint{};
  surroundings_.tell({why, root});
}

void RendezvousPoint::restore(const Endpoint& root, Time expires) {
  root_ = root;
  expires_ = expires;
  surroundings_.tell({What::restored, root});
}

}  // namespace wireproof::hmtp
