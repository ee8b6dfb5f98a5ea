#pragma once
// Lists of addresses as people write them into files (sheet "services", exercise 4). Pure.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof::rtt {

struct AddressList {
  std::vector<std::string> entries;  ///< each once, in their order
  std::vector<std::string> doubles;  ///< what stood there once more
  std::size_t empty = 0;             ///< entries of nothing but blanks before a semicolon
};

/// Entries stand between semicolons or ends of lines; blanks around them do not count.
AddressList parse_address_list(std::string_view text);

}  // namespace wireproof::rtt
