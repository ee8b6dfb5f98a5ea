#pragma once
// How a message of the group is printed. Pure.

#include <string>

#include "hmtp/node_surroundings.hpp"

namespace wireproof::hmtp {

enum class Output {
  lines,  ///< a line each: text whole, what is not text shortened; nothing that moves a terminal
  raw,    ///< the bytes and nothing else
  json    ///< a line each: an object with origin, sequence, size, and text or, when it is not UTF-8, hex
};

/// What is written to standard output for one message.
std::string printed(const Delivery& message, Output output);

/// A sentence for the log, or nothing for what is not worth a line.
std::string sentence(const NodeEvent& event);

}  // namespace wireproof::hmtp
