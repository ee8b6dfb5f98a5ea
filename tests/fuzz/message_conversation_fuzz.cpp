// Any bytes to the message service and from it: over TCP in both framings, cut anywhere, over UDP, and to its client.
// What is counted adds up, answers are exact, nothing grows beyond its limit, and what is printed is safe to print.
// Input: one byte of settings, one of the piece's length, then the bytes.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "command_line/program.hpp"
#include "goals.hpp"
#include "message/datagram_service.hpp"
#include "message/message_client.hpp"
#include "message/message_session.hpp"
#include "serving/dialogue.hpp"
#include "text/utf8.hpp"

namespace {

using namespace wireproof;
using namespace wireproof::message;
using wireproof::fuzz::Goal;

Goal answered("a line over TCP that is answered", 50);
Goal cut("a line that is cut", 15);
Goal ended("a session that its client ends", 3);
Goal heard("a client that hears answers", 20);

void check(bool holds) {
  if (!holds) std::abort();
}

void check_printed(std::string_view text) {
  check(text.size() < 1000);
  while (!text.empty()) {
    const auto character = take_character(text);
    check(character && shows_itself(*character));
  }
}

template <typename Take>
void in_pieces(std::string_view bytes, std::size_t piece, const Take& take) {
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) take(bytes.substr(0, piece));
}

std::string repeated(std::string_view text, std::uint64_t times) {
  std::string all;
  for (std::uint64_t i = 0; i < times; ++i) all += text;
  return all;
}

/// A TCP connection from its first byte to its end; returns what the server sent.
std::string over_tcp(Framing framing, std::size_t limit, std::size_t piece, std::string_view bytes) {
  Tally tally;
  const MessageSink sink = [&](const Message& message) {
    check_printed(described(message));
    check(framing == Framing::recv || message.text.size() <= limit);
  };
  MessageSession session({framing, limit}, tally, sink);
  session.meet("c");
  Dialogue dialogue(session);
  std::string sent;
  const auto send_all = [&] {
    while (dialogue.step() == Dialogue::Step::send) {
      const std::string_view part = dialogue.unsent().substr(0, piece);
      sent += part;
      dialogue.sent(part.size());
    }
  };
  in_pieces(bytes, piece, [&](std::string_view part) {
    if (dialogue.step() != Dialogue::Step::receive) return;
    dialogue.received(part);
    send_all();
  });
  dialogue.peer_ended();
  send_all();
  check(dialogue.step() == Dialogue::Step::close);
  const std::string answer = std::string(kAnswer) + (framing == Framing::line ? "\n" : "");
  check(sent == repeated(answer, tally.received));
  answered.reach(framing == Framing::line && tally.received > 0);
  cut.reach(tally.truncated > 0);
  ended.reach(session.finished());
  check(tally.truncated <= tally.received && tally.bytes == dialogue.bytes_received());
  return sent;
}

void over_udp(std::size_t limit, std::size_t piece, std::string_view bytes) {
  Tally tally;
  DatagramService service(tally, [](const Message& message) { check_printed(described(message)); });
  std::uint64_t datagrams = 0;
  in_pieces(bytes, piece, [&](std::string_view part) {
    service.receive("c", part.substr(0, limit), part.size());
    ++datagrams;
  });
  check(tally.received == datagrams && tally.bytes + service.bytes_cut() == bytes.size());
}

/// A client that is answered anything, whenever: it comes to its end, and sends its input's lines only.
void to_client(ClientOptions options, std::size_t piece, std::string_view bytes) {
  MessageClient client(
      options, [](std::string_view text) { check_printed(printable(text)); }, [](const std::string&) {});
  const std::string_view typed = bytes.substr(0, bytes.size() / 2);
  std::string_view answers = bytes.substr(typed.size());
  std::size_t done = 0;
  Time now{0};
  for (std::size_t steps = 0;; ++steps) {
    check(steps < 10 * bytes.size() + 100);
    now += std::chrono::milliseconds(10);
    const MessageClient::Step step = client.step(now);
    if (step == MessageClient::Step::finish) break;
    if (step == MessageClient::Step::send) {
      if (client.message().size() > 200) {
        client.not_sent("too long");
      } else {
        client.sent(now);
      }
    } else if (step == MessageClient::Step::end_sending) {
      client.sending_ended(now);
    } else if (step == MessageClient::Step::read_input && done < typed.size()) {
      const std::string_view part = typed.substr(done, piece);
      client.typed(part);
      done += part.size();
    } else if (step == MessageClient::Step::read_input) {
      client.input_ended();
    } else if (!answers.empty()) {
      client.answered(answers.substr(0, piece), now);
      answers.remove_prefix(std::min(piece, answers.size()));
    } else if (options.stream) {
      client.peer_ended();
    } else {
      now = client.wake_at();
    }
  }
  heard.reach(client.answers() > 0);
  check(client.answers() <= client.messages_sent());
  check(options.count > 0 || client.bytes_sent() <= typed.size() + 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const unsigned settings = data[0];
  const std::size_t piece = 1 + data[1];
  const std::size_t limit = 1 + settings % 60;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);

  const std::string sent = over_tcp(Framing::line, limit, piece, bytes);
  check(sent == over_tcp(Framing::line, limit, 1, bytes));  // however TCP cuts the stream
  over_tcp(Framing::recv, limit, piece, bytes);
  over_udp(limit, piece, bytes);
  to_client({.stream = (settings & 1) != 0,
             .framing = (settings & 2) != 0 ? Framing::line : Framing::recv,
             .waits = (settings & 4) != 0,
             .patience = 1,
             .count = settings & 8},
            piece, bytes);
  return 0;
}
