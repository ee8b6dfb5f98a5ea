// Any bytes to the readers of requests and responses: what is read does not depend on how it is cut, and what was taken
// is read again as it was when it is written. Input: a byte of whose messages they are and of the cut, then the bytes.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "goals.hpp"
#include "http/message_reader.hpp"
#include "http/message_writer.hpp"

namespace {

using namespace wireproof::http;
using wireproof::fuzz::Goal;

Goal taken("a head that is taken", 20);
Goal with_body("a body of some bytes", 10);
Goal in_chunks("a chunked body with its end", 3);
Goal with_trailers("trailers", 1);
Goal second("a second message", 3);
Goal refused_head("a head that is refused", 10);
Goal refused_body("a body that is refused", 2);
Goal until_close("a body until the connection's end", 1);

void check(bool holds) {
  if (!holds) std::abort();
}

/// All that a reader tells.
struct Told {
  std::vector<std::string> heads;
  std::string body;
  std::vector<Fields> trailers;
  unsigned refused = 0;

  friend bool operator==(const Told&, const Told&) = default;
};

template <typename Head>
std::string text_of(const Head& head) {
  std::string text;
  append_head(text, head);
  return text;
}

RequestReader reader_for(const RequestHead&, std::string_view) { return RequestReader(); }
ResponseReader reader_for(const ResponseHead&, std::string_view method) {
  ResponseReader reader;
  reader.expect(method);
  return reader;
}

bool same(const RequestHead& one, const RequestHead& other) {
  return one.method == other.method && one.target == other.target && one.version == other.version &&
         one.fields == other.fields;
}
bool same(const ResponseHead& one, const ResponseHead& other) {
  return one.status == other.status && one.version == other.version && one.fields == other.fields;
}

/// What was taken is read again when it is written.
template <typename Head>
void check_written(const Head& head, const Framing& framing, std::string_view method) {
  const std::string text = text_of(head);
  auto reader = reader_for(head, method);
  std::string_view bytes = text;
  check(reader.next(bytes) == Part::head && bytes.empty());
  check(same(reader.head(), head) && reader.framing() == framing);
}

template <typename Head>
Told read(std::string_view bytes, std::size_t step, std::string_view method) {
  auto reader = reader_for(Head{}, method);
  Told told;
  const auto take = [&](Part part) {
    if (part == Part::head) {
      taken.reach();
      second.reach(!told.heads.empty());
      told.heads.push_back(text_of(reader.head()));
      if (step == 0) check_written(reader.head(), reader.framing(), method);
    } else if (part == Part::body) {
      check(!reader.body().empty());
      with_body.reach();
      told.body += reader.body();
    } else if (part == Part::end) {
      in_chunks.reach(reader.framing().kind == Framing::Kind::chunked);
      until_close.reach(reader.framing().kind == Framing::Kind::until_close);
      with_trailers.reach(!reader.trailers().empty());
      told.trailers.push_back(reader.trailers());
    } else if (part == Part::refused) {
      check(reader.refusal().status >= 400 && !reader.refusal().reason.empty());
      told.refused = reader.refusal().status;
      (told.heads.size() > told.trailers.size() ? refused_body : refused_head).reach();
    }
  };
  while (!bytes.empty() && told.refused == 0) {
    std::string_view piece = bytes.substr(0, step == 0 ? bytes.size() : step);
    bytes.remove_prefix(piece.size());
    for (Part part = Part::body; part != Part::more && part != Part::refused;) {
      part = reader.next(piece);
      take(part);
    }
    check(told.refused != 0 || piece.empty());
  }
  if (told.refused == 0) take(reader.end_of_stream());
  return told;
}

template <typename Head>
void check_messages(std::string_view bytes, std::size_t step, std::string_view method) {
  check(read<Head>(bytes, 0, method) == read<Head>(bytes, step, method));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t step = 1 + (data[0] >> 4);
  if ((data[0] & 1) == 0) {
    check_messages<RequestHead>(bytes, step, "");
  } else {
    check_messages<ResponseHead>(bytes, step, (data[0] & 2) != 0 ? "HEAD" : "GET");
  }
  return 0;
}
