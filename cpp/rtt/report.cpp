#include "rtt/report.hpp"

#include <fmt/format.h>

#include <array>
#include <map>
#include <vector>

#include "text/utf8.hpp"

namespace wireproof::rtt {
namespace {

constexpr std::array<double, 4> kPercents = {50, 90, 95, 99};

/// In milliseconds, to the microsecond.
std::string shown(const std::optional<Time>& time) {
  if (!time) return "-";
  return *time == kNever ? "infinite" : fmt::format("{:.3f}", in_seconds(*time) * 1000);
}

std::string title_of(const Target& target) {
  const std::string address = name_of(target.address);
  const bool is_name = target.name.find(target.address.host()) == std::string::npos;
  return is_name ? fmt::format("{} ({})", printable(target.name), address) : address;
}

std::string text_of(const Finding& finding, Means means, const ReportOptions& options) {
  const Record::Counts& counts = finding.counts;
  std::string text = fmt::format("{} over {}\n  sent={} received={} lost={}", title_of(finding.target), name_of(means),
                                 counts.sent, counts.received, counts.lost());
  if (counts.lost() > 0) {
    const Losses& losses = finding.losses;
    text += fmt::format(" ({:.1f} %: {} on the way there, {} on the way back, {} unknown)",
                        100 * static_cast<double>(counts.lost()) / static_cast<double>(counts.sent), losses.there,
                        losses.back, losses.unknown);
  }
  text += fmt::format(" late={}", counts.late);
  if (counts.late > 0) text += fmt::format(" (up to {} ms)", shown(finding.latest));
  if (const auto duplicates = counts.duplicates_there + counts.duplicates_back; duplicates > 0) {
    text += fmt::format(" duplicates={} ({} on the way there, {} on the way back)", duplicates, counts.duplicates_there,
                        counts.duplicates_back);
  }
  if (counts.refused > 0) text += fmt::format(" refused={}", counts.refused);
  if (counts.unsent > 0) text += fmt::format(" unsent={}", counts.unsent);
  text += "\n";
  const Statistics& trips = finding.round_trips;
  text += fmt::format("  average={} ms maximum={} ms, of those received\n", shown(trips.mean_of_finite()),
                      shown(trips.maximum_of_finite()));
  text += fmt::format("  of all: minimum={} ms median={} ms", shown(trips.minimum()), shown(trips.median()));
  for (const double percent : kPercents) text += fmt::format(" {} %={} ms", percent, shown(trips.percentile(percent)));
  if (options.within) {
    text += fmt::format("; within {} ms: {:.1f} %", shown(*options.within),
                        100 * trips.inverse_percentile(*options.within).value_or(0));
  }
  text += fmt::format("\n  median by the program's clock={} ms", shown(finding.program_round_trips.median()));
  if (counts.own > 0)
    text += fmt::format(", responder's own time subtracted, median={} ms", shown(finding.own.median()));
  if (counts.unstamped > 0) text += fmt::format(", {} without the kernel's stamps", counts.unstamped);
  if (counts.implausible > 0) text += fmt::format(", {} replies with numbers that cannot be", counts.implausible);
  text += "\n";
  if (!finding.complaint.empty()) text += fmt::format("  last error: {}\n", finding.complaint);
  return text;
}

void add(JsonObject& object, std::string_view name, const std::optional<Time>& time) {
  if (!time || *time == kNever) {
    object.add_null(name);
  } else {
    object.add_seconds(name, *time);
  }
}

JsonObject json_of(const Finding& finding, Means means, const ReportOptions& options) {
  const Record::Counts& counts = finding.counts;
  JsonObject lost;
  lost.add("there", finding.losses.there).add("back", finding.losses.back).add("unknown", finding.losses.unknown);
  JsonObject percentiles;
  for (const double percent : kPercents) {
    add(percentiles, fmt::format("{}", percent), finding.round_trips.percentile(percent));
  }
  JsonObject object;
  object.add("name", finding.target.name)
      .add("address", finding.target.address.host())
      .add("port", std::uint64_t{finding.target.address.port})
      .add("transport", name_of(means))
      .add("sent", counts.sent)
      .add("received", counts.received)
      .add("lost", counts.lost())
      .add_object("lost_by_direction", lost)
      .add("late", counts.late)
      .add("duplicates_there", counts.duplicates_there)
      .add("duplicates_back", counts.duplicates_back)
      .add("refused", counts.refused)
      .add("unsent", counts.unsent)
      .add("unstamped", counts.unstamped)
      .add("implausible", counts.implausible);
  add(object, "average", finding.round_trips.mean_of_finite());
  add(object, "maximum_of_received", finding.round_trips.maximum_of_finite());
  add(object, "minimum", finding.round_trips.minimum());
  add(object, "median", finding.round_trips.median());
  object.add_object("percentiles", percentiles);
  add(object, "median_by_program", finding.program_round_trips.median());
  add(object, "own_time_median", finding.own.median());
  if (options.within) object.add("within", finding.round_trips.inverse_percentile(*options.within).value_or(0));
  if (!finding.complaint.empty()) object.add("error", finding.complaint);
  return object;
}

}  // namespace

std::string text_of(const Findings& findings, const ReportOptions& options) {
  std::string text;
  for (const Finding& finding : findings.each) text += text_of(finding, findings.means, options);
  const auto tell = [&](std::uint64_t count, std::string_view what) {
    if (count > 0) text += fmt::format("{}: {} {}\n", name_of(findings.means), count, what);
  };
  tell(findings.missed, "probes not sent, because the program was not run in time");
  tell(findings.dropped, "answers dropped by this host for want of room: they count as lost, and were not");
  tell(findings.strangers.elsewhere, "answers from another address than was asked");
  tell(findings.strangers.unknown, "messages that answer no probe");
  tell(findings.malformed, "datagrams or connections with something else");
  return text;
}

std::string comparison_of(std::span<const Findings> all) {
  struct Median {
    std::string_view means;
    std::optional<Time> value;
  };
  std::map<std::string, std::vector<Median>> by_host;
  for (const Findings& findings : all) {
    for (const Finding& finding : findings.each) {
      by_host[finding.target.address.host()].push_back({name_of(findings.means), finding.round_trips.median()});
    }
  }
  std::string text;
  for (const auto& [host, medians] : by_host) {
    if (medians.size() < 2) continue;
    text += fmt::format("{}:", host);
    for (const Median& median : medians) text += fmt::format(" {} {} ms", median.means, shown(median.value));
    const auto& first = medians.front().value;
    const auto& last = medians.back().value;
    if (first && last && *first != kNever && *last != kNever) {
      text += fmt::format(" ({:+.3f} ms)", in_seconds(*last - *first) * 1000);
    }
    text += "\n";
  }
  return text;
}

JsonObject json_of(std::span<const Findings> all, const ReportOptions& options) {
  JsonObject object;
  std::vector<JsonObject> addresses;
  std::uint64_t missed = 0;
  std::uint64_t malformed = 0;
  std::uint64_t dropped = 0;
  std::uint64_t unknown = 0;
  std::uint64_t elsewhere = 0;
  bool interrupted = false;
  for (const Findings& findings : all) {
    for (const Finding& finding : findings.each) addresses.push_back(json_of(finding, findings.means, options));
    missed += findings.missed;
    malformed += findings.malformed;
    dropped += findings.dropped;
    unknown += findings.strangers.unknown;
    elsewhere += findings.strangers.elsewhere;
    interrupted |= findings.interrupted;
  }
  object.add_seconds("interval", options.prober.schedule.interval)
      .add("poisson", options.prober.schedule.poisson)
      .add_seconds("duration", options.prober.schedule.duration)
      .add_seconds("timeout", options.prober.timeout)
      .add("size", std::uint64_t{options.prober.size});
  if (options.within) object.add_seconds("within", *options.within);
  object.add("interrupted", interrupted)
      .add("missed", missed)
      .add("malformed", malformed)
      .add("dropped", dropped)
      .add("unknown", unknown)
      .add("from_elsewhere", elsewhere)
      .add_array("addresses", addresses);
  return object;
}

}  // namespace wireproof::rtt
