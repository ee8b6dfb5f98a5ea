#pragma once
// Header fields of a message (RFC 9110, 5), in the order in which they came.

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof::http {

/// Whether they are equal but for the case of ASCII letters: names of fields, hosts, tokens.
bool same_word(std::string_view one, std::string_view other);

/// Whether it is a token (RFC 9110, 5.6.2), which is not empty.
bool is_token(std::string_view text);

/// Whether a field may have this value: no control character but tab, nothing blank at its ends (RFC 9110, 5.5).
bool is_field_value(std::string_view text);

struct Field {
  std::string name;
  std::string value;

  friend bool operator==(const Field&, const Field&) = default;
};

/// Names are compared without case.
class Fields {
 public:
  using List = std::vector<Field>;

  Fields() = default;
  Fields(std::initializer_list<Field> fields) : fields_(fields) {}

  /// Another line, even if there is one of that name.
  void add(std::string_view name, std::string_view value);
  /// The only line of that name.
  void set(std::string_view name, std::string_view value);
  /// How many lines that were.
  std::size_t erase(std::string_view name);

  bool has(std::string_view name) const { return find(name) != nullptr; }
  std::size_t count(std::string_view name) const;
  /// Of the first line of that name; null when there is none.
  const std::string* find(std::string_view name) const;
  /// Of the first line of that name; empty when there is none.
  std::string_view value(std::string_view name) const;
  /// The values of all lines of that name, with ", " between them (RFC 9110, 5.3); nothing when there is none.
  std::optional<std::string> joined(std::string_view name) const;
  /// Whether the list of that name, over all of its lines, has this word: "close" of Connection.
  bool lists(std::string_view name, std::string_view word) const;

  const List& all() const { return fields_; }
  std::size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }
  List::const_iterator begin() const { return fields_.begin(); }
  List::const_iterator end() const { return fields_.end(); }

  friend bool operator==(const Fields&, const Fields&) = default;

 private:
  List fields_;
};

/// The next member of a list whose members are parted by commas (RFC 9110, 5.6.1), taken off the front of `list`
/// without the blanks around it; commas in quoted strings part nothing, empty members are left out. Nothing at the end.
std::optional<std::string_view> take_member(std::string_view& list);

/// Without blanks (space, tab) at its ends.
std::string_view trimmed(std::string_view text);

}  // namespace wireproof::http
