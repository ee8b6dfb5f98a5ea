#include "text/failure.hpp"

#include <fmt/core.h>

namespace wireproof {

Failure::Failure(std::string_view tried, const std::error_code& error)
    : std::runtime_error(fmt::format("{}: {}", tried, error.message())), error_(error) {}

void fail(std::string_view tried, int error) { throw Failure(tried, {error, std::generic_category()}); }

}  // namespace wireproof
