// Any bytes as a server's answer to a client: what it reads, follows, goes on with and names. Input: an octet of kind,
// then the answer, or what stands in one of its fields. No file is named outside of its folder, no redirect tells a
// secret to another server, no part is taken for another one.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "goals.hpp"
#include "http/message_reader.hpp"
#include "http_client/coding.hpp"
#include "http_client/file_name.hpp"
#include "http_client/gunzip.hpp"
#include "http_client/redirects.hpp"
#include "http_client/resume.hpp"
#include "http_client/retries.hpp"
#include "text/utf8.hpp"

namespace {

using namespace wireproof;
using namespace wireproof::http_client;
using wireproof::fuzz::Goal;

Goal answered("an answer with a whole head", 4);
Goal followed("a redirect that is followed", 5);
Goal elsewhere("one to another server", 1);
Goal not_followed("one that is not", 5);
Goal rest("the rest of a file", 0.5);
Goal named("a file named by the server", 5);
Goal decoded("bytes out of a gzip", 2);
Goal known("what is known of a part", 1);
Goal typed("a URL as typed", 2);

void check(bool holds) {
  if (!holds) std::abort();
}

Request asked() {
  Request request{"GET", url::parse_typed_url("http://me:secret@h1/a/b?c"), {}, {}};
  request.fields = {{"Cookie", "secret"}, {"Accept", "*/*"}};
  return request;
}

void follow(unsigned status, const http::Fields& fields) {
  const Request request = asked();
  Redirects redirects(request, 20);
  const auto next = redirects.follow(request, status, fields);
  const auto* const to = std::get_if<Request>(&next);
  not_followed.reach(to == nullptr);
  if (to == nullptr) return;
  followed.reach();
  check(to->url.scheme == "http");
  const bool is_same = to->url.same_origin(request.url);
  elsewhere.reach(!is_same);
  check(is_same || (!to->url.credentials && !to->fields.has("Cookie")));
  check(url::parse_typed_url(to->url.absolute_form()).absolute_form() == to->url.absolute_form());
}

void name(std::string_view disposition) {
  const auto found = file_name_of_disposition(disposition);
  if (!found) return;
  named.reach();
  check(!found->empty() && found->find('/') == std::string::npos && !found->starts_with('.'));
  check(found->size() <= kLongestFileName && escaped(*found) == *found);
}

void take(const http::ResponseHead& head) {
  answered.reach();
  if (Redirects::is_one(head.status)) follow(head.status, head.fields);
  name(head.fields.value("Content-Disposition"));
  coding_of(head.fields, "a.gz");
  constexpr http::Seconds kNow(1'800'000'000);
  const auto wait = retry_after(head.fields, kNow);
  check(!wait || (*wait >= Time(0) && *wait <= std::chrono::hours(24)));
  strong_validator(head.fields, kNow);
  Resume resume({"http://h1/a", "\"v1\"", 10}, 5);
  const auto meaning = resume.meaning_of(head);
  rest.reach(meaning == Resume::Meaning::rest);
  check(meaning != Resume::Meaning::rest || (head.status == 206 && resume.total() == 10));
  check(meaning != Resume::Meaning::complete);
}

void read(std::string_view bytes) {
  http::ResponseReader reader;
  for (;;) {
    switch (reader.next(bytes)) {
      case http::Part::head:
        take(reader.head());
        break;
      case http::Part::body:
        break;
      case http::Part::end:
        if (bytes.empty()) return;
        break;
      default:
        return;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      read(text);
      break;
    case 1:
      follow(302, {{"Location", std::string(text)}});
      break;
    case 2:
      name("attachment; filename=\"" + std::string(text));
      name(text);
      break;
    case 3: {
      Gunzip gunzip;
      std::size_t bytes = 0;
      gunzip.decode(text, [&](std::string_view piece) { bytes += piece.size(); });
      decoded.reach(bytes > 0);
      break;
    }
    case 4:
      if (const auto facts = parse_part_facts("http-client part 1\n" + std::string(text))) {
        known.reach();
        check(parse_part_facts(text_of(*facts)) == facts);
      }
      break;
    default:
      try {
        const auto url = url::parse_typed_url(text);
        typed.reach();
        check(url::parse_typed_url(url.absolute_form()).absolute_form() == url.absolute_form());
        const std::string file = file_name_of(url);
        check(!file.empty() && file.find('/') == std::string::npos && escaped(file) == file);
      } catch (const url::UrlError&) {
      }
  }
  return 0;
}
