// Heads as they are handed on.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "http/message_writer.hpp"
#include "http_forwarding/next_hop.hpp"
#include "http_forwarding/upstream_error.hpp"

namespace wireproof::http_forwarding {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const PreviousHop kClient{*parse_address("10.0.0.9")};

http::RequestHead request(http::Fields fields, const std::string& method = "GET") {
  return {.method = method, .target = "http://h/a", .version = http::Version::http11, .fields = std::move(fields)};
}

/// As it is written; empty when it was refused.
std::string handed_on(const http::RequestHead& head, const NextHop& hop = {.pseudonym = "me"},
                      const PreviousHop& before = kClient) {
  const auto next = next_request(head, "/a", "h", hop, before);
  std::string text;
  if (const auto* const made = std::get_if<http::RequestHead>(&next)) http::append_head(text, *made);
  return text;
}

TEST(NextRequest, HasTheTargetsHostAndThisHop) {
  EXPECT_EQ(handed_on(request({{"Host", "other"}, {"Accept", "*/*"}})),
            "GET /a HTTP/1.1\r\nHost: h\r\nAccept: */*\r\nVia: 1.1 me\r\n\r\n");
}

TEST(NextRequest, HasNothingThatWasForThisHopAlone) {
  const std::string text = handed_on(request({{"Connection", "close, X-One"},
                                              {"connection", "keep-alive , \"odd, \", X-Two"},
                                              {"X-One", "1"},
                                              {"x-two", "2"},
                                              {"Keep-Alive", "timeout=5"},
                                              {"Proxy-Connection", "keep-alive"},
                                              {"Proxy-Authorization", "Basic YTpi"},
                                              {"TE", "trailers"},
                                              {"Trailer", "X-Sum"},
                                              {"Transfer-Encoding", "chunked"},
                                              {"Upgrade", "websocket"},
                                              {"X-Three", "3"}}));
  EXPECT_EQ(text, "GET /a HTTP/1.1\r\nHost: h\r\nX-Three: 3\r\nVia: 1.1 me\r\n\r\n");
}

TEST(NextRequest, LosesNothingThatIsForAll) {
  const std::string text = handed_on(request({{"Connection", "Host, Cache-Control, Via, Authorization, Content-Length"},
                                              {"Host", "h"},
                                              {"Cache-Control", "no-store"},
                                              {"Via", "1.0 other"},
                                              {"Authorization", "Basic YTpi"},
                                              {"Content-Length", "3"}}));
  EXPECT_THAT(text, AllOf(HasSubstr("\r\nHost: h\r\n"), HasSubstr("\r\nCache-Control: no-store\r\n"),
                          HasSubstr("\r\nVia: 1.0 other, 1.1 me\r\n"), HasSubstr("\r\nAuthorization: Basic YTpi\r\n"),
                          HasSubstr("\r\nContent-Length: 3\r\n")));
}

TEST(NextRequest, TellsTheVersionThatCame) {
  http::RequestHead old = request({{"Expect", "100-continue"}});
  old.version = http::Version::http10;
  EXPECT_THAT(handed_on(old),
              AllOf(StartsWith("GET /a HTTP/1.1\r\n"), HasSubstr("\r\nVia: 1.0 me\r\n"), Not(HasSubstr("Expect"))));
}

TEST(NextRequest, ThatWasHereIsRefused) {
  for (const char* via : {"1.1 me", "1.0 a, HTTP/1.1 ME (of mine)", "1.1 me(x)"}) {
    const auto next = next_request(request({{"Via", via}}), "/a", "h", {.pseudonym = "me"}, kClient);
    ASSERT_TRUE(std::holds_alternative<http::Refusal>(next)) << via;
    EXPECT_EQ(std::get<http::Refusal>(next).status, 508U);
  }
  for (const char* via : {"1.1 mee", "me", "1.1 other (me)", "1.1 you (1.1 me, 1.0)"}) {
    EXPECT_NE(handed_on(request({{"Via", via}})), "") << via;
  }
}

TEST(NextRequest, CountsForwardsDown) {
  EXPECT_THAT(handed_on(request({{"Max-Forwards", "3"}}, "OPTIONS")), HasSubstr("\r\nMax-Forwards: 2\r\n"));
  EXPECT_THAT(handed_on(request({{"Max-Forwards", "3"}}, "GET")), HasSubstr("\r\nMax-Forwards: 3\r\n"));
  EXPECT_EQ(max_forwards(request({{"Max-Forwards", "0"}}, "TRACE")), 0U);
  EXPECT_EQ(max_forwards(request({{"Max-Forwards", "0"}}, "GET")), std::nullopt);
  EXPECT_EQ(max_forwards(request({{"Max-Forwards", "-1"}}, "TRACE")), std::nullopt);
  EXPECT_EQ(max_forwards(request({}, "TRACE")), std::nullopt);
}

const http::Fields kForged{{"Host", "site:8080"},
                           {"X-Forwarded-For", "1.2.3.4"},
                           {"Forwarded", "for=1.2.3.4"},
                           {"X-Forwarded-Proto", "https"},
                           {"X-Forwarded-Host", "forged"}};

TEST(ForwardedFields, AreLeftAlone) {
  EXPECT_THAT(handed_on(request(kForged)),
              AllOf(HasSubstr("\r\nX-Forwarded-For: 1.2.3.4\r\n"), HasSubstr("\r\nForwarded: for=1.2.3.4\r\n")));
  EXPECT_THAT(handed_on(request({})), Not(HasSubstr("orwarded")));
}

TEST(ForwardedFields, AreAppended) {
  EXPECT_THAT(handed_on(request(kForged), {"me", ForwardedRule::append}),
              AllOf(HasSubstr("\r\nX-Forwarded-For: 1.2.3.4, 10.0.0.9\r\n"),
                    HasSubstr("\r\nForwarded: for=1.2.3.4, for=10.0.0.9;proto=http;host=\"site:8080\"\r\n"),
                    HasSubstr("\r\nX-Forwarded-Proto: https\r\n"), HasSubstr("\r\nX-Forwarded-Host: forged\r\n")));
}

TEST(ForwardedFields, AreReplaced) {
  EXPECT_THAT(handed_on(request(kForged), {"me", ForwardedRule::replace}),
              AllOf(HasSubstr("\r\nX-Forwarded-For: 10.0.0.9\r\n"),
                    HasSubstr("\r\nForwarded: for=10.0.0.9;proto=http;host=\"site:8080\"\r\n"),
                    HasSubstr("\r\nX-Forwarded-Proto: http\r\n"), HasSubstr("\r\nX-Forwarded-Host: site:8080\r\n"),
                    Not(HasSubstr("1.2.3.4")), Not(HasSubstr("forged"))));
}

TEST(ForwardedFields, HaveIpv6InBracketsAndQuotes) {
  EXPECT_THAT(handed_on(request({{"Host", "h"}}), {"me", ForwardedRule::append}, {*parse_address("2001:db8::1")}),
              AllOf(HasSubstr("\r\nX-Forwarded-For: 2001:db8::1\r\n"),
                    HasSubstr("\r\nForwarded: for=\"[2001:db8::1]\";proto=http;host=h\r\n")));
}

TEST(ForwardedFields, CannotBeTakenAwayByConnection) {
  EXPECT_THAT(handed_on(request({{"Connection", "X-Forwarded-For, Forwarded"}}), {"me", ForwardedRule::append}),
              AllOf(HasSubstr("\r\nX-Forwarded-For: 10.0.0.9\r\n"), HasSubstr("\r\nForwarded: for=10.0.0.9")));
}

TEST(PreviousResponse, HasThisHopAndNothingOfTheOther) {
  const http::ResponseHead head{.version = http::Version::http10,
                                .status = 200,
                                .reason = "Fine",
                                .fields = {{"Connection", "keep-alive, X-Hop"},
                                           {"X-Hop", "1"},
                                           {"Keep-Alive", "timeout=5"},
                                           {"Proxy-Authenticate", "Basic"},
                                           {"Content-Length", "3"},
                                           {"Via", "1.1 far"}}};
  std::string text;
  http::append_head(text, previous_response(head, {.pseudonym = "me"}));
  EXPECT_EQ(text, "HTTP/1.1 200 Fine\r\nContent-Length: 3\r\nVia: 1.1 far, 1.0 me\r\n\r\n");
}

TEST(NextTrailers, AreNoneOfTheHeader) {
  EXPECT_EQ(next_trailers({{"X-Sum", "1"}, {"Content-Length", "2"}, {"Host", "i"}, {"TE", "a"}, {"set-cookie", "a=b"}}),
            (http::Fields{{"X-Sum", "1"}}));
}

TEST(UpstreamErrors, TellWhatTheyAreAnsweredWith) {
  EXPECT_EQ(UpstreamError(UpstreamCause::timed_out, "").status(), 504U);
  EXPECT_EQ(UpstreamError(UpstreamCause::connect_timed_out, "").status(), 504U);
  EXPECT_EQ(UpstreamError(UpstreamCause::refused, "").status(), 502U);
  EXPECT_TRUE(UpstreamError(UpstreamCause::refused, "").before_sending());
  EXPECT_FALSE(UpstreamError(UpstreamCause::reset, "").before_sending());
  EXPECT_TRUE(UpstreamError(UpstreamCause::reset, "").without_answer());
  EXPECT_FALSE(UpstreamError(UpstreamCause::truncated, "").without_answer());
}

}  // namespace
}  // namespace wireproof::http_forwarding
