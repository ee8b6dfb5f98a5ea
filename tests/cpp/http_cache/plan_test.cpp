// What is asked of the origin, and what is made of its answer (RFC 9111, 4.3 and 4.4), keys, and answers out of the
// store. A row is a case.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "exchanges.hpp"
#include "http_cache/cache_control.hpp"
#include "http_cache/freshness.hpp"
#include "http_cache/validation.hpp"

namespace wireproof::http_cache {
namespace {

using ::testing::ElementsAre;

TEST(S2_Keys, AreUrisInOneSpelling) {
  struct Row {
    std::string method;
    std::string target;
    std::string host;
    std::string key;  ///< empty: none
  };
  const std::vector<Row> rows{
      {"GET", "/a?b", "h1", "http://h1/a?b"},
      {"GET", "/a?b", "H1:80", "http://h1/a?b"},
      {"GET", "/", "h1:8080", "http://h1:8080/"},
      {"GET", "/", "[FE80::1]:80", "http://[fe80::1]/"},
      {"HEAD", "/a", "h1", "http://h1/a"},
      {"POST", "/a", "h1", "http://h1/a"},
      {"GET", "http://H2:80/a", "h1", "http://h2/a"},
      {"GET", "HTTP://h2", "h1", "http://h2/"},
      {"GET", "http://h2?b", "h1", "http://h2/?b"},
      {"GET", "https://h2:443/", "h1", "https://h2/"},
      // Byte for byte what the origin is asked for.
      {"GET", "/a/../b", "h1", "http://h1/a/../b"},
      {"GET", "/%7Ea", "h1", "http://h1/%7Ea"},
      {"GET", "//h2/a", "h1", "http://h1//h2/a"},
      {"GET", "/a?", "h1", "http://h1/a?"},
      {"CONNECT", "h1:443", "h1", ""},
      {"OPTIONS", "*", "h1", ""},
      {"GET", "/", "", ""},
      {"GET", "/", "h1/x", ""},
      {"GET", "/", "user@h1", ""},
      {"GET", "/", "h1:99999", ""},
      {"GET", "/a#b", "h1", ""},
      {"GET", "ftp://h1/", "h1", ""},
      {"GET", "http://user@h1/", "h1", ""},
  };
  for (const Row& row : rows) {
    const http::RequestHead head{row.method, row.target, http::Version::http11, {{"Host", row.host}}};
    EXPECT_EQ(cache_key(head).value_or(""), row.key) << row.method << ' ' << row.target << ' ' << row.host;
  }
  EXPECT_EQ(cache_key({"GET", "/", http::Version::http11, {{"Host", "a"}, {"Host", "b"}}}), std::nullopt);
  EXPECT_EQ(cache_key({"GET", "/", http::Version::http11, {{"Host", "a"}}}, "https"), "https://a/");
  EXPECT_EQ(origin_of("http://h1:8080/a?b"), "http://h1:8080");
}

TEST(S4_1_Variants, TheNewestThatMatchesIsChosen) {
  const auto variant = [](std::uint64_t id, std::string_view request, std::string_view response) {
    return stored_of(request_of(request), response_of(200, response), id);
  };
  const std::vector<StoredPointer> all{
      variant(1, "A: 1", "Vary: A\nDate: @-9"), variant(2, "A: 1", "Vary: A\nDate: @-5"),
      variant(3, "A: 1\nB: 1", "Vary: A, B\nDate: @-7"), variant(4, "A: 2", "Vary: a\nDate: @-20")};
  EXPECT_EQ(choose_variant(all, fields_of("A: 1")), 1U);
  EXPECT_EQ(choose_variant(all, fields_of("A: 1\nB: 1")), 1U);
  EXPECT_EQ(choose_variant(all, fields_of("A: 2")), 3U);
  EXPECT_EQ(choose_variant(all, fields_of("A: 3")), std::nullopt);
  EXPECT_EQ(choose_variant({}, {}), std::nullopt);
  // Without Vary: not when the origin has told it since; after one with it, where both match.
  const std::vector<StoredPointer> older{variant(1, "", "Date: @-9"), variant(2, "A: 1", "Vary: A\nDate: @-5")};
  EXPECT_EQ(choose_variant(older, fields_of("A: 2")), std::nullopt);
  const std::vector<StoredPointer> newer{variant(1, "", "Date: @-2"), variant(2, "A: 1", "Vary: A\nDate: @-5")};
  EXPECT_EQ(choose_variant(newer, fields_of("A: 2")), 0U);
  EXPECT_EQ(choose_variant(newer, fields_of("A: 1")), 1U);

  const auto takes_place = [&](std::string_view one, std::string_view its_vary, std::string_view two,
                               std::string_view vary) {
    return replaces(*variant(2, one, its_vary), *variant(1, two, vary));
  };
  EXPECT_TRUE(takes_place("", "", "", ""));
  EXPECT_TRUE(takes_place("A: 1", "Vary: A", "A: 1", "Vary: A"));
  EXPECT_FALSE(takes_place("A: 1", "Vary: A", "A: 2", "Vary: A"));
  EXPECT_TRUE(takes_place("A: 1", "Vary: A", "A: 1\nB: 2", "Vary: A, B"));
  EXPECT_FALSE(takes_place("A: 1\nB: 2", "Vary: A, B", "A: 1", "Vary: A"));
  EXPECT_TRUE(takes_place("A: 1", "Vary: A", "", ""));
  EXPECT_FALSE(takes_place("", "", "A: 1", "Vary: A"));
}

struct Question {
  std::string name;
  std::string stored;   ///< fields of the response
  std::string request;  ///< fields
  std::string asked;    ///< conditions of what is sent
};

TEST(S4_3_1_Conditions, AreMadeOfWhatIsStored) {
  const std::string modified = http::http_date(kStart - Seconds(1000));
  const std::vector<Question> rows{
      {"a tag", "ETag: \"a\"", "", "If-None-Match: \"a\""},
      {"a weak tag", "ETag: W/\"a\"", "", "If-None-Match: W/\"a\""},
      {"a date", "Last-Modified: @-1000", "", "If-Modified-Since: @-1000"},
      {"both", "ETag: \"a\"\nLast-Modified: @-1000", "", "If-None-Match: \"a\"\nIf-Modified-Since: @-1000"},
      {"the client's tags beside", "ETag: \"a\"", "If-None-Match: \"b\", \"a\"", "If-None-Match: \"a\", \"b\""},
      {"the client's star is not", "ETag: \"a\"", "If-None-Match: *", "If-None-Match: \"a\""},
      {"the client's date gives way", "ETag: \"a\"", "If-Modified-Since: @-5", "If-None-Match: \"a\""},
      {"the client's tag gives way to a date", "Last-Modified: @-1000", "If-None-Match: \"b\"",
       "If-Modified-Since: @-1000"},
      {"no validator", "", "If-None-Match: \"b\"", "If-None-Match: \"b\""},
      {"a malformed tag", "ETag: a", "", ""},
      {"two tags", "ETag: \"a\"\nETag: \"b\"", "", ""},
      {"a part is still a part", "ETag: \"a\"", "Range: bytes=0-1", "Range: bytes=0-1\nIf-None-Match: \"a\""},
  };
  for (const Question& row : rows) {
    const std::vector<StoredPointer> candidates{stored_of(request_of(""), response_of(200, row.stored))};
    http::RequestHead asked = conditional_request(request_of(row.request), candidates, 0, kStart);
    EXPECT_EQ(asked.fields, request_of(row.asked).fields) << row.name;
    const bool is_conditional = asked.fields.has("If-None-Match") || asked.fields.has("If-Modified-Since");
    EXPECT_EQ(can_validate(candidates, 0, kStart), is_conditional && !row.stored.empty()) << row.name;
  }
  // Of other variants the strong tags.
  const std::vector<StoredPointer> candidates{stored_of(request_of("A: 1"), response_of(200, "Vary: A\nETag: \"a\"")),
                                              stored_of(request_of("A: 2"), response_of(200, "Vary: A\nETag: W/\"b\"")),
                                              stored_of(request_of("A: 3"), response_of(200, "Vary: A\nETag: \"c\""))};
  EXPECT_EQ(conditional_request(request_of(""), candidates, std::nullopt, kStart).fields.value("If-None-Match"),
            "\"a\", \"c\"");
  EXPECT_EQ(conditional_request(request_of(""), candidates, 1, kStart).fields.value("If-None-Match"),
            "W/\"b\", \"a\", \"c\"");
}

struct Answer {
  std::string name;
  std::string stored;    ///< fields of the response, stale by now
  std::string request;   ///< fields
  unsigned status;       ///< of the origin's answer
  std::string response;  ///< its fields
  std::string outcome;   ///< the plan, then "removed" or "freshened", and detail
};

std::string outcome_of(const Answer& row, const std::string& method = "GET") {
  const std::vector<StoredPointer> candidates{stored_of(request_of(""), response_of(200, row.stored), 5)};
  const http::RequestHead request = request_of(row.request, method);
  const Seconds now = kStart + Seconds(100);
  const auto key = cache_key(request);
  const RequestPlan plan = plan_request(request, key, candidates, now, {});
  const ResponsePlan answer = plan_response(plan, {request, key, now, now}, response_of(row.status, row.response), {});
  std::string outcome(word_of(answer.kind));
  if (!answer.removed.empty()) outcome += ", removed";
  if (!answer.freshened.empty()) outcome += ", freshened";
  if (!answer.status.detail.empty()) outcome += ", " + answer.status.detail;
  return outcome;
}

TEST(S4_3_3_Answers, AreTakenForWhatTheyAreAbout) {
  const std::string tagged = "Cache-Control: max-age=60\nETag: \"a\"";
  const std::string dated = "Cache-Control: max-age=60\nLast-Modified: @-1000";
  const std::vector<Answer> rows{
      {"304 with the tag", tagged, "", 304, "ETag: \"a\"", "update"},
      {"304 with the tag, weak", tagged, "", 304, "ETag: W/\"a\"", "update"},
      {"304 without a tag", tagged, "", 304, "", "update"},
      {"304 with another tag", tagged, "", 304, "ETag: \"b\"", "ask again"},
      {"304 with the client's tag", tagged, "If-None-Match: \"b\"", 304, "ETag: \"b\"", "pass"},
      {"304 without a tag, to two of them", tagged, "If-None-Match: \"b\"", 304, "", "ask again"},
      {"304 without a tag, to the same one", tagged, "If-None-Match: \"a\"", 304, "", "update"},
      {"304 with the date", dated, "", 304, "Last-Modified: @-1000", "update"},
      {"304 with another date", dated, "", 304, "Last-Modified: @-999", "ask again"},
      {"304 with a tag that it had not", dated, "", 304, "ETag: \"x\"\nLast-Modified: @-1000", "update"},
      {"304 to the client's own condition", "Cache-Control: max-age=60", "If-None-Match: \"b\"", 304, "", "pass"},
      {"304 that nobody asked for", "Cache-Control: max-age=60", "", 304, "", "fail, unasked-304"},
      {"304 that forbids to store", tagged, "", 304, "ETag: \"a\"\nCache-Control: no-store",
       "serve once, removed, no-store"},
      {"304 that is private now", tagged, "", 304, "Cache-Control: private", "serve once, removed, private"},
      {"304 to somebody with credentials", tagged, "Authorization: x", 304, "ETag: \"a\"", "serve once, authorization"},
      {"200 that is stored", tagged, "", 200, "Cache-Control: max-age=9", "store"},
      {"200 that is not", tagged, "", 200, "Cache-Control: no-store", "pass, removed, no-store"},
      {"200 to somebody with credentials", tagged, "Authorization: x", 200, "Cache-Control: max-age=9",
       "pass, authorization"},
      {"404", tagged, "", 404, "", "pass, removed, no-lifetime"},
      {"403", tagged, "", 403, "", "pass, no-lifetime"},
      {"206 of the same", tagged, "Range: bytes=0-1", 206, "ETag: \"a\"", "pass, partial"},
      {"206 of another", tagged, "Range: bytes=0-1", 206, "ETag: \"b\"", "pass, removed, partial"},
      // RFC 5861, 4
      {"503 without leave", tagged, "", 503, "", "pass, no-lifetime"},
      {"503 with leave", tagged + "\nCache-Control: stale-if-error=40", "", 503, "", "serve stale, stale-if-error"},
      {"503 with leave that is over", tagged + "\nCache-Control: stale-if-error=39", "", 503, "", "pass, no-lifetime"},
      {"503 with the client's leave", tagged, "Cache-Control: stale-if-error=40", 503, "",
       "serve stale, stale-if-error"},
      {"500, 502, 504 too", tagged + "\nCache-Control: stale-if-error=40", "", 502, "", "serve stale, stale-if-error"},
      {"501 is no failure", tagged + "\nCache-Control: stale-if-error=40", "", 501, "", "pass, no-lifetime"},
      {"503, must-revalidate", tagged + "\nCache-Control: stale-if-error=40, must-revalidate", "", 503, "",
       "pass, no-lifetime"},
      {"503, no-cache", tagged + "\nCache-Control: stale-if-error=40, no-cache", "", 503, "", "pass, no-lifetime"},
      {"503, s-maxage", tagged + "\nCache-Control: stale-if-error=40, s-maxage=60", "", 503, "", "pass, no-lifetime"},
      {"503, no-cache of the request", tagged + "\nCache-Control: stale-if-error=40", "Cache-Control: no-cache", 503,
       "", "pass, no-lifetime"},
  };
  for (const Answer& row : rows) EXPECT_EQ(outcome_of(row), row.outcome) << row.name;
}

TEST(S4_3_5_AnswersToHead, FreshenWhatAGetStored) {
  const std::string tagged = "Cache-Control: max-age=60\nETag: \"a\"\nLast-Modified: @-1000";
  const std::vector<Answer> rows{
      {"the same tag", tagged, "", 200, "ETag: \"a\"", "pass, freshened"},
      {"no validators", tagged, "", 200, "Cache-Control: max-age=9", "pass, freshened"},
      {"the same length", tagged, "", 200, "Content-Length: 100", "pass, freshened"},
      {"another length", tagged, "", 200, "Content-Length: 99", "pass, removed"},
      {"another tag", tagged, "", 200, "ETag: \"b\"", "pass, removed"},
      {"another date", tagged, "", 200, "Last-Modified: @-999", "pass, removed"},
      {"private now", tagged, "", 200, "Cache-Control: private", "pass, removed"},
      {"another status", tagged, "", 410, "ETag: \"b\"", "pass"},
      {"304", tagged, "", 304, "ETag: \"a\"", "update"},
  };
  for (const Answer& row : rows) EXPECT_EQ(outcome_of(row, "HEAD"), row.outcome) << row.name;
}

TEST(S3_2_Freshening, LeavesAloneWhatIsOfTheBody) {
  const StoredPointer stored = stored_of(
      request_of(""), response_of(200,
                                  "A: 1\nB: 2\nB: 3\nContent-Type: t/a\nContent-Encoding: gzip\nContent-Range: x\n"
                                  "ETag: \"a\"\nAge: 50\nCache-Control: max-age=60\nDate: @-9"));
  const StoredResponse fresh =
      freshened(*stored,
                response_of(304,
                            "B: 4\nContent-Type: t/b\nContent-Encoding: br\nContent-Range: y\nContent-Length: 9\nC: 5\n"
                            "Connection: C\nDate: @100\nContent-MD5: x"),
                kStart + Seconds(99), kStart + Seconds(100), {});
  EXPECT_EQ(fresh.head.fields,
            fields_of("A: 1\nContent-Type: t/a\nContent-Encoding: gzip\nContent-Range: x\nETag: \"a\"\n"
                      "Cache-Control: max-age=60\nB: 4\nDate: @100\nContent-MD5: x"));
  EXPECT_EQ(fresh.head.status, 200U);
  EXPECT_EQ(fresh.size, stored->size);
  EXPECT_EQ(current_age(fresh, kStart + Seconds(100)), Seconds(1)) << "the time that the answer took";
}

TEST(S4_4_Invalidation, IsOfSuccessfulUnsafeMethods) {
  struct Row {
    std::string method;
    unsigned status;
    std::string response;
    std::vector<std::string> keys;
  };
  const std::string own = "http://h1/a";
  const std::vector<Row> rows{
      {"POST", 200, "", {own}},
      {"PUT", 204, "", {own}},
      {"DELETE", 200, "", {own}},
      {"PATCH", 200, "", {own}},
      {"M-SEARCH", 200, "", {own}},
      {"POST", 303, "Location: /b", {own, "http://h1/b"}},
      {"POST", 201, "Location: b?c\nContent-Location: http://h1:80/d", {own, "http://h1/b?c", "http://h1/d"}},
      {"POST", 200, "Location: http://h2/b", {own}},
      {"POST", 200, "Location: //h2/b", {own}},
      {"POST", 200, "Location: https://h1/b", {own}},
      {"POST", 200, "Location: http://h1:8080/b", {own}},
      {"POST", 200, "Location: /%7eb", {own, "http://h1/~b", "http://h1/%7eb"}},
      {"POST", 200, "Location: http://[", {own}},
      {"POST", 200, "Location: /a", {own}},
      {"POST", 400, "Location: /b", {}},
      {"POST", 500, "", {}},
      {"GET", 200, "Location: /b", {}},
      {"HEAD", 200, "", {}},
      {"OPTIONS", 200, "", {}},
      {"TRACE", 200, "", {}},
      {"PROPFIND", 207, "", {}},
  };
  for (const Row& row : rows) {
    const http::RequestHead request = request_of("", row.method);
    EXPECT_EQ(invalidated_keys(request, own, response_of(row.status, row.response)), row.keys)
        << row.method << ' ' << row.status << ' ' << row.response;
  }
  const http::RequestHead post = request_of("", "POST");
  const RequestPlan plan = plan_request(post, own, {}, kStart, {});
  EXPECT_EQ(plan.status.forward, CacheStatus::Forward::method);
  EXPECT_THAT(plan_response(plan, {post, own, kStart, kStart}, response_of(200, ""), {}).invalidated, ElementsAre(own));
}

TEST(S4_Answers, AreMadeOfWhatIsStored) {
  struct Row {
    std::string stored;
    std::string request;
    unsigned status;
    std::string pieces;
  };
  const std::string tagged = "ETag: \"a\"\nLast-Modified: @-1000\n";
  const std::vector<Row> rows{
      {tagged, "", 200, "0+100"},
      {tagged, "If-None-Match: \"a\"", 304, ""},
      {tagged, "If-None-Match: W/\"a\"", 304, ""},
      {tagged, "If-None-Match: \"b\", \"a\"", 304, ""},
      {tagged, "If-None-Match: *", 304, ""},
      {tagged, "If-None-Match: \"b\"", 200, "0+100"},
      {tagged, "If-None-Match: \"b\"\nIf-Modified-Since: @0", 200, "0+100"},
      {tagged, "If-Modified-Since: @-1000", 304, ""},
      {tagged, "If-Modified-Since: @-1001", 200, "0+100"},
      {"Date: @-50", "If-Modified-Since: @-50", 304, ""},
      {"Date: @-50", "If-Modified-Since: @-51", 200, "0+100"},
      {tagged, "Range: bytes=0-9", 206, "0+10"},
      {tagged, "Range: bytes=-9", 206, "91+9"},
      {tagged, "Range: bytes=90-", 206, "90+10"},
      {tagged, "Range: bytes=100-", 416, ""},
      {tagged, "Range: bytes=0-9\nIf-Range: \"a\"", 206, "0+10"},
      {tagged, "Range: bytes=0-9\nIf-Range: \"b\"", 200, "0+100"},
      {tagged, "Range: bytes=0-9\nIf-None-Match: \"a\"", 304, ""},
      {tagged, "Range: lines=0-9", 200, "0+100"},
      {tagged, "Range: bytes=0-9\nRange: bytes=0-9", 200, "0+100"},
  };
  const Seconds now = kStart + Seconds(7);
  for (const Row& row : rows) {
    const StoredPointer stored = stored_of(request_of(""), response_of(200, row.stored));
    const StoredAnswer answer = answer_from(request_of(row.request), *stored, now, "B");
    std::string pieces;
    for (const BodyPiece& piece : answer.pieces)
      pieces += std::to_string(piece.offset) + "+" + std::to_string(*piece.length);
    EXPECT_EQ(answer.head.status, row.status) << row.request;
    EXPECT_EQ(pieces, row.pieces) << row.request;
    const std::string age = row.status == 416 ? "" : row.stored.find("-50") == std::string::npos ? "7" : "57";
    EXPECT_EQ(answer.head.fields.value("Age"), age);
  }
}

TEST(S4_Answers, SayWhatTheyAre) {
  const StoredPointer stored = stored_of(
      request_of(""), response_of(200, "ETag: \"a\"\nContent-Type: t/a\nContent-Range: x\nAge: 5\nB: 1\nDate: @0"));
  const Seconds now = kStart + Seconds(7);
  EXPECT_EQ(answer_from(request_of(""), *stored, now, "B").head.fields,
            fields_of("ETag: \"a\"\nContent-Type: t/a\nContent-Range: x\nB: 1\nDate: @0\nAge: 12"));
  EXPECT_EQ(answer_from(request_of("If-None-Match: \"a\""), *stored, now, "B").head.fields,
            fields_of("ETag: \"a\"\nB: 1\nDate: @0\nAge: 12"));
  EXPECT_EQ(answer_from(request_of("Range: bytes=0-1"), *stored, now, "B").head.fields,
            fields_of("ETag: \"a\"\nContent-Type: t/a\nB: 1\nDate: @0\nAge: 12\nContent-Range: bytes 0-1/100"));
  const StoredAnswer none = answer_from(request_of("Range: bytes=100-"), *stored, now, "B");
  EXPECT_EQ(none.head.fields, fields_of("Content-Range: bytes */100"));

  StoredResponse large = *stored;
  large.size = 1000;
  const StoredAnswer parts = answer_from(request_of("Range: bytes=0-1,500-501"), large, now, "B");
  std::string text;
  for (const BodyPiece& piece : parts.pieces) {
    text += piece.length == 0U ? piece.text
                               : "<" + std::to_string(piece.offset) + "+" + std::to_string(*piece.length) + ">";
  }
  EXPECT_EQ(text,
            "--B\r\nContent-Type: t/a\r\nContent-Range: bytes 0-1/1000\r\n\r\n<0+2>"
            "\r\n--B\r\nContent-Type: t/a\r\nContent-Range: bytes 500-501/1000\r\n\r\n<500+2>\r\n--B--\r\n");
  EXPECT_EQ(parts.head.fields.value("Content-Type"), "multipart/byteranges; boundary=B");
  EXPECT_EQ(*parts.size(), text.size() - 5 - 7 + 4);

  StoredResponse growing = *stored;
  growing.size.reset();
  const StoredAnswer whole = answer_from(request_of("Range: bytes=0-1"), growing, now, "B");
  EXPECT_EQ(whole.head.status, 200U);
  EXPECT_EQ(whole.size(), std::nullopt);
  const StoredPointer gone = stored_of(request_of(""), response_of(404, "ETag: \"a\""));
  EXPECT_EQ(answer_from(request_of("If-None-Match: \"a\"\nRange: bytes=0-1"), *gone, now, "B").head.status, 404U);
  const http::RequestHead head = request_of("Range: bytes=0-1", "HEAD");
  EXPECT_EQ(answer_from(head, *stored, now, "B").head.status, 200U) << "Range is of GET (RFC 9110, 14.2)";
}

TEST(S4_2_3_Age, IsWhatThePathTook) {
  StoredResponse stored = *stored_of(request_of(""), response_of(200, "Age: 3\nDate: @-1"));
  stored.requested = kStart - Seconds(10);
  EXPECT_EQ(current_age(stored, kStart + Seconds(5)), Seconds(3 + 10 + 5));
  stored.head.fields.set("Date", http::http_date(kStart - Seconds(40)));
  EXPECT_EQ(current_age(stored, kStart + Seconds(5)), Seconds(40 + 5));
  EXPECT_EQ(current_age(stored, kStart - Seconds(500)), Seconds(40)) << "the clock went back";
  EXPECT_EQ(current_age(stored, kStart + kMostSeconds), kMostSeconds);
}

TEST(Rfc9211, SaysWhatTheCacheDid) {
  const auto text = [](const CacheStatus& status) { return text_of(status, "wireproof"); };
  EXPECT_EQ(text({.hit = true, .time_to_live = Seconds(30)}), "wireproof; hit; ttl=30");
  EXPECT_EQ(text({.hit = true, .time_to_live = Seconds(-5)}), "wireproof; hit; ttl=-5");
  EXPECT_EQ(text({.forward = CacheStatus::Forward::uri_miss, .stored = true, .collapsed = true}),
            "wireproof; fwd=uri-miss; stored; collapsed");
  EXPECT_EQ(text({.forward = CacheStatus::Forward::stale, .forward_status = 304, .time_to_live = Seconds(9)}),
            "wireproof; fwd=stale; fwd-status=304; ttl=9");
  EXPECT_EQ(text({.forward = CacheStatus::Forward::bypass, .detail = "no-store"}),
            "wireproof; fwd=bypass; detail=no-store");
  EXPECT_EQ(text({.detail = "a \"b\""}), "wireproof; detail=\"a \\\"b\\\"\"");
  EXPECT_EQ(text_of({}, "h1:8080 cache"), "\"h1:8080 cache\"");
  http::Fields fields{{"Cache-Status", "origin; hit"}};
  add_cache_status(fields, {.hit = true}, "wireproof");
  EXPECT_EQ(fields.joined("Cache-Status"), "origin; hit, wireproof; hit");
}

TEST(S5_2_Directives, TheMoreRestrictiveOfTwoCounts) {
  const RequestDirectives request = request_directives(
      fields_of("Cache-Control: max-age=5, max-age=3, min-fresh=1, min-fresh=2, max-stale, max-stale=9\n"
                "Cache-Control: only-if-cached, no-transform, stale-if-error=4"));
  EXPECT_EQ(request, (RequestDirectives{.no_transform = true,
                                        .only_if_cached = true,
                                        .max_age = Seconds(3),
                                        .min_fresh = Seconds(2),
                                        .max_stale = Seconds(9),
                                        .stale_if_error = Seconds(4)}));
  EXPECT_EQ(request_directives(fields_of("Cache-Control: min-fresh=x")).min_fresh, kMostSeconds);
  const ResponseDirectives response = response_directives(
      fields_of(
          "Cache-Control: private=\"a, b\", private=c, no-cache=\"d\", stale-while-revalidate=\"7\", max-age=\"1\\0\"\n"
          "Cache-Control: s-maxage=2147483649, max-age=11, immutable"),
      false);
  EXPECT_EQ(response.private_fields, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(response.no_cache_fields, std::vector<std::string>{"d"});
  EXPECT_FALSE(response.is_private || response.no_cache);
  EXPECT_EQ(response.max_age, Seconds(10));
  EXPECT_EQ(response.s_maxage, kMostSeconds);
  EXPECT_EQ(response.stale_while_revalidate, Seconds(7));
  EXPECT_TRUE(response.immutable);
}

TEST(Plans, TellWhoMayLeadAndWhoMayWait) {
  struct Row {
    std::string request;
    std::string method;
    bool may_lead;
    bool may_wait;
  };
  const std::vector<Row> rows{
      {"", "GET", true, true},
      {"", "HEAD", false, true},
      {"", "POST", false, false},
      {"Range: bytes=0-1", "GET", false, false},
      {"Authorization: x", "GET", false, true},
      {"If-None-Match: \"b\"", "GET", false, true},
      {"Cache-Control: no-cache", "GET", true, false},
      {"Cache-Control: max-age=0", "GET", true, false},
      {"Cache-Control: no-store", "GET", false, false},
      {"Content-Length: 1", "GET", false, false},
  };
  for (const Row& row : rows) {
    const http::RequestHead request = request_of(row.request, row.method);
    const RequestPlan plan = plan_request(request, cache_key(request), {}, kStart, {});
    EXPECT_EQ(plan.may_lead, row.may_lead) << row.method << ' ' << row.request;
    EXPECT_EQ(plan.may_wait, row.may_wait) << row.method << ' ' << row.request;
  }
}

TEST(Plans, RevalidateForEverybody) {
  const http::RequestHead request =
      request_of("Range: bytes=0-1\nIf-Modified-Since: @-5\nCache-Control: max-stale\nA: 1", "HEAD");
  const StoredPointer stored =
      stored_of(request_of(""), response_of(200, "ETag: \"a\"\nCache-Control: max-age=60, stale-while-revalidate=60"));
  const Seconds now = kStart + Seconds(70);
  const RequestPlan plan = plan_request(request, cache_key(request), {stored}, now, {});
  ASSERT_EQ(plan.kind, RequestPlan::Kind::serve_and_revalidate);
  EXPECT_TRUE(plan.status.hit);
  EXPECT_EQ(plan.status.time_to_live, Seconds(-10));
  EXPECT_EQ(plan.forward.method, "GET");
  EXPECT_EQ(plan.forward.fields, request_of("A: 1\nIf-None-Match: \"a\"").fields);
  const Exchange exchange{request, cache_key(request), now, now};
  EXPECT_EQ(plan_response(plan, exchange, response_of(304, "ETag: \"a\""), {}).kind, ResponsePlan::Kind::update);
  EXPECT_EQ(plan_response(plan, exchange, response_of(200, "Cache-Control: max-age=9"), {}).kind,
            ResponsePlan::Kind::store);
  EXPECT_EQ(plan_response(plan, exchange, response_of(503, ""), {.stale_if_error = Seconds(999)}).kind,
            ResponsePlan::Kind::fail);
  EXPECT_EQ(plan_failure(plan, exchange, {.stale_if_error = Seconds(999)}).kind, ResponsePlan::Kind::fail);
}

TEST(Plans, ServeStaleWhenTheOriginIsNotThere) {
  const http::RequestHead request = request_of("");
  const StoredPointer stored = stored_of(request, response_of(200, "Cache-Control: max-age=60"));
  const Seconds now = kStart + Seconds(70);
  const RequestPlan plan = plan_request(request, cache_key(request), {stored}, now, {});
  const Exchange exchange{request, cache_key(request), now, now};
  EXPECT_EQ(plan_failure(plan, exchange, {}).kind, ResponsePlan::Kind::fail);
  EXPECT_EQ(plan_failure(plan, exchange, {.stale_if_error = Seconds(9)}).kind, ResponsePlan::Kind::fail);
  const ResponsePlan stale = plan_failure(plan, exchange, {.stale_if_error = Seconds(10)});
  EXPECT_EQ(stale.kind, ResponsePlan::Kind::serve_stale);
  EXPECT_EQ(stale.stored, stored);
  EXPECT_EQ(text_of(stale.status, "c"), "c; fwd=stale; ttl=-10; detail=stale-if-error");
}

TEST(Plans, LearnAnotherVary) {
  const http::RequestHead request = request_of("A: 1");
  const StoredPointer stored = stored_of(request, response_of(200, "ETag: \"a\"\nCache-Control: max-age=60"));
  const Seconds now = kStart + Seconds(70);
  const RequestPlan plan = plan_request(request, cache_key(request), {stored}, now, {});
  const ResponsePlan answer =
      plan_response(plan, {request, cache_key(request), now, now}, response_of(304, "ETag: \"a\"\nVary: A"), {});
  ASSERT_EQ(answer.kind, ResponsePlan::Kind::update);
  EXPECT_TRUE(matches(*answer.stored, fields_of("A: 1")));
  EXPECT_FALSE(matches(*answer.stored, fields_of("A: 2")));
  // One without Vary takes no variant's place by itself.
  const StoredPointer variant = stored_of(request, response_of(200, "Vary: A\nCache-Control: max-age=60"), 9);
  const RequestPlan stale = plan_request(request, cache_key(request), {variant}, now, {});
  EXPECT_THAT(
      plan_response(stale, {request, cache_key(request), now, now}, response_of(200, "Cache-Control: max-age=9"), {})
          .removed,
      ElementsAre(9U));
}

}  // namespace
}  // namespace wireproof::http_cache
