#include "sandbox/messages.hpp"

#include <fmt/format.h>

namespace wireproof::sandbox {
namespace {

long long microseconds(const timeval& time) { return time.tv_sec * 1'000'000LL + time.tv_usec; }

}  // namespace

std::string refused_message(int error) { return fmt::format("refused {}", error); }

std::string ended_message(int status, const rusage& used) {
  return fmt::format("ended {} {} {} {}", status, microseconds(used.ru_utime), microseconds(used.ru_stime),
                     used.ru_maxrss);
}

std::string memory_limit_message(std::uint64_t bytes) { return fmt::format("limit memory {}", bytes); }

std::string process_limit_message(std::uint64_t processes) { return fmt::format("limit processes {}", processes); }

Request request_of(std::string_view message) {
  if (message == "go") return Request::go;
  if (message == "release") return Request::release;
  return Request::unknown;
}

}  // namespace wireproof::sandbox
