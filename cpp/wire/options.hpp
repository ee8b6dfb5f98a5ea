#pragma once
// Options of the command line as a configuration.

#include <boost/json/object.hpp>

#include <string>

namespace wireproof::wire {

/// As they were typed; empty ones were not.
struct LinkOptions {
  std::string config;
  std::string rate;
  std::string delay;
  std::string jitter;
  std::string loss;
  std::string reorder;
  std::string duplicate;
  std::string corrupt;
  std::string queue;  ///< "20", "30000b", "50ms"
  std::string discipline;
  std::string seed;
  std::string trace;
  std::string forward;   ///< JSON
  std::string backward;  ///< JSON
};

/// `document` with the options merged in: those for both directions over all that it says, then each direction's own.
/// Throws SettingsError that names the option.
boost::json::object with_options(boost::json::object document, const LinkOptions& options);

}  // namespace wireproof::wire
