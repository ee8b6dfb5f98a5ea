#pragma once
// Progress on standard error: a bar on a terminal, lines elsewhere.

#include <optional>
#include <string>

#include "http_client/progress.hpp"

namespace wireproof::http_client {

class Display {
 public:
  explicit Display(bool is_quiet);

  void begin(const std::string& name, std::uint64_t offset, std::optional<std::uint64_t> total, Time now);
  void at(Time now, std::uint64_t bytes);
  /// The bar's line is left to what follows.
  void end();

 private:
  bool is_quiet_;
  bool is_terminal_;
  bool is_drawn_ = false;
  std::optional<Progress> progress_;
};

}  // namespace wireproof::http_client
