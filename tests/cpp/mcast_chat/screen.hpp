#pragma once
// What a terminal shows of the bytes that are written to it: the few of its functions that line editing uses.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "text/utf8.hpp"

namespace wireproof::mcast_chat::testing {

/// `width` columns, any number of rows; characters are one column wide. Wraps as terminals do: the character behind the
/// last column goes to the next row.
class Screen {
 public:
  explicit Screen(std::size_t width) : width_(width) {}

  void write(std::string_view bytes) {
    pending_ += bytes;
    std::string_view rest = pending_;
    while (take(rest)) {
    }
    pending_ = std::string(rest);
  }

  /// The rows up to the cursor's or the last that is not empty, without spaces at their ends.
  std::vector<std::string> rows() const {
    std::vector<std::string> all;
    for (const auto& row : cells_) {
      std::string text;
      for (const std::string& cell : row) text += cell;
      text.erase(text.find_last_not_of(' ') + 1);
      all.push_back(text);
    }
    return all;
  }
  std::string text() const {
    std::string all;
    for (const std::string& row : rows()) all += row + '\n';
    return all;
  }
  /// What this does not know and so did not do.
  const std::vector<std::string>& unknown() const { return unknown_; }

 private:
  /// Takes one character or sequence off; false when none is complete.
  bool take(std::string_view& rest) {
    if (rest.empty()) return false;
    const char first = rest.front();
    if (first == '\x1b') return take_sequence(rest);
    if (static_cast<unsigned char>(first) < 0x20) {
      control(first);
      rest.remove_prefix(1);
      return true;
    }
    const std::size_t length = utf8_length(rest);
    if (length == 0) {
      if (rest.size() < 4) return false;
      unknown_.emplace_back(rest.substr(0, 1));
      rest.remove_prefix(1);
      return true;
    }
    put(rest.substr(0, length));
    rest.remove_prefix(length);
    return true;
  }

  bool take_sequence(std::string_view& rest) {
    if (rest.size() < 2) return false;
    if (rest[1] != '[') {
      unknown_.emplace_back(rest.substr(0, 2));
      rest.remove_prefix(2);
      return true;
    }
    const std::size_t end = rest.find_first_not_of("0123456789;?", 2);
    if (end == std::string_view::npos) return false;
    const std::string_view digits = rest.substr(2, end - 2);
    const std::size_t number = digits.empty() || digits.front() == '?' ? 1 : std::stoul(std::string(digits));
    sequence(rest[end], number, digits.empty(), rest.substr(0, end + 1));
    rest.remove_prefix(end + 1);
    return true;
  }

  void control(char byte) {
    if (byte == '\r') column_ = 0;
    if (byte == '\n') ++row_;
    if (byte == '\b' && column_ > 0) --column_;
    if (byte != '\r' && byte != '\n' && byte != '\b' && byte != '\a') unknown_.emplace_back(1, byte);
  }

  void sequence(char function, std::size_t number, bool plain, std::string_view whole) {
    std::vector<std::string>& row = line();
    switch (function) {
      case 'A':
        row_ -= std::min(row_, number);
        break;
      case 'B':
        row_ += number;
        break;
      case 'C':
        column_ = std::min(column_ + number, width_ - 1);
        break;
      case 'D':
        column_ -= std::min(column_, number);
        break;
      case 'G':
        column_ = number - 1;
        break;
      case 'J':
        if (!plain) return unknown_.emplace_back(whole), void();
        cells_.resize(row_ + 1);
        [[fallthrough]];
      case 'K':
        if (!plain) return unknown_.emplace_back(whole), void();
        row.resize(std::min(row.size(), column_));
        break;
      case 'P':
        for (; number > 0 && column_ < row.size(); --number)
          row.erase(row.begin() + static_cast<std::ptrdiff_t>(column_));
        break;
      case '@':
        for (; number > 0; --number) row.insert(row.begin() + static_cast<std::ptrdiff_t>(column_), " ");
        row.resize(std::min(row.size(), width_));
        break;
      case 'm':
        break;
      default:
        unknown_.emplace_back(whole);
    }
  }

  std::vector<std::string>& line() {
    if (cells_.size() <= row_) cells_.resize(row_ + 1);
    std::vector<std::string>& row = cells_[row_];
    if (row.size() < column_) row.resize(column_, " ");
    return row;
  }

  void put(std::string_view character) {
    if (column_ >= width_) {
      column_ = 0;
      ++row_;
    }
    std::vector<std::string>& row = line();
    if (row.size() <= column_) row.resize(column_ + 1, " ");
    row[column_++] = std::string(character);
  }

  std::size_t width_;
  std::size_t row_ = 0;
  std::size_t column_ = 0;
  std::vector<std::vector<std::string>> cells_;
  std::vector<std::string> unknown_;
  std::string pending_;
};

}  // namespace wireproof::mcast_chat::testing
