#pragma once
// The balancer's file on disk.

#include <string>

#include "http_balancer/configuration.hpp"

namespace wireproof::http_balancer {

/// Throws Failure: it cannot be read, or, with its line, what is wrong in it.
Configuration read_configuration(const std::string& path);

}  // namespace wireproof::http_balancer
