#include "command_line/command_line.hpp"

#include <CLI/CLI.hpp>

#include <cmath>
#include <cstdint>
#include <optional>
#include <sstream>

#include "command_line/version.hpp"

namespace wireproof {
namespace {

/// CLI11's ranges let NaN through, which is neither below nor above anything.
std::string nan_refused(const std::string& text) {
  double value = 0;
  return CLI::detail::lexical_cast(text, value) && std::isnan(value) ? text + " is no number" : std::string();
}

}  // namespace

Option Option::required() const { return Option(option_->required()); }

template <typename Number>
Option Option::between(Number least, Number most) const {
  return Option(option_->check(CLI::Range(least, most))->check(nan_refused));
}
template Option Option::between(int, int) const;
template Option Option::between(unsigned, unsigned) const;
template Option Option::between(std::uint64_t, std::uint64_t) const;
template Option Option::between(double, double) const;

Option Option::positive() const { return Option(option_->check(CLI::PositiveNumber)->check(nan_refused)); }
Option Option::one_of(const std::vector<std::string>& values) const {
  return Option(option_->check(CLI::IsMember(values)));
}
Option Option::needs(Option other) const { return Option(option_->needs(other.option_)); }
Option Option::excludes(Option other) const { return Option(option_->excludes(other.option_)); }
Option Option::words(int least, int most) const { return Option(option_->expected(least, most)); }
Option Option::repeated() const { return Option(option_->allow_extra_args(false)); }
Option Option::show_default() const { return Option(option_->capture_default_str()); }
Option Option::under(const std::string& heading) const { return Option(option_->group(heading)); }
bool Option::given() const { return option_->count() > 0; }

CommandLine::CommandLine(const Description& description)
    : app_(std::make_unique<CLI::App>(description.summary, description.name)) {
  app_->set_version_flag("--version", description.name + " (wireproof) " WIREPROOF_VERSION);
  app_->footer("\nExamples:\n" + description.examples + "\n\nExit status: 0 done, 1 failed, 2 wrong usage.");
}

CommandLine::~CommandLine() = default;

template <typename Value>
Option CommandLine::option(const std::string& names, Value& value, const std::string& meaning) {
  return Option(app_->add_option(names, value, meaning));
}
template Option CommandLine::option(const std::string&, std::string&, const std::string&);
template Option CommandLine::option(const std::string&, int&, const std::string&);
template Option CommandLine::option(const std::string&, unsigned&, const std::string&);
template Option CommandLine::option(const std::string&, std::uint16_t&, const std::string&);
template Option CommandLine::option(const std::string&, std::uint64_t&, const std::string&);
template Option CommandLine::option(const std::string&, double&, const std::string&);
template Option CommandLine::option(const std::string&, std::optional<std::string>&, const std::string&);
template Option CommandLine::option(const std::string&, std::optional<int>&, const std::string&);
template Option CommandLine::option(const std::string&, std::optional<std::uint64_t>&, const std::string&);
template Option CommandLine::option(const std::string&, std::optional<double>&, const std::string&);
template Option CommandLine::option(const std::string&, std::vector<std::string>&, const std::string&);

Option CommandLine::option(const std::string& names, const std::function<void(double)>& set,
                           const std::string& meaning) {
  return Option(app_->add_option_function<double>(names, set, meaning));
}

Option CommandLine::flag(const std::string& names, bool& value, const std::string& meaning) {
  return Option(app_->add_flag(names, value, meaning));
}

std::optional<std::string> CommandLine::parse(int argc, char** argv) {
  try {
    app_->parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::Success& asked) {
    std::ostringstream text;
    app_->exit(asked, text);
    return text.str();
  } catch (const CLI::Error& error) {
    throw UsageError(error.what());
  }
}

}  // namespace wireproof
