// Values of fields as RFC 9110 has them: dates, entity tags, conditions, ranges, negotiation. A row is a case.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/conditions.hpp"
#include "http/date.hpp"
#include "http/entity_tag.hpp"
#include "http/media_type.hpp"
#include "http/negotiation.hpp"
#include "http/ranges.hpp"

namespace wireproof::http {
namespace {

using ::testing::ElementsAre;

constexpr Seconds kExample(784111777);  // that of RFC 9110, 5.6.7
constexpr Seconds kNow(1796000000);     // in November 2026

struct DateCase {
  std::string text;
  std::optional<Seconds> time;
};

TEST(S5_6_7_Dates, AreReadInAllThreeForms) {
  const std::vector<DateCase> rows{
      {"Sun, 06 Nov 1994 08:49:37 GMT", kExample},
      {"Sunday, 06-Nov-94 08:49:37 GMT", kExample},
      {"Sun Nov  6 08:49:37 1994", kExample},
      {"Wed Nov 16 08:49:37 1994", kExample + std::chrono::days(10)},
      {"Thu, 01 Jan 1970 00:00:00 GMT", Seconds(0)},
      {"Tue, 29 Feb 2028 00:00:00 GMT", Seconds(1835395200)},
      {"Mon, 06 Nov 1994 08:49:37 GMT", kExample},  // the wrong day of the week
      // Two digits are a year that is at most 50 years away.
      {"Friday, 01-Jan-27 00:00:00 GMT", Seconds(1798761600)},
      {"Wednesday, 01-Jan-76 00:00:00 GMT", Seconds(3345062400)},
      {"Saturday, 01-Jan-77 00:00:00 GMT", Seconds(220924800)},
      {"", std::nullopt},
      {"0", std::nullopt},
      {"-1", std::nullopt},
      {"Sun, 06 Nov 1994 08:49:37", std::nullopt},
      {"Sun, 06 Nov 1994 08:49:37 UTC", std::nullopt},
      {"Sun, 06 Nov 1994 08:49:37 +0000", std::nullopt},
      {"Sun, 6 Nov 1994 08:49:37 GMT", std::nullopt},
      {"sun, 06 Nov 1994 08:49:37 GMT", std::nullopt},
      {"Sun, 06 nov 1994 08:49:37 GMT", std::nullopt},
      {"Sun,06 Nov 1994 08:49:37 GMT", std::nullopt},
      {"Sun, 31 Feb 1994 08:49:37 GMT", std::nullopt},
      {"Sun, 00 Nov 1994 08:49:37 GMT", std::nullopt},
      {"Sun, 06 Nov 1994 24:49:37 GMT", std::nullopt},
      {"Sun, 06 Nov 1994 08:60:37 GMT", std::nullopt},
      {"Sun, 06 Nov 1994 08:49:61 GMT", std::nullopt},
      {"Sun, 06 Nov 1994 08:49:37 GMT ", std::nullopt},
      {"Sun, 06 Nov 1994 08:49:37 GMTx", std::nullopt},
  };
  for (const DateCase& row : rows) EXPECT_EQ(parse_http_date(row.text, kNow), row.time) << row.text;
}

TEST(S5_6_7_Dates, AreWrittenInTheFirstForm) {
  EXPECT_EQ(http_date(kExample), "Sun, 06 Nov 1994 08:49:37 GMT");
  for (Seconds time(0); time < Seconds(4'000'000'000); time += Seconds(86399 * 71)) {
    ASSERT_EQ(parse_http_date(http_date(time), kNow), time);
  }
}

TEST(S8_8_3_EntityTags, AreReadAndCompared) {
  EXPECT_EQ(parse_entity_tag("\"a\""), EntityTag({"a"}));
  EXPECT_EQ(parse_entity_tag("W/\"a\""), EntityTag({"a", true}));
  EXPECT_EQ(parse_entity_tag("\"\""), EntityTag({""}));
  EXPECT_EQ(parse_entity_tag("\"a\\\""), EntityTag({"a\\"}));
  for (const char* const wrong : {"", "a", "\"a", "a\"", "w/\"a\"", "\"a b\"", "\"a\"b\"", "W\"a\"", "\"\x7F\""}) {
    EXPECT_EQ(parse_entity_tag(wrong), std::nullopt) << wrong;
  }
  EXPECT_THAT(*parse_entity_tags(" \"a,b\" ,, W/\"c\","), ElementsAre(EntityTag{"a,b"}, EntityTag{"c", true}));
  EXPECT_EQ(parse_entity_tags("\"a\" \"b\""), std::nullopt);
  EXPECT_EQ(parse_entity_tags("\"a\", b"), std::nullopt);
  // The table of 8.8.3.2.
  const EntityTag weak{"1", true};
  const EntityTag strong{"1"};
  EXPECT_FALSE(match_strongly(weak, weak));
  EXPECT_TRUE(match_weakly(weak, weak));
  EXPECT_FALSE(match_weakly(weak, EntityTag{"2", true}));
  EXPECT_FALSE(match_strongly(weak, strong));
  EXPECT_TRUE(match_weakly(weak, strong));
  EXPECT_TRUE(match_strongly(strong, strong));
}

struct ConditionCase {
  Fields fields;
  Condition of_get;
  Condition of_put;
};

TEST(S13_Conditions, AreEvaluatedInOrder) {
  constexpr auto kNone = Condition::none;
  constexpr auto kNotModified = Condition::not_modified;
  constexpr auto kFailed = Condition::precondition_failed;
  const std::string date = http_date(kExample);
  const std::string before = http_date(kExample - Seconds(1));
  const std::string after = http_date(kExample + Seconds(1));
  const std::vector<ConditionCase> rows{
      {{}, kNone, kNone},
      // 13.1.1: If-Match, by strong comparison.
      {{{"If-Match", "\"a\""}}, kNone, kNone},
      {{{"If-Match", "\"b\", \"a\""}}, kNone, kNone},
      {{{"If-Match", "\"b\""}, {"If-Match", "\"a\""}}, kNone, kNone},
      {{{"If-Match", "W/\"a\""}}, kFailed, kFailed},
      {{{"If-Match", "\"b\""}}, kFailed, kFailed},
      {{{"If-Match", "*"}}, kNone, kNone},
      {{{"If-Match", "a"}}, kFailed, kFailed},
      // 13.1.4: If-Unmodified-Since, when there is no If-Match.
      {{{"If-Unmodified-Since", date}}, kNone, kNone},
      {{{"If-Unmodified-Since", before}}, kFailed, kFailed},
      {{{"If-Unmodified-Since", "yesterday"}}, kNone, kNone},
      {{{"If-Match", "\"a\""}, {"If-Unmodified-Since", before}}, kNone, kNone},
      // 13.1.2: If-None-Match, by weak comparison.
      {{{"If-None-Match", "\"a\""}}, kNotModified, kFailed},
      {{{"If-None-Match", "W/\"a\""}}, kNotModified, kFailed},
      {{{"If-None-Match", "\"b\", W/\"a\""}}, kNotModified, kFailed},
      {{{"If-None-Match", "*"}}, kNotModified, kFailed},
      {{{"If-None-Match", "\"b\""}}, kNone, kNone},
      {{{"If-None-Match", "\"b"}}, kNone, kNone},
      // 13.1.3: If-Modified-Since, of GET and HEAD, when there is no If-None-Match.
      {{{"If-Modified-Since", date}}, kNotModified, kNone},
      {{{"If-Modified-Since", after}}, kNotModified, kNone},
      {{{"If-Modified-Since", before}}, kNone, kNone},
      {{{"If-Modified-Since", "yesterday"}}, kNone, kNone},
      {{{"If-Modified-Since", date}, {"If-Modified-Since", date}}, kNone, kNone},
      {{{"If-None-Match", "\"b\""}, {"If-Modified-Since", date}}, kNone, kNone},
      // 13.2.2: what fails first decides.
      {{{"If-Match", "\"b\""}, {"If-None-Match", "\"a\""}}, kFailed, kFailed},
      {{{"If-Match", "\"a\""}, {"If-None-Match", "\"a\""}}, kNotModified, kFailed},
      {{{"If-Unmodified-Since", before}, {"If-Modified-Since", date}}, kFailed, kFailed},
  };
  const Validators validators{EntityTag{"a"}, kExample};
  for (const ConditionCase& row : rows) {
    const std::string name = row.fields.empty() ? "none" : row.fields.begin()->name + ": " + row.fields.begin()->value;
    EXPECT_EQ(evaluate({"GET", "/", Version::http11, row.fields}, validators, kNow), row.of_get) << name;
    EXPECT_EQ(evaluate({"HEAD", "/", Version::http11, row.fields}, validators, kNow), row.of_get) << name;
    EXPECT_EQ(evaluate({"PUT", "/", Version::http11, row.fields}, validators, kNow), row.of_put) << name;
  }
  const Validators nothing{.exists = false};
  EXPECT_EQ(evaluate({"PUT", "/", Version::http11, {{"If-Match", "*"}}}, nothing, kNow), kFailed);
  EXPECT_EQ(evaluate({"PUT", "/", Version::http11, {{"If-None-Match", "*"}}}, nothing, kNow), kNone);
}

TEST(S13_1_5_IfRange, WantsTheSameBytes) {
  const Validators validators{EntityTag{"a"}, kExample};
  const auto counts = [&](const Fields& fields, const Validators& of, Seconds now = kNow) {
    return range_counts({"GET", "/", Version::http11, fields}, of, now);
  };
  EXPECT_TRUE(counts({}, validators));
  EXPECT_TRUE(counts({{"If-Range", "\"a\""}}, validators));
  EXPECT_FALSE(counts({{"If-Range", "\"b\""}}, validators));
  EXPECT_FALSE(counts({{"If-Range", "W/\"a\""}}, validators));
  EXPECT_FALSE(counts({{"If-Range", "\"a\""}}, {EntityTag{"a", true}, kExample}));
  EXPECT_TRUE(counts({{"If-Range", http_date(kExample)}}, validators));
  EXPECT_FALSE(counts({{"If-Range", http_date(kExample + Seconds(1))}}, validators));
  EXPECT_FALSE(counts({{"If-Range", http_date(kExample)}}, validators, kExample));  // it may change within that second
  EXPECT_FALSE(counts({{"If-Range", "nonsense"}}, validators));
  EXPECT_FALSE(counts({{"If-Range", "\"a\""}, {"If-Range", "\"a\""}}, validators));
}

struct RangeCase {
  std::string value;
  Ranges::Kind kind;
  std::vector<ByteRange> parts{};
  std::uint64_t size = 10000;
};

TEST(S14_Ranges, AreParts) {
  constexpr auto kWhole = Ranges::Kind::whole;
  constexpr auto kUnsatisfiable = Ranges::Kind::unsatisfiable;
  constexpr auto kParts = Ranges::Kind::parts;
  std::string many = "bytes=0-0";
  for (int i = 1; i < 33; ++i) many += "," + std::to_string(200 * i) + "-" + std::to_string(200 * i);
  const std::vector<RangeCase> rows{
      // 14.1.2: the examples.
      {"bytes=0-499", kParts, {{0, 499}}},
      {"bytes=500-999", kParts, {{500, 999}}},
      {"bytes=-500", kParts, {{9500, 9999}}},
      {"bytes=9500-", kParts, {{9500, 9999}}},
      {"bytes=0-0,-1", kParts, {{0, 0}, {9999, 9999}}},
      {"bytes= 0-999, 4500-5499, -1000", kParts, {{0, 999}, {4500, 5499}, {9000, 9999}}},
      {"bytes=500-600,601-999", kParts, {{500, 999}}},
      {"bytes=500-700,601-999", kParts, {{500, 999}}},
      {"BYTES=0-0", kParts, {{0, 0}}},
      // Ends beyond the end.
      {"bytes=9999-20000", kParts, {{9999, 9999}}},
      {"bytes=0-99999999999999999999999", kParts, {{0, 9999}}},
      {"bytes=-20000", kParts, {{0, 9999}}},
      {"bytes=-99999999999999999999999", kParts, {{0, 9999}}},
      {"bytes=0-", kParts, {{0, 9999}}},
      // What cannot be satisfied is left out.
      {"bytes=10000-", kUnsatisfiable},
      {"bytes=99999999999999999999999-", kUnsatisfiable},
      {"bytes=-0", kUnsatisfiable},
      {"bytes=10000-10001,-0", kUnsatisfiable},
      {"bytes=0-0,10000-", kParts, {{0, 0}}},
      {"bytes=0-0", kUnsatisfiable, {}, 0},
      {"bytes=-1", kWhole, {}, 0},
      // In the order asked for, but for those that overlap or are close.
      {"bytes=5000-5001,0-1", kParts, {{5000, 5001}, {0, 1}}},
      {"bytes=5000-5001,0-1,4000-5000", kParts, {{0, 1}, {4000, 5001}}},
      {"bytes=0-1,50-51", kParts, {{0, 51}}},
      {"bytes=0-,0-,0-,0-", kParts, {{0, 9999}}},
      {"bytes=0-9,2-3,100-", kParts, {{0, 9}, {100, 9999}}},
      // Malformed, or of another unit: as if it were not there.
      {"", kWhole},
      {"bytes", kWhole},
      {"bytes=", kWhole},
      {"bytes=,", kWhole},
      {"bytes=-", kWhole},
      {"bytes=a-b", kWhole},
      {"bytes=1", kWhole},
      {"bytes=2-1", kWhole},
      {"bytes=0-0,2-1", kWhole},
      {"bytes=0x0-1", kWhole},
      {"bytes=0-1-2", kWhole},
      {"bytes=+0-1", kWhole},
      {"bytes 0-1", kWhole},
      {"lines=0-1", kWhole},
      {many, kWhole},
  };
  for (const RangeCase& row : rows) {
    const Ranges ranges = parse_ranges(row.value, row.size);
    EXPECT_EQ(ranges.kind, row.kind) << row.value;
    EXPECT_EQ(ranges.parts, row.parts) << row.value;
  }
}

TEST(S14_4_ContentRange, IsWrittenAndRead) {
  EXPECT_EQ(content_range({42, 1233}, 1234), "bytes 42-1233/1234");
  EXPECT_EQ(unsatisfied_range(1234), "bytes */1234");
  const auto found = parse_content_range("bytes 42-1233/1234");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->range, ByteRange({42, 1233}));
  EXPECT_EQ(found->size, 1234U);
  EXPECT_EQ(parse_content_range("bytes 42-1233/*")->size, std::nullopt);
  for (const char* const wrong : {"", "bytes", "bytes */1234", "bytes 42-41/100", "bytes 0-100/100", "bytes 0-1/",
                                  "lines 0-1/2", "bytes -1/2", "bytes 0-/2", "bytes=0-1/2", "bytes 0/1-2"}) {
    EXPECT_FALSE(parse_content_range(wrong)) << wrong;
  }
}

struct CodingCase {
  std::optional<std::string> accepted;
  std::string chosen;
};

TEST(S12_5_3_AcceptEncoding, ChoosesACoding) {
  const std::vector<CodingCase> rows{
      {std::nullopt, ""},
      {"", ""},
      {"gzip", "gzip"},
      {"GZIP", "gzip"},
      {"x-gzip", "gzip"},
      {"gzip, deflate, br", "br"},
      {"gzip;q=1.0, br;q=0.5", "gzip"},
      {"gzip;q=0", ""},
      {"gzip;q=0.000", ""},
      {"gzip;q=0, br", "br"},
      {"br ; q=0.1", "br"},
      {"*", "br"},
      {"*;q=0", ""},
      {"br;q=0, *", "gzip"},
      {"identity", ""},
      {"identity;q=0.5, gzip;q=0.4", ""},
      {"identity;q=0, gzip;q=0.1", "gzip"},
      {"deflate", ""},
      {"gzip;q=2", ""},
      {"gzip;q=x", ""},
      {"gzip;level=9", ""},
  };
  for (const CodingCase& row : rows) {
    EXPECT_EQ(choose_coding(row.accepted, {"br", "gzip", ""}), row.chosen) << row.accepted.value_or("none");
  }
}

TEST(S12_4_2_Qualities, AreThousandths) {
  EXPECT_EQ(parse_quality("1"), 1000U);
  EXPECT_EQ(parse_quality("1.000"), 1000U);
  EXPECT_EQ(parse_quality("0"), 0U);
  EXPECT_EQ(parse_quality("0."), 0U);
  EXPECT_EQ(parse_quality("0.5"), 500U);
  EXPECT_EQ(parse_quality("0.125"), 125U);
  for (const char* const wrong : {"", ".5", "2", "1.001", "0.1234", "0,5", "-0", "0.x"}) {
    EXPECT_EQ(parse_quality(wrong), std::nullopt) << wrong;
  }
}

TEST(MediaTypes, AreKnownByName) {
  EXPECT_EQ(media_type("a.html"), "text/html; charset=utf-8");
  EXPECT_EQ(media_type("A.HTML"), "text/html; charset=utf-8");
  EXPECT_EQ(media_type("a.b.js"), "text/javascript; charset=utf-8");
  EXPECT_EQ(media_type("a.svg"), "image/svg+xml");
  EXPECT_EQ(media_type("a.tar.gz"), "application/gzip");
  EXPECT_EQ(media_type("html"), "application/octet-stream");
  EXPECT_EQ(media_type("a.unheard"), "application/octet-stream");
  EXPECT_EQ(media_type(""), "application/octet-stream");
}

}  // namespace
}  // namespace wireproof::http
