#pragma once
// The command line of a program. CLI11 reads it, whose header takes seconds to compile: command_line.cpp alone includes
// it.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "text/failure.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace wireproof {

/// What --help shows around the options.
struct Description {
  std::string name;      ///< program name as typed, e.g. "echo-server"
  std::string summary;   ///< one sentence
  std::string examples;  ///< lines of commands, each with a short remark
};

/// An option or operand of a CommandLine, which outlives it. A copy stands for the same one.
class Option {
 public:
  explicit Option(CLI::Option* option = nullptr) : option_(option) {}

  Option required() const;
  /// The types there are: the instantiations in command_line.cpp.
  template <typename Number>
  Option between(Number least, Number most) const;
  Option positive() const;
  Option one_of(const std::vector<std::string>& values) const;
  Option needs(Option other) const;
  Option excludes(Option other) const;
  /// How many words it takes.
  Option words(int least, int most) const;
  /// Of a list: it takes one word, but may be there several times.
  Option repeated() const;
  /// The help tells the value that the variable has now.
  Option show_default() const;
  /// The help has it under this heading.
  Option under(const std::string& heading) const;

  /// Whether it was there, once parsed.
  bool given() const;

 private:
  CLI::Option* option_;
};

class CommandLine {
 public:
  explicit CommandLine(const Description& description);
  ~CommandLine();

  /// `names`: "--port", "-4,--ipv4", or "PORT" for an operand. Parsing sets `value` if it is given.
  /// The types there are: the instantiations in command_line.cpp.
  template <typename Value>
  Option option(const std::string& names, Value& value, const std::string& meaning);
  /// The value goes to `set`.
  Option option(const std::string& names, const std::function<void(double)>& set, const std::string& meaning);
  Option flag(const std::string& names, bool& value, const std::string& meaning);

  /// What --help or --version asked for, to be shown; nothing where neither did. Throws UsageError.
  std::optional<std::string> parse(int argc, char** argv);

 private:
  std::unique_ptr<CLI::App> app_;
};

}  // namespace wireproof
