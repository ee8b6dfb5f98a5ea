#include "wire/settings_json.hpp"

#include <fmt/format.h>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cmath>

#include "wire/json_values.hpp"
#include "wire/rule_json.hpp"

namespace wireproof::wire {
namespace {

constexpr std::string_view kKeys[] = {
    "rate",       "burst",       "trace",      "delay", "jitter",           "distribution", "table", "correlation",
    "keep_order", "loss",        "loss_model", "queue", "loss_correlation", "discipline",   "red",   "codel",
    "ecn",        "reorder_gap", "reorder",    "down",  "duplicate",        "corrupt",      "lose"};

constexpr std::size_t kMaxTable = 65536;
constexpr std::uint64_t kMaxBurst = std::uint64_t{64} << 20;
constexpr double kMaxQueuePackets = 200'000;
constexpr double kMaxQueueBytes = 134'217'728;
constexpr double kMaxQueueMilliseconds = 600'000;

void require(const Members& members, std::string_view key, std::string_view needed) {
  if (members.has(key) && !members.has(needed)) members.fail(key, fmt::format("needs \"{}\"", needed));
}

void parse_line(const Members& members, const TraceReader& read_trace, Settings& settings) {
  settings.rate = members.rate("rate");
  settings.burst = members.whole_number("burst", 1, kMaxBurst).value_or(kFullFrame);
  require(members, "burst", "rate");
  if (const auto path = members.text("trace")) {
    if (settings.rate) members.fail("trace", "has a rate of its own, so \"rate\" must be absent");
    try {
      settings.trace = read_trace(*path);
    } catch (const SettingsError& error) {
      members.fail("trace", error.what());
    }
  }
}

std::shared_ptr<const std::vector<double>> parse_table(const Members& members) {
  const auto* const value = members.find("table");
  if (value == nullptr) return nullptr;
  if (!value->is_array() || value->get_array().empty() || value->get_array().size() > kMaxTable) {
    members.refuse("table", fmt::format("a list of 1 to {} numbers", kMaxTable));
  }
  std::vector<double> table;
  for (const auto& entry : value->get_array()) {
    const double number = entry.is_number() ? entry.to_number<double>() : NAN;
    if (!(std::abs(number) <= 1000)) {
      members.fail("table", fmt::format("entry {} is not a number from -1000 to 1000", table.size()));
    }
    table.push_back(number);
  }
  if (!std::is_sorted(table.begin(), table.end())) members.fail("table", "quantiles must not fall");
  return std::make_shared<const std::vector<double>>(std::move(table));
}

void parse_delay(const Members& members, DelaySettings& delay) {
  delay.mean = members.time("delay").value_or(nanoseconds(0));
  delay.jitter = members.time("jitter").value_or(nanoseconds(0));
  delay.correlation = members.probability("correlation").value_or(0);
  delay.keep_order = members.flag("keep_order").value_or(true);
  delay.table = parse_table(members);
  const std::string distribution = members.text("distribution").value_or("uniform");
  if (distribution == "normal") {
    delay.distribution = Distribution::normal;
  } else if (distribution == "table") {
    delay.distribution = Distribution::table;
    if (!delay.table) members.fail("distribution", "\"table\" needs \"table\", a list of quantiles");
  } else if (distribution != "uniform") {
    members.refuse("distribution", "\"uniform\", \"normal\" or \"table\"");
  }
  require(members, "jitter", "delay");
  require(members, "distribution", "jitter");
  require(members, "correlation", "jitter");
  require(members, "keep_order", "jitter");
  if (delay.table && delay.distribution != Distribution::table) {
    members.fail("table", "needs \"distribution\": \"table\"");
  }
  if (delay.distribution == Distribution::uniform && delay.jitter > delay.mean) {
    members.fail("jitter", "is more than \"delay\": a packet cannot leave before it comes");
  }
}

void parse_loss(const Members& members, LossSettings& loss) {
  loss.probability = members.probability("loss").value_or(0);
  loss.correlation = members.probability("loss_correlation").value_or(0);
  require(members, "loss_correlation", "loss");
  const auto model = members.object("loss_model", {"gilbert_elliott"});
  if (!model) return;
  if (members.has("loss"))
    members.fail("loss_model", "stands instead of \"loss\"; give one of them (null removes the other)");
  const auto parameters = model->object("gilbert_elliott", {"p", "r", "h", "k"});
  if (!parameters) members.fail("loss_model", "needs \"gilbert_elliott\": {\"p\": …}");
  const auto p = parameters->probability("p");
  if (!p) parameters->fail("p", "is missing: the probability of going from good to bad");
  GilbertElliott bursts;
  bursts.p = *p;
  bursts.r = parameters->probability("r").value_or(1 - bursts.p);
  bursts.h = parameters->probability("h").value_or(0);
  bursts.k = parameters->probability("k").value_or(1);
  loss.bursts = bursts;
}

QueueBound parse_bound(const Members& members) {
  const auto bound = members.object("queue", {"packets", "bytes", "milliseconds"});
  if (!bound) return {};
  if (bound->members().size() != 1)
    members.refuse("queue", "one bound: {\"packets\": n}, {\"bytes\": n} or {\"milliseconds\": n}");
  if (const auto n = bound->whole_number("packets", 1, static_cast<std::uint64_t>(kMaxQueuePackets))) {
    return {QueueBound::Unit::packets, static_cast<double>(*n)};
  }
  if (const auto n = bound->whole_number("bytes", 1, static_cast<std::uint64_t>(kMaxQueueBytes))) {
    return {QueueBound::Unit::bytes, static_cast<double>(*n)};
  }
  const auto n = bound->number("milliseconds", 0, kMaxQueueMilliseconds);
  if (!n) members.refuse("queue", "a bound: {\"packets\": n}, {\"bytes\": n} or {\"milliseconds\": n}");
  return {QueueBound::Unit::milliseconds, *n};
}

RedSettings parse_red(const Members& members, const QueueBound& bound) {
  RedSettings red;
  red.minimum = bound.amount / 6;  // an upper threshold of three times the lower is the paper's advice
  red.maximum = bound.amount / 2;
  const auto given = members.object("red", {"min", "max", "probability", "weight"});
  if (!given) return red;
  if (given->has("min") != given->has("max")) members.fail("red", "\"min\" and \"max\" come together");
  red.minimum = given->number("min", 0, bound.amount).value_or(red.minimum);
  red.maximum = given->number("max", 0, bound.amount).value_or(red.maximum);
  red.probability = given->probability("probability").value_or(red.probability);
  red.weight = given->probability("weight").value_or(red.weight);
  if (!(red.minimum < red.maximum)) members.fail("red", "\"min\" must be less than \"max\"");
  if (red.weight == 0) given->fail("weight", "must be more than 0");
  return red;
}

void parse_queue(const Members& members, QueueSettings& queue, bool has_rate, bool has_trace) {
  queue.bound = parse_bound(members);
  const std::string discipline = members.text("discipline").value_or("drop-tail");
  if (discipline == "drop-head") {
    queue.kind = DisciplineKind::drop_head;
  } else if (discipline == "red") {
    queue.kind = DisciplineKind::red;
    if (!members.has("queue"))
      members.fail("discipline", "\"red\" needs bounds: \"queue\", and \"red\": {\"min\": …, \"max\": …}");
    queue.red = parse_red(members, queue.bound);
  } else if (discipline == "codel") {
    queue.kind = DisciplineKind::codel;
  } else if (discipline != "drop-tail") {
    members.refuse("discipline", "\"drop-tail\", \"drop-head\", \"red\" or \"codel\"");
  }
  for (const std::string_view key : {"queue", "discipline"}) {
    if (members.has(key) && !has_rate && !has_trace) {
      members.fail(key, "needs \"rate\" or \"trace\": without, nothing waits");
    }
  }
  if (has_trace && queue.bound.unit == QueueBound::Unit::milliseconds) {
    members.fail("queue", "milliseconds need \"rate\"; with \"trace\", packets or bytes are possible");
  }
  if (members.has("red") && queue.kind != DisciplineKind::red) members.fail("red", "needs \"discipline\": \"red\"");
  if (members.has("codel") && queue.kind != DisciplineKind::codel)
    members.fail("codel", "needs \"discipline\": \"codel\"");
  if (const auto codel = members.object("codel", {"target", "interval"})) {
    queue.codel.target = codel->time("target").value_or(queue.codel.target);
    queue.codel.interval = codel->time("interval").value_or(queue.codel.interval);
    if (queue.codel.interval.count() == 0) codel->fail("interval", "must be more than 0");
  }
  queue.ecn = members.flag("ecn").value_or(false);
  const bool marks = queue.kind == DisciplineKind::red || queue.kind == DisciplineKind::codel;
  if (queue.ecn && !marks) members.fail("ecn", "needs \"discipline\": \"red\" or \"codel\"");
}

}  // namespace

bool is_settings_key(std::string_view key) {
  return std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

Settings parse_settings(const boost::json::object& object, const std::string& place, const TraceReader& read_trace) {
  const Members members(object, place);
  members.allow_only(kKeys);
  Settings settings;
  parse_line(members, read_trace, settings);
  parse_delay(members, settings.delay);
  parse_loss(members, settings.loss);
  settings.rules = parse_rules(members);
  parse_queue(members, settings.queue, settings.rate.has_value(), settings.trace != nullptr);
  settings.reorder = members.probability("reorder").value_or(0);
  if (settings.reorder > 0 && settings.delay.mean.count() == 0) {
    members.fail("reorder", "needs \"delay\": without, nothing can be overtaken");
  }
  settings.reorder_gap = static_cast<unsigned>(members.whole_number("reorder_gap", 1, 1'000'000).value_or(1));
  require(members, "reorder_gap", "reorder");
  settings.duplicate = members.probability("duplicate").value_or(0);
  settings.corrupt = members.probability("corrupt").value_or(0);
  settings.down = members.flag("down").value_or(false);
  return settings;
}

}  // namespace wireproof::wire
