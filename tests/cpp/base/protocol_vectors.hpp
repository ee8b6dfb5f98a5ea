#pragma once
// The test vectors in a specification of docs/protocols.

#include <cstdint>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace wireproof::testing {

/// Of all blocks that begin with "```vector NAME": hexadecimal words, in which "00*5" is five octets.
inline std::map<std::string, std::vector<std::uint8_t>> protocol_vectors(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::map<std::string, std::vector<std::uint8_t>> vectors;
  std::vector<std::uint8_t>* current = nullptr;
  const std::string begin = "```vector ";
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(begin)) {
      current = &vectors[line.substr(begin.size())];
    } else if (line.starts_with("```")) {
      current = nullptr;
    } else if (current != nullptr) {
      std::istringstream words(line);
      for (std::string word; words >> word;) {
        const std::size_t star = word.find('*');
        std::vector<std::uint8_t> octets;
        for (std::size_t i = 0; i < std::min(star, word.size()); i += 2) {
          octets.push_back(static_cast<std::uint8_t>(std::stoul(word.substr(i, 2), nullptr, 16)));
        }
        const unsigned long times = star == std::string::npos ? 1 : std::stoul(word.substr(star + 1));
        for (unsigned long i = 0; i < times; ++i) current->insert(current->end(), octets.begin(), octets.end());
      }
    }
  }
  return vectors;
}

}  // namespace wireproof::testing
