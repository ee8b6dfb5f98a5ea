#include "rtt/address_list.hpp"

#include <algorithm>
#include <unordered_set>

namespace wireproof::rtt {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";  // which some editors put in front
constexpr std::string_view kBlanks = " \t\r";

std::string_view without_blanks(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

AddressList parse_address_list(std::string_view text) {
  AddressList list;
  std::unordered_set<std::string> known;
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(";\n"), text.size());
    const std::string entry(without_blanks(text.substr(0, end)));
    const bool before_semicolon = end < text.size() && text[end] == ';';
    text.remove_prefix(std::min(end + 1, text.size()));
    if (entry.empty()) {
      list.empty += before_semicolon ? 1 : 0;
    } else {
      (known.insert(entry).second ? list.entries : list.doubles).push_back(entry);
    }
  }
  return list;
}

}  // namespace wireproof::rtt
