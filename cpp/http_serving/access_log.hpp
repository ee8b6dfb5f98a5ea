#pragma once
// Lines of the access log in the combined format, as Apache's and nginx's logs have it. Pure.

#include <cstdint>
#include <string>

#include "http/date.hpp"
#include "http/message.hpp"

namespace wireproof::http_serving {

struct Access {
  std::string client;          ///< an address
  http::Seconds time{0};       ///< when the answer had gone, UTC
  std::string request_line{};  ///< empty: none was understood
  unsigned status = 0;
  std::uint64_t bytes = 0;  ///< of the answer's body that went
  std::string referer{};    ///< empty: none
  std::string user_agent{};
};

std::string request_line(const http::RequestHead& request);

/// With its line end. Quotes, backslashes, control characters and all that is not ASCII become \xNN: a line is one
/// line, its fields are where they should be, and a terminal that shows it is safe.
std::string log_line(const Access& access);

}  // namespace wireproof::http_serving
