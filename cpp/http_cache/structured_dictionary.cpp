#include "http_cache/structured_dictionary.hpp"

#include <algorithm>

#include "http/characters.hpp"

namespace wireproof::http_cache {
namespace {

using http::is_digit;
using Kind = StructuredMember::Kind;

bool is_small(char character) { return character >= 'a' && character <= 'z'; }

/// Takes what it is asked for off the text, and remembers whether all of it was right.
class Taker {
 public:
  explicit Taker(std::string_view text) : rest_(text) {}

  bool is_right() const { return is_right_; }
  bool is_done() const { return rest_.empty(); }

  bool take(char character) {
    if (rest_.empty() || rest_.front() != character) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void skip(std::string_view characters) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(characters), rest_.size()));
  }

  std::string key() {
    if (rest_.empty() || !(is_small(rest_.front()) || rest_.front() == '*')) return fail();
    return run([](char c) {
      return is_small(c) || is_digit(c) || std::string_view("_-.*").find(c) != std::string_view::npos;
    });
  }

  /// With its parameters.
  void value(StructuredMember& member) {
    if (take('(')) {
      member.kind = Kind::other;
      inner_list();
    } else {
      item(member);
    }
    parameters();
  }
  void parameters() {
    StructuredMember dropped;
    while (is_right_ && take(';')) {
      skip(" ");
      key();
      if (is_right_ && take('=')) item(dropped);
    }
  }

 private:
  std::string fail() {
    is_right_ = false;
    return {};
  }
  template <typename Belongs>
  std::string run(Belongs belongs) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), belongs);
    const std::string text(rest_.begin(), end);
    rest_.remove_prefix(text.size());
    return text;
  }

  void inner_list() {
    StructuredMember dropped;
    for (skip(" "); is_right_ && !take(')'); skip(" ")) {
      item(dropped);
      parameters();
      if (rest_.empty() || (rest_.front() != ' ' && rest_.front() != ')')) fail();
    }
  }

  void item(StructuredMember& member) {
    member.kind = Kind::other;
    const char first = rest_.empty() ? '\0' : rest_.front();
    if (first == '"') return string(member);
    if (first == '-' || is_digit(first)) return number(member);
    if (take('?')) {
      member.kind = take('1') ? Kind::yes : Kind::no;
      if (member.kind == Kind::no && !take('0')) fail();
    } else if (take(':')) {
      run([](char c) { return http::is_letter(c) || is_digit(c) || c == '+' || c == '/' || c == '='; });
      if (!take(':')) fail();
    } else if (http::is_letter(first) || first == '*') {
      run([](char c) {
        return http::is_letter(c) || is_digit(c) ||
               std::string_view("!#$%&'*+-.^_`|~:/").find(c) != std::string_view::npos;
      });
    } else {
      fail();
    }
  }

  void string(StructuredMember& member) {
    member.kind = Kind::text;
    member.text.clear();
    take('"');
    while (!take('"')) {
      const bool is_escaped = take('\\');
      const char next = rest_.empty() ? '\0' : rest_.front();
      if (next < 0x20 || next > 0x7E || (is_escaped && next != '"' && next != '\\')) return void(fail());
      member.text += next;
      rest_.remove_prefix(1);
    }
  }

  void number(StructuredMember& member) {
    member.text = take('-') ? "-" : "";
    const std::string whole = run(is_digit);
    member.kind = Kind::number;
    member.text += whole;
    std::size_t most = 15;
    if (take('.')) {
      member.kind = Kind::other;
      most = 12;
      const std::string part = run(is_digit);
      if (part.empty() || part.size() > 3) fail();
    }
    if (whole.empty() || whole.size() > most) fail();
  }

  std::string_view rest_;
  bool is_right_ = true;
};

}  // namespace

std::optional<std::vector<StructuredMember>> parse_structured_dictionary(std::string_view text) {
  std::vector<StructuredMember> members;
  Taker taker(text);
  taker.skip(" ");
  while (!taker.is_done()) {
    StructuredMember member{taker.key()};
    if (!taker.is_right()) return std::nullopt;
    if (taker.take('=')) {
      taker.value(member);
    } else {
      taker.parameters();
    }
    if (!taker.is_right()) return std::nullopt;
    std::erase_if(members, [&](const StructuredMember& older) { return older.name == member.name; });
    members.push_back(std::move(member));
    taker.skip(" \t");
    if (taker.is_done()) break;
    if (!taker.take(',')) return std::nullopt;
    taker.skip(" \t");
    if (taker.is_done()) return std::nullopt;  // a comma at the end
  }
  return members;
}

}  // namespace wireproof::http_cache
