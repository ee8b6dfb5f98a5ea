// The test vectors of docs/protocols/rtt.md, read from the document itself.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <charconv>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "rtt/message.hpp"

namespace wireproof::rtt {
namespace {

struct Vector {
  std::string octets;   ///< as written
  std::string meaning;  ///< as written
};

std::vector<Vector> vectors_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<Vector> vectors;
  std::string line;
  while (std::getline(file, line) && line != "```vectors") continue;
  while (std::getline(file, line) && line != "```") {
    if (line.empty()) continue;
    Vector vector{line, {}};
    std::getline(file, vector.meaning);
    vectors.push_back(vector);
  }
  return vectors;
}

std::vector<std::uint8_t> octets_of(const std::string& text) {
  std::vector<std::uint8_t> octets;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (word.ends_with("..")) {
      octets.resize(octets.size() + std::stoul(word));
      continue;
    }
    EXPECT_EQ(word.size() % 2, 0U) << word;
    for (std::size_t i = 0; i + 1 < word.size(); i += 2) {
      std::uint8_t octet = 0;
      const auto [end, error] = std::from_chars(word.data() + i, word.data() + i + 2, octet, 16);
      EXPECT_EQ(end, word.data() + i + 2) << word;
      octets.push_back(octet);
    }
  }
  return octets;
}

std::string text_of(const Message& message) {
  const std::string begin =
      fmt::format("length={} session={} sequence={}", message.length, message.session, message.sequence);
  if (message.type == Type::probe) return "PROBE " + begin;
  return fmt::format("{} {} received={} since={} memory={} arrived={} answered={}",
                     message.type == Type::reply ? "REPLY" : "REPEAT", begin, message.received, message.since,
                     message.memory, message.arrived.count(), message.answered.count());
}

TEST(Vectors, OfTheSpecificationHold) {
  std::size_t messages = 0;
  std::size_t faults = 0;
  for (const Vector& vector : vectors_of(RTT_SPECIFICATION)) {
    const auto octets = octets_of(vector.octets);
    const auto read = decode(octets);
    if (const auto* const message = std::get_if<Message>(&read)) {
      EXPECT_EQ(text_of(*message), vector.meaning) << vector.octets;
      EXPECT_EQ(encode(*message), octets) << vector.octets;
      ++messages;
    } else {
      EXPECT_EQ(described(std::get<Fault>(read)), vector.meaning) << vector.octets;
      ++faults;
    }
  }
  EXPECT_EQ(messages, 4U);
  EXPECT_EQ(faults, 7U);
}

}  // namespace
}  // namespace wireproof::rtt
