#pragma once
// What ends a program that cannot do its work.

#include <stdexcept>
#include <string_view>
#include <system_error>

namespace wireproof {

/// The command line asks for something impossible. Ends the program with status 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Something that was tried did not work; what() is a sentence for people. Ends the program with status 1.
class Failure : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;

  /// "what was tried: what the system said".
  Failure(std::string_view tried, const std::error_code& error);

  /// What the system said; none where it was not asked.
  const std::error_code& error() const { return error_; }

 private:
  std::error_code error_;
};

/// The system's error, an errno value, as a Failure: "what was tried: what the system said".
[[noreturn]] void fail(std::string_view tried, int error);

}  // namespace wireproof
