// Requests as RFC 9112 has them, and those that it has refused: a row of the table is a test.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "http/message_reader.hpp"
#include "reader_cases.hpp"

namespace wireproof::http {
namespace {

using testing::read;
using testing::Told;

struct RequestCase {
  std::string name;  ///< with the section of the RFC
  std::string bytes;
  unsigned refused;  ///< 0: it is taken
  std::string body{};
  unsigned messages = 1;
};

void PrintTo(const RequestCase& row, std::ostream* out) { *out << ::testing::PrintToString(row.bytes); }

std::string get(const std::string& fields) { return "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"; }
std::string post(const std::string& fields, const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n" + body;
}
std::string line(const std::string& first) { return first + "\r\nHost: h\r\n\r\n"; }
std::string chunked(const std::string& body) { return post("Transfer-Encoding: chunked\r\n", body); }

const std::vector<RequestCase> kRequests{
    // RFC 9112, 2.2: line ends.
    {"S2_2_Plain", get(""), 0},
    {"S2_2_EmptyLineBefore", "\r\n" + get(""), 0},
    {"S2_2_ManyEmptyLinesBefore", "\r\n\r\n\r\n\r\n\r\n" + get(""), 400},
    {"S2_2_BareLfAfterRequestLine", "GET / HTTP/1.1\nHost: h\r\n\r\n", 400},
    {"S2_2_BareLfAfterField", "GET / HTTP/1.1\r\nHost: h\n\r\n", 400},
    {"S2_2_BareLfAtEnd", "GET / HTTP/1.1\r\nHost: h\r\n\n", 400},
    {"S2_2_BareLfEverywhere", "GET / HTTP/1.1\nHost: h\n\n", 400},
    {"S2_2_BareCrInValue", get("A: b\rc\r\n"), 400},
    {"S2_2_BareCrInRequestLine", line("GET /\r HTTP/1.1"), 400},
    {"S2_2_BareCrBefore", "\rGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"S2_2_CrCrLf", get("A: b\r\r\n"), 400},
    {"S2_2_BlankBeforeFirstField", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", 400},
    {"S2_2_BlankBeforeRequestLine", " GET / HTTP/1.1\r\nHost: h\r\n\r\n", 400},
    {"S2_2_NotHttpButTls", std::string("\x16\x03\x01\x02\x00\x01\x00", 7), 400, "", 0},
    // 2.3: versions.
    {"S2_3_Http10", "GET / HTTP/1.0\r\n\r\n", 0},
    {"S2_3_Http12", line("GET / HTTP/1.2"), 0},
    {"S2_3_Http20", line("GET / HTTP/2.0"), 505},
    {"S2_3_Http30", line("GET / HTTP/3.0"), 505},
    {"S2_3_Http09", line("GET / HTTP/0.9"), 505},
    {"S2_3_Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"S2_3_NoVersion", line("GET /"), 400},
    {"S2_3_LowerCase", line("GET / http/1.1"), 400},
    {"S2_3_TwoDigits", line("GET / HTTP/1.10"), 400},
    {"S2_3_NoMinor", line("GET / HTTP/1"), 400},
    {"S2_3_OtherName", line("GET / HTTPS/1.1"), 400},
    // 3: the request line.
    {"S3_TwoSpaces", line("GET  / HTTP/1.1"), 400},
    {"S3_TwoSpacesBeforeVersion", line("GET /  HTTP/1.1"), 400},
    {"S3_Tab", line("GET\t/\tHTTP/1.1"), 400},
    {"S3_SpaceInTarget", line("GET /a b HTTP/1.1"), 400},
    {"S3_SpaceBehind", line("GET / HTTP/1.1 "), 400},
    {"S3_Nul", line(std::string("GET /a\0b HTTP/1.1", 18)), 400},
    {"S3_1_NoMethod", line(" / HTTP/1.1"), 400},
    {"S3_1_MethodWithColon", line("GE:T / HTTP/1.1"), 400},
    {"S3_1_AnyToken", line("BREW!# / HTTP/1.1"), 0},
    {"S3_1_LowerCaseIsAnotherMethod", line("get / HTTP/1.1"), 0},
    {"S3_2_1_Query", line("GET /a?b=c&d HTTP/1.1"), 0},
    {"S3_2_1_Fragment", line("GET /a#b HTTP/1.1"), 400},
    {"S3_2_1_NotAscii", line("GET /\xC3\xA4 HTTP/1.1"), 400},
    {"S3_2_1_NoSlash", line("GET a HTTP/1.1"), 400},
    {"S3_2_1_ControlCharacter", line("GET /\x01 HTTP/1.1"), 400},
    {"S3_2_1_Delete", line("GET /\x7F HTTP/1.1"), 400},
    {"S3_2_2_Absolute", line("GET http://h/a HTTP/1.1"), 0},
    {"S3_2_2_AbsoluteWithPort", line("GET http://h:80/a HTTP/1.1"), 0},
    {"S3_2_2_AbsoluteOfAddress", line("GET http://[::1]:80/ HTTP/1.1"), 0},
    {"S3_2_2_NoHostInIt", line("GET http:///a HTTP/1.1"), 400},
    {"S3_2_2_UserInIt", line("GET http://u:p@h/a HTTP/1.1"), 400},
    {"S3_2_3_Connect", line("CONNECT h:443 HTTP/1.1"), 0},
    {"S3_2_3_ConnectWithoutPort", line("CONNECT h HTTP/1.1"), 400},
    {"S3_2_3_ConnectToPath", line("CONNECT /a HTTP/1.1"), 400},
    {"S3_2_4_Asterisk", line("OPTIONS * HTTP/1.1"), 0},
    {"S3_2_4_AsteriskOfGet", line("GET * HTTP/1.1"), 400},
    // 3.2: Host.
    {"S3_2_NoHost", "GET / HTTP/1.1\r\n\r\n", 400},
    {"S3_2_TwoHosts", get("Host: h\r\n"), 400},
    {"S3_2_TwoHostsOfOtherCase", get("hOST: i\r\n"), 400},
    {"S3_2_TwoHostsOfHttp10", "GET / HTTP/1.0\r\nHost: h\r\nHost: i\r\n\r\n", 400},
    {"S3_2_EmptyHost", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 0},
    {"S3_2_HostWithPort", "GET / HTTP/1.1\r\nHost: h:8080\r\n\r\n", 0},
    {"S3_2_HostOfAddress", "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", 0},
    {"S3_2_HostWithPath", "GET / HTTP/1.1\r\nHost: h/a\r\n\r\n", 400},
    {"S3_2_HostWithUser", "GET / HTTP/1.1\r\nHost: u@h\r\n\r\n", 400},
    {"S3_2_HostWithSpace", "GET / HTTP/1.1\r\nHost: h i\r\n\r\n", 400},
    {"S3_2_HostList", "GET / HTTP/1.1\r\nHost: h, i\r\n\r\n", 400},
    {"S3_2_HostWithWrongPort", "GET / HTTP/1.1\r\nHost: h:port\r\n\r\n", 400},
    {"S3_2_HostWithOpenBracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400},
    // 5: fields.
    {"S5_1_SpaceBeforeColon", get("A : b\r\n"), 400},
    {"S5_1_TabBeforeColon", get("A\t: b\r\n"), 400},
    {"S5_1_NoColon", get("A\r\n"), 400},
    {"S5_1_NoName", get(": b\r\n"), 400},
    {"S5_1_NameNotToken", get("A(b): c\r\n"), 400},
    {"S5_1_NameNotAscii", get("\xC3\xA4: c\r\n"), 400},
    {"S5_1_NoSpaceBehindColon", get("A:b\r\n"), 0},
    {"S5_1_EmptyValue", get("A:\r\n"), 0},
    {"S5_1_BlanksAroundValue", get("A: \t b \t\r\n"), 0},
    {"S5_2_Folded", get("A: b\r\n c\r\n"), 400},
    {"S5_2_FoldedWithTab", get("A: b\r\n\tc\r\n"), 400},
    {"S5_2_FoldedHost", "GET / HTTP/1.1\r\nHost:\r\n h\r\n\r\n", 400},
    {"S5_5_Nul", get(std::string("A: b\0c\r\n", 8)), 400},
    {"S5_5_ControlCharacter", get("A: b\x01\r\n"), 400},
    {"S5_5_Delete", get("A: b\x7F\r\n"), 400},
    {"S5_5_Tab", get("A: b\tc\r\n"), 0},
    {"S5_5_ObsText", get("A: \xE4\r\n"), 0},
    // 6: where the body ends.
    {"S6_2_Length", post("Content-Length: 3\r\n", "abc"), 0, "abc"},
    {"S6_2_LengthZero", post("Content-Length: 0\r\n", ""), 0},
    {"S6_2_LeadingZeros", post("Content-Length: 003\r\n", "abc"), 0, "abc"},
    {"S6_2_Negative", post("Content-Length: -1\r\n", ""), 400},
    {"S6_2_Plus", post("Content-Length: +3\r\n", "abc"), 400},
    {"S6_2_Hexadecimal", post("Content-Length: 0x3\r\n", "abc"), 400},
    {"S6_2_NoNumber", post("Content-Length: three\r\n", "abc"), 400},
    {"S6_2_EmptyLength", post("Content-Length:\r\n", "abc"), 400},
    {"S6_2_Overflow", post("Content-Length: 18446744073709551616\r\n", "abc"), 400},
    {"S6_2_TwoEqual", post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400},
    {"S6_2_TwoDiffering", post("Content-Length: 3\r\nContent-Length: 4\r\n", "abcd"), 400},
    {"S6_2_ListDiffering", post("Content-Length: 3, 4\r\n", "abcd"), 400},
    {"S6_2_ListEqual", post("Content-Length: 3, 3\r\n", "abc"), 400},
    {"S6_1_BothLengthFirst", post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"S6_1_BothCodingFirst", post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), 400},
    {"S6_1_BothOtherCoding", post("Transfer-Encoding: gzip\r\nContent-Length: 3\r\n", "abc"), 400},
    {"S6_1_Http10", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"S6_1_UnknownCoding", post("Transfer-Encoding: blob\r\n", ""), 501},
    {"S6_1_Gzip", post("Transfer-Encoding: gzip\r\n", ""), 501},
    {"S6_1_GzipChunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
    {"S6_1_ChunkedGzip", post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"), 501},
    {"S6_1_Identity", post("Transfer-Encoding: identity\r\n", ""), 501},
    {"S6_1_ChunkedTwice", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 400},
    {"S6_1_ChunkedInTwoLines", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
    {"S6_1_ChunkedQuoted", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n"), 400},
    {"S6_1_ChunkedWithParameter", post("Transfer-Encoding: chunked;a=b\r\n", "0\r\n\r\n"), 400},
    {"S6_1_ChunkedVerticalTab",
     post("Transfer-Encoding: \x0B"
          "chunked\r\n",
          "0\r\n\r\n"),
     400},
    {"S6_1_EmptyCoding", post("Transfer-Encoding:\r\n", ""), 400},
    {"S6_1_CodingOtherCase", post("transfer-encoding: CHUNKED\r\n", "0\r\n\r\n"), 0},
    {"S6_3_NoLengthIsNoBody", post("", ""), 0},
    {"S6_3_PipelinedAfterBody", post("Content-Length: 3\r\n", "abc") + get(""), 0, "abc", 2},
    // 7: chunked.
    {"S7_1_Chunks", chunked("3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"), 0, "abcd"},
    {"S7_1_HexadecimalOfBothCases", chunked("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"), 0,
     "01234567890123456789"},
    {"S7_1_LeadingZeros", chunked("0003\r\nabc\r\n00\r\n\r\n"), 0, "abc"},
    {"S7_1_Pipelined", chunked("3\r\nabc\r\n0\r\n\r\n") + get(""), 0, "abc", 2},
    {"S7_1_SizeNoNumber", chunked("xyz\r\n"), 400},
    {"S7_1_SizeEmpty", chunked("\r\n"), 400},
    {"S7_1_SizePrefixed", chunked("0x3\r\nabc\r\n0\r\n\r\n"), 400},
    {"S7_1_SizeNegative", chunked("-3\r\nabc\r\n0\r\n\r\n"), 400},
    {"S7_1_SizePlus", chunked("+3\r\nabc\r\n0\r\n\r\n"), 400},
    {"S7_1_SizeUnderscore", chunked("1_0\r\n"), 400},
    {"S7_1_SizeBlankBefore", chunked(" 3\r\nabc\r\n0\r\n\r\n"), 400},
    {"S7_1_SizeBlankBehind", chunked("3 \r\nabc\r\n0\r\n\r\n"), 400},
    {"S7_1_SizeOverflow", chunked("10000000000000000\r\n"), 400},
    {"S7_1_SizesOverflowTogether", chunked("1\r\na\r\nFFFFFFFFFFFFFFFF\r\n"), 413, "a"},
    {"S7_1_ChunkLongerThanSize", chunked("3\r\nabcd\r\n0\r\n\r\n"), 400, "abc"},
    {"S7_1_ChunkShorterThanSize", chunked("5\r\nabc\r\n0\r\n\r\n"), 400, "abc\r\n"},
    {"S7_1_BareLfAfterSize", chunked("3\nabc\r\n0\r\n\r\n"), 400},
    {"S7_1_BareLfAfterChunk", chunked("3\r\nabc\n0\r\n\r\n"), 400, "abc"},
    {"S7_1_BareCrAfterSize", chunked("3\rabc\r\n0\r\n\r\n"), 400},
    {"S7_1_BareLfAtEnd", chunked("0\r\n\n"), 400},
    {"S7_1_1_Extension", chunked("3;a=b\r\nabc\r\n0;c\r\n\r\n"), 0, "abc"},
    {"S7_1_1_ExtensionBlanks", chunked("3 ; a = b\r\nabc\r\n0\r\n\r\n"), 0, "abc"},
    {"S7_1_1_ExtensionQuoted", chunked("3;a=\"b;\\\"c\"\r\nabc\r\n0\r\n\r\n"), 0, "abc"},
    {"S7_1_1_ExtensionEmpty", chunked("3;\r\nabc\r\n0\r\n\r\n"), 400},
    {"S7_1_1_ExtensionOpenQuote", chunked("3;a=\"b\r\nabc\r\n0\r\n\r\n"), 400},
    {"S7_1_1_ExtensionWithLf", chunked("3;a\nabc\r\n0\r\n\r\n"), 400},
    {"S7_1_1_ExtensionWithCr", chunked("3;a\rb\r\nabc\r\n0\r\n\r\n"), 400},
    {"S7_1_1_ExtensionWithNul", chunked(std::string("3;a=\"\0\"\r\nabc\r\n", 15)), 400},
    {"S7_1_1_ExtensionTooLong", chunked("3;a=" + std::string(2000, 'b') + "\r\nabc\r\n0\r\n\r\n"), 400},
    {"S7_1_2_Trailers", chunked("3\r\nabc\r\n0\r\nA: b\r\nC: d\r\n\r\n"), 0, "abc"},
    {"S7_1_2_TrailerMalformed", chunked("0\r\nA : b\r\n\r\n"), 400},
    {"S7_1_2_TrailerFolded", chunked("0\r\nA: b\r\n c\r\n\r\n"), 400},
    {"S7_1_2_TrailersTooLarge", chunked("0\r\nA: " + std::string(40000, 'b') + "\r\n\r\n"), 431},
    // Limits of this room.
    {"Limit_Target", line("GET /" + std::string(8100, 'a') + " HTTP/1.1"), 0},
    {"Limit_TargetTooLong", line("GET /" + std::string(8300, 'a') + " HTTP/1.1"), 414},
    {"Limit_EndlessTarget", "GET /" + std::string(100000, 'a'), 414},
    {"Limit_Field", get("A: " + std::string(30000, 'b') + "\r\n"), 0},
    {"Limit_FieldTooLong", get("A: " + std::string(40000, 'b') + "\r\n"), 431},
    {"Limit_EndlessField", "GET / HTTP/1.1\r\nA: " + std::string(100000, 'b'), 431},
};

std::string with_fields(std::size_t count) {
  std::string fields;
  for (std::size_t i = 0; i < count; ++i) fields += "A: b\r\n";
  return get(fields);
}

class Requests : public ::testing::TestWithParam<RequestCase> {};

TEST_P(Requests, AreTakenOrRefusedHoweverTheyAreCut) {
  const RequestCase& row = GetParam();
  Told whole;
  for (const std::size_t step : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
    RequestReader reader;
    const Told told = read(reader, row.bytes, step);
    EXPECT_EQ(told.refused, row.refused) << "in steps of " << step << ": " << told.reason;
    EXPECT_EQ(told.bodies, row.body) << "in steps of " << step;
    EXPECT_EQ(told.messages, row.refused == 0 ? row.messages : 0) << "in steps of " << step;
    EXPECT_EQ(told.is_idle, row.refused == 0) << "in steps of " << step;
    EXPECT_EQ(told.refused != 0, !told.reason.empty());
    if (step == 0) whole = told;
    EXPECT_EQ(told.heads, whole.heads) << "in steps of " << step;
  }
}

INSTANTIATE_TEST_SUITE_P(Rfc9112, Requests, ::testing::ValuesIn(kRequests),
                         [](const auto& row) { return row.param.name; });

TEST(Request, IsTakenApart) {
  RequestReader reader;
  std::string_view bytes = "PUT /a?b HTTP/1.0\r\nHost: h\r\nA: \t1 \r\na:2\r\nContent-Length: 2\r\n\r\nxyz";
  ASSERT_EQ(reader.next(bytes), Part::head);
  EXPECT_EQ(reader.head().method, "PUT");
  EXPECT_EQ(reader.head().target, "/a?b");
  EXPECT_EQ(reader.head().version, Version::http10);
  EXPECT_EQ(reader.head().fields, (Fields{{"Host", "h"}, {"A", "1"}, {"a", "2"}, {"Content-Length", "2"}}));
  EXPECT_EQ(reader.head().fields.joined("a"), "1, 2");
  EXPECT_EQ(reader.framing(), Framing::of_length(2));
  ASSERT_EQ(reader.next(bytes), Part::body);
  EXPECT_EQ(reader.body(), "xy");
  ASSERT_EQ(reader.next(bytes), Part::end);
  EXPECT_EQ(bytes, "z");
}

TEST(Request, TellsTrailers) {
  RequestReader reader;
  read(reader, chunked("0\r\nA: b\r\nC:d\r\n\r\n"));
  EXPECT_EQ(reader.trailers(), (Fields{{"A", "b"}, {"C", "d"}}));
}

TEST(Request, HasABoundedNumberOfFields) {
  RequestReader enough;
  EXPECT_EQ(read(enough, with_fields(127)).refused, 0U);
  RequestReader more;
  EXPECT_EQ(read(more, with_fields(128)).refused, 431U);
}

TEST(Request, IsRefusedWithALongerBodyThanIsTaken) {
  for (const std::string& bytes :
       {post("Content-Length: 11\r\n", "0123456789a"), chunked("b\r\n0123456789a\r\n0\r\n\r\n"),
        chunked("a\r\n0123456789\r\n1\r\na\r\n0\r\n\r\n")}) {
    RequestReader reader({.body = 10});
    EXPECT_EQ(read(reader, bytes).refused, 413U) << bytes;
  }
  RequestReader reader({.body = 10});
  EXPECT_EQ(read(reader, chunked("a\r\n0123456789\r\n0\r\n\r\n")).refused, 0U);
}

TEST(Request, HasExtensionsOfABoundedSizeInAll) {
  std::string body;
  for (int i = 0; i < 100; ++i) body += "1;a=" + std::string(500, 'b') + "\r\nx\r\n";
  RequestReader reader;
  EXPECT_EQ(read(reader, chunked(body)).refused, 400U);
}

TEST(Request, ThatEndsTooSoonIsTold) {
  for (const std::string& bytes : {std::string("GET / HT"), post("Content-Length: 3\r\n", "ab"),
                                   chunked("3\r\nabc\r\n"), chunked("3\r\nabc\r\n0\r\n")}) {
    RequestReader reader;
    EXPECT_EQ(read(reader, bytes, 0, true).refused, 400U) << bytes;
  }
  RequestReader reader;
  EXPECT_EQ(read(reader, get(""), 0, true).refused, 0U);
}

}  // namespace
}  // namespace wireproof::http
