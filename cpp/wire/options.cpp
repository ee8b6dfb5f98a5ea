#include "wire/options.hpp"

#include <fmt/format.h>
#include <boost/json/value.hpp>

#include <optional>

#include "bytes/decimal.hpp"
#include "wire/configuration.hpp"
#include "wire/units.hpp"

namespace wireproof::wire {
namespace {

using boost::json::object;

[[noreturn]] void refuse(std::string_view option, std::string_view value, std::string_view what) {
  throw SettingsError(fmt::format("--{} {} is not {}", option, value.substr(0, 60), what));
}

object parse_queue(const std::string& text) {
  if (const auto packets = parse_decimal(text)) return {{"packets", *packets}};
  if (text.ends_with('b')) {
    if (const auto bytes = parse_decimal(std::string_view(text).substr(0, text.size() - 1))) return {{"bytes", *bytes}};
  }
  if (const auto time = parse_time(text)) {
    return {{"milliseconds", std::chrono::duration<double, std::milli>(*time).count()}};
  }
  refuse("queue", text, "a bound such as 20 (packets), 30000b (bytes) or 50ms");
}

void merge(object& document, std::string_view direction, const object& keys) {
  auto& value = document[direction];
  if (value.is_null()) value.emplace_object();
  if (!value.is_object()) throw SettingsError(fmt::format("{}: not an object", direction));
  for (const auto& member : keys) value.get_object()[member.key()] = member.value();
}

}  // namespace

object with_options(object document, const LinkOptions& options) {
  object keys;
  const auto check = [&](const char* name, const std::string& text, bool good, std::string_view what) {
    if (text.empty()) return;
    if (!good) refuse(name, text, what);
    keys[name] = text;
  };
  const auto share = [&](const char* name, const std::string& text) {
    const auto parsed = parse_share(text);
    check(name, text, parsed && *parsed <= 1, "a share such as 1%, from 0% to 100%");
  };
  check("rate", options.rate, parse_rate(options.rate).has_value(), "a rate such as 64kbit, 0.7mbit or 1gbit");
  check("delay", options.delay, parse_time(options.delay).has_value(), "a time such as 50us, 10ms or 1.5s");
  check("jitter", options.jitter, parse_time(options.jitter).has_value(), "a time such as 50us, 10ms or 1.5s");
  share("loss", options.loss);
  share("reorder", options.reorder);
  share("duplicate", options.duplicate);
  share("corrupt", options.corrupt);
  if (!options.queue.empty()) keys["queue"] = parse_queue(options.queue);
  if (!options.discipline.empty()) keys["discipline"] = options.discipline;
  if (!options.trace.empty()) keys["trace"] = options.trace;
  if (!options.seed.empty()) {
    const auto seed = parse_decimal(options.seed);
    if (!seed) refuse("seed", options.seed, "a whole number from 0 on");
    document["seed"] = *seed;
  }
  if (!keys.empty()) {
    for (const std::string_view direction : {"both", "forward", "backward"}) merge(document, direction, keys);
  }
  if (!options.forward.empty()) merge(document, "forward", parse_object(options.forward, "--forward"));
  if (!options.backward.empty()) merge(document, "backward", parse_object(options.backward, "--backward"));
  return document;
}

}  // namespace wireproof::wire
