// Any bytes as a configuration, as options, and as control lines: understood or refused with a sentence, and every
// answer is JSON. Text after the first line is taken as control lines.

#include <cstdlib>

#include <boost/json/parse.hpp>

#include "goals.hpp"
#include "wire/control.hpp"
#include "wire/options.hpp"

using namespace wireproof::wire;
using wireproof::fuzz::Goal;

namespace {

Goal configured("a configuration that holds", 25);
Goal scheduled("a configuration with a change", 10);
Goal by_option("an option that holds", 10);
Goal set("a control line that sets something", 10);
Goal accepted("a rule of loss that is accepted", 0.5);
Goal refused("a rule of loss that is refused", 5);
Goal counted("a control line that asks for the counters", 3);

void check(bool holds) {
  if (!holds) std::abort();
}

std::shared_ptr<const Trace> read_trace(const std::string& path) {
  if (path == "good") return std::make_shared<const Trace>(Trace::parse("1\n5\n"));
  throw SettingsError("cannot read it");
}

/// Keys in a JSON object, because random text hardly ever is one.
constexpr const char* kTemplates[] = {R"({"both": {"rate": %}})",
                                      R"({"both": {"delay": "5ms", "jitter": %}})",
                                      R"({"forward": {"loss": %}})",
                                      R"({"schedule": [{"at": %, "down": true}]})",
                                      R"({"both": {"rate": "1mbit", "queue": {"packets": %}}})",
                                      R"({"seed": %})",
                                      R"({"both": {"lose": [{"protocol": "udp", "every": %}]}})",
                                      R"({"both": {"lose": [{"flags": "SYN", "from_port": %, "first": 1}]}})",
                                      R"({"both": {"lose": [{"payload": "%", "nth": 2}]}})",
                                      R"({"both": {"lose": %}})"};

void try_configuration(std::string_view text) {
  try {
    Configuration configuration(parse_object(text, "file"), read_trace);
    configured.reach();
    scheduled.reach(configuration.next_change() != kNever);
    while (configuration.next_change() != kNever) configuration.advance();
    accepted.reach(!configuration.settings(Side::backward).rules.empty());
  } catch (const SettingsError& error) {
    check(error.what()[0] != '\0');
    refused.reach(std::string_view(error.what()).find("lose[0]") != std::string_view::npos);
  }
}

void try_options(const std::string& text) {
  for (auto member : {&LinkOptions::rate, &LinkOptions::delay, &LinkOptions::loss, &LinkOptions::queue,
                      &LinkOptions::seed, &LinkOptions::forward}) {
    LinkOptions options;
    options.*member = text;
    try {
      const Configuration configuration(with_options({}, options), read_trace);
      by_option.reach(!text.empty());
    } catch (const SettingsError& error) {
      check(error.what()[0] != '\0');
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = input.find('\n');
  const std::string first(input.substr(0, end));
  try_configuration(first);
  try_options(first);
  for (const std::string form : kTemplates) {
    const std::size_t place = form.find('%');
    try_configuration(form.substr(0, place) + first + form.substr(place + 1));
  }
  static const Configuration configuration(boost::json::parse(R"({"both": {"rate": "1mbit"}})").get_object(),
                                           read_trace);
  Link link(configuration, nanoseconds(0), {});
  std::string_view rest = end == std::string_view::npos ? std::string_view() : input.substr(end + 1);
  for (int lines = 0; !rest.empty() && lines < 50; ++lines) {
    const std::size_t next = rest.find('\n');
    const std::string line(rest.substr(0, next));
    rest.remove_prefix(next == std::string_view::npos ? rest.size() : next + 1);
    for (const std::string& text : {line, R"({"delay": )" + line + "}"}) {
      const std::string answer = answer_control(text, link, nanoseconds(lines), nanoseconds(0));
      set.reach(answer.starts_with(R"({"event": "set")"));
      counted.reach(answer.starts_with(R"({"event": "counters")"));
      boost::json::error_code error;
      check(boost::json::parse(answer, error).is_object() && !error && answer.find('\n') == std::string::npos);
    }
  }
  return 0;
}
