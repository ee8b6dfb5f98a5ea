// Responses as RFC 9112 has them, and those that a client or gateway must not believe: a row of the table is a test.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "http/message_reader.hpp"
#include "reader_cases.hpp"

namespace wireproof::http {
namespace {

using testing::read;
using testing::Told;

struct ResponseCase {
  std::string name;  ///< with the section of the RFC
  std::string method;
  std::string bytes;  ///< until the connection's end
  bool is_taken;
  std::string body{};
  unsigned messages = 1;
};

void PrintTo(const ResponseCase& row, std::ostream* out) { *out << ::testing::PrintToString(row.bytes); }

std::string ok(const std::string& fields, const std::string& body = "") {
  return "HTTP/1.1 200 OK\r\n" + fields + "\r\n" + body;
}

const std::vector<ResponseCase> kResponses{
    {"S4_Plain", "GET", ok("Content-Length: 3\r\n", "abc"), true, "abc"},
    {"S4_EmptyReason", "GET", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n", true},
    {"S4_NoSpaceBeforeEmptyReason", "GET", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", true},
    {"S4_ReasonWithObsText", "GET", "HTTP/1.1 200 \xE4\r\nContent-Length: 0\r\n\r\n", true},
    {"S4_TwoDigits", "GET", "HTTP/1.1 20 OK\r\n\r\n", false},
    {"S4_FourDigits", "GET", "HTTP/1.1 2000 OK\r\n\r\n", false},
    {"S4_NoSuchStatus", "GET", "HTTP/1.1 999 OK\r\n\r\n", false},
    {"S4_StatusZero", "GET", "HTTP/1.1 099 OK\r\n\r\n", false},
    {"S4_NotHttp", "GET", "SSH-2.0-x\r\n", false},
    {"S4_BareLf", "GET", "HTTP/1.1 200 OK\nContent-Length: 0\n\n", false},
    {"S2_3_Http19", "GET", "HTTP/1.9 204 No Content\r\n\r\n", true},
    {"S2_3_Http20", "GET", "HTTP/2.0 200 OK\r\n\r\n", false},
    {"S5_2_Folded", "GET", ok("A: b\r\n c\r\nContent-Length: 0\r\n"), false},
    {"S5_1_SpaceBeforeColon", "GET", ok("A : b\r\nContent-Length: 0\r\n"), false},
    {"S5_5_ControlCharacter", "GET", ok("A: \x1B[2J\r\nContent-Length: 0\r\n"), false},
    {"S6_3_Head", "HEAD", ok("Content-Length: 3\r\n"), true},
    {"S6_3_HeadChunked", "HEAD", ok("Transfer-Encoding: chunked\r\n"), true},
    {"S6_3_NoContent", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n", true},
    {"S6_3_NotModified", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n", true},
    {"S6_3_Connect", "CONNECT", "HTTP/1.1 200 OK\r\n\r\n", true},
    {"S6_3_ConnectRefused", "CONNECT", "HTTP/1.1 403 No\r\nContent-Length: 1\r\n\r\na", true, "a"},
    {"S6_3_UntilClose", "GET", ok("", "abc"), true, "abc"},
    {"S6_3_Chunked", "GET", ok("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n0\r\n\r\n"), true, "abc"},
    {"S6_3_Both", "GET", ok("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "3\r\nabc\r\n0\r\n\r\n"), false},
    {"S6_3_TwoLengths", "GET", ok("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), false},
    {"S6_3_UnknownCoding", "GET", ok("Transfer-Encoding: gzip\r\n", "abc"), false},
    {"S6_3_Http10Coding", "GET", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false},
    {"S8_Truncated", "GET", ok("Content-Length: 4\r\n", "abc"), false, "abc"},
    {"S8_TruncatedChunk", "GET", ok("Transfer-Encoding: chunked\r\n", "4\r\nabc"), false, "abc"},
    {"S8_TruncatedBeforeLastChunk", "GET", ok("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n"), false, "abc"},
    {"S8_TruncatedHead", "GET", "HTTP/1.1 200 OK\r\nA: b\r\n", false},
    {"S15_2_Interim", "GET", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok("Content-Length: 1\r\n", "a"), true,
     "a", 2},
    {"S15_2_Continue", "GET", "HTTP/1.1 100 Continue\r\n\r\n" + ok("Content-Length: 1\r\n", "a"), true, "a", 2},
    {"Limit_EndlessHead", "GET", "HTTP/1.1 200 OK\r\nA: " + std::string(100000, 'b'), false},
};

class Responses : public ::testing::TestWithParam<ResponseCase> {};

TEST_P(Responses, AreTakenOrRefusedHoweverTheyAreCut) {
  const ResponseCase& row = GetParam();
  for (const std::size_t step : {std::size_t{0}, std::size_t{1}, std::size_t{3}}) {
    ResponseReader reader;
    reader.expect(row.method);
    const Told told = read(reader, row.bytes, step, true);
    EXPECT_EQ(told.refused, row.is_taken ? 0U : 502U) << "in steps of " << step << ": " << told.reason;
    EXPECT_EQ(told.bodies, row.body) << "in steps of " << step;
    EXPECT_EQ(told.messages, row.is_taken ? row.messages : 0) << "in steps of " << step;
  }
}

INSTANTIATE_TEST_SUITE_P(Rfc9112, Responses, ::testing::ValuesIn(kResponses),
                         [](const auto& row) { return row.param.name; });

struct Reuse {
  Version version;
  Fields fields;
  bool lives;
};

TEST(Connections, AreReusedAsRfc9112S9_3Has) {
  const std::vector<Reuse> rows{
      {Version::http11, {}, true},
      {Version::http11, {{"Connection", "close"}}, false},
      {Version::http11, {{"Connection", "Upgrade, Close"}}, false},
      {Version::http11, {{"Connection", "keep-alive, close"}}, false},
      {Version::http11, {{"Connection", "closed"}}, true},
      {Version::http10, {}, false},
      {Version::http10, {{"connection", "Keep-Alive"}}, true},
      {Version::http10, {{"Connection", "x"}, {"Connection", "keep-alive"}}, true},
  };
  for (const Reuse& row : rows) {
    EXPECT_EQ(keeps_alive(row.version, row.fields), row.lives) << row.fields.joined("Connection").value_or("none");
  }
}

}  // namespace
}  // namespace wireproof::http
