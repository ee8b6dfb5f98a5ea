// Any bytes as a packet-delivery trace: refused with the line's number, or chances that never go back.
// Every second input is taken as steps between milliseconds instead, because random text hardly ever is a trace.

#include <cstdlib>
#include <functional>

#include "goals.hpp"
#include "wire/bottleneck.hpp"

using namespace wireproof::wire;

namespace {

wireproof::fuzz::Goal spelt("a trace that was written out", 6);
wireproof::fuzz::Goal parsed_trace("a trace", 50);

void check(bool holds) {
  if (!holds) std::abort();
}

std::string text_of_steps(const std::uint8_t* data, std::size_t size) {
  std::string text;
  unsigned millisecond = 0;
  for (std::size_t i = 0; i < size; ++i) text += std::to_string(millisecond += data[i] % 8) + '\n';
  return text;
}

void check_trace(const Trace& parsed) {
  const auto trace = std::make_shared<const Trace>(parsed);
  check(trace->size() > 0 && trace->mean_rate() > 0);
  nanoseconds last{0};
  for (std::uint64_t index = 0; index < std::min<std::uint64_t>(3 * trace->size(), 1000); ++index) {
    const nanoseconds at = trace->at(index);
    check(at >= last && trace->first_from(at) <= index && trace->at(trace->first_from(at)) == at);
    last = at;
  }
  TraceBottleneck line(trace, nanoseconds(0));
  nanoseconds at{0};
  for (const std::size_t length : {60U, 1514U, 700U, 9014U, 60U}) {
    const nanoseconds ready = line.ready(length, at);
    check(ready >= at);
    line.send(length, at, ready);
    at = ready;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string plain(reinterpret_cast<const char*>(data), size);
  const std::string steps = text_of_steps(data, size);
  for (const std::string& text : {std::cref(plain), std::cref(steps)}) {
    try {
      check_trace(Trace::parse(text));
      parsed_trace.reach();
      spelt.reach(&text == &plain);
    } catch (const TraceError& error) {
      check(std::string_view(error.what()).starts_with("line "));
    }
  }
  return 0;
}
