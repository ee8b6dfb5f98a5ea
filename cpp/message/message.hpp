#pragma once
// What a message is in the transport lab, over TCP and over UDP. Pure.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof::message {

inline constexpr std::uint16_t kPort = 12800;
inline constexpr std::string_view kAnswer = "Message received";
inline constexpr std::string_view kEnd = "end";  ///< the message that ends a session, after its answer

/// Where a message ends in a TCP stream, which itself knows no messages.
enum class Framing {
  recv,  ///< what one recv returns is one message: right as long as each side waits for the other's answer
  line,  ///< a message ends with LF or CR LF, and so does an answer: right however TCP cuts the stream
};

/// A message as a server received it.
struct Message {
  std::string_view client;              ///< "10.0.0.1:40000"
  std::string_view text;                ///< what was received
  bool truncated = false;               ///< more was sent than received
  std::optional<std::size_t> length{};  ///< of a truncated message, as sent, when that is known; bytes
};

using MessageSink = std::function<void(const Message&)>;

/// "received 50 of 565 bytes from 10.0.0.1:40000: Sometimes …", safe to print on a terminal.
std::string described(const Message& message);

/// `text` without one LF or CR LF at its end, as netcat and telnet send it.
std::string_view without_line_end(std::string_view text);

/// Whether it is kEnd, with or without an end of line.
bool ends_session(std::string_view text);

/// The message number `index` (from 1) of a series: `size` bytes of printable ASCII that tell the number.
std::string numbered_message(std::uint64_t index, std::size_t size);

}  // namespace wireproof::message
