#include "serving/dialogue.hpp"

namespace wireproof {

Dialogue::Dialogue(Session& session, bool settles)
    : session_(session), answer_(session.opening()), settled_(!settles) {}

Dialogue::Step Dialogue::step() const {
  if (done_ < answer_.size()) return Step::send;
  if (peer_ended_) return settled_ ? Step::close : Step::settle;
  return session_.finished() ? Step::discard : Step::receive;
}

void Dialogue::received(std::string_view bytes) {
  received_ += bytes.size();
  answer_.clear();
  done_ = 0;
  session_.receive(bytes, answer_);
}

void Dialogue::peer_ended() {
  peer_ended_ = true;
  answer_ = session_.finished() ? std::string() : session_.closing();
  done_ = 0;
}

}  // namespace wireproof
