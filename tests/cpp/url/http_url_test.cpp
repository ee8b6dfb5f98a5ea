#include "url/http_url.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "../base/seeds.hpp"
#include "random/random.hpp"

namespace wireproof::url {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string typed(std::string_view text) { return parse_typed_url(text).absolute_form(); }

std::string refusal(std::string_view text) {
  try {
    return "taken as " + typed(text);
  } catch (const UrlError& error) {
    return error.what();
  }
}

TEST(TypedUrl, IsBroughtToOneSpelling) {
  EXPECT_EQ(typed("http://h1/"), "http://h1/");
  EXPECT_EQ(typed("http://h1"), "http://h1/");
  EXPECT_EQ(typed("HTTP://H1.Example:80/%7Ea/./b/../c#part"), "http://h1.example/~a/c");
  EXPECT_EQ(typed("http://h1:8080?x=1"), "http://h1:8080/?x=1");
  EXPECT_EQ(typed("http://h1:/"), "http://h1/");
  EXPECT_EQ(typed("https://h1:443/"), "https://h1/");
  EXPECT_EQ(typed("http://h1:443/"), "http://h1:443/");
  EXPECT_EQ(typed("http://h1/../../etc/passwd"), "http://h1/etc/passwd");
  EXPECT_EQ(typed("http://h1/%2e%2E/a"), "http://h1/a") << "escaped dots are dots";
  EXPECT_EQ(typed("http://h1/a%2fb"), "http://h1/a%2Fb") << "an escaped slash is none";
  EXPECT_EQ(typed("http://h1//a//"), "http://h1//a//");
  EXPECT_EQ(typed("http://h1./"), "http://h1./");
  EXPECT_EQ(typed("http://h%31/"), "http://h1/");
}

TEST(TypedUrl, NeedsNoScheme) {
  EXPECT_EQ(typed("h1/a"), "http://h1/a");
  EXPECT_EQ(typed("h1:8080/a"), "http://h1:8080/a");
  EXPECT_EQ(typed("//h1/a"), "http://h1/a");
  EXPECT_EQ(typed("10.0.0.1"), "http://10.0.0.1/");
  EXPECT_EQ(typed(" h1 "), "http://h1/");
}

TEST(TypedUrl, EncodesWhatPeopleType) {
  EXPECT_EQ(typed("http://h1/my file.txt?q=\xC3\xBC 1"), "http://h1/my%20file.txt?q=%C3%BC%201");
  EXPECT_EQ(typed("http://h1/a[1]?b[]=2"), "http://h1/a%5B1%5D?b%5B%5D=2");
  EXPECT_EQ(typed("http://h1/100%"), "http://h1/100%25");
}

TEST(TypedUrl, KnowsIpv6) {
  const HttpUrl plain = parse_typed_url("http://[2001:DB8:0::1]:8080/");
  EXPECT_EQ(plain.host, "2001:db8::1");
  EXPECT_EQ(plain.host_header(), "[2001:db8::1]:8080");
  const HttpUrl local = parse_typed_url("http://[fe80::1%25h1-eth0]/a");
  EXPECT_EQ(local.host_to_resolve(), "fe80::1%h1-eth0");
  EXPECT_EQ(local.host_header(), "[fe80::1]") << "RFC 6874, 4: the zone is nobody else's business";
  EXPECT_EQ(local.absolute_form(), "http://[fe80::1]/a");
  EXPECT_EQ(parse_typed_url("http://[fe80::1%h1-eth0]/").zone, "h1-eth0") << "as ping wants it";
}

TEST(TypedUrl, TellsWhyItIsNone) {
  EXPECT_THAT(refusal(""), HasSubstr("empty"));
  EXPECT_THAT(refusal("http://"), HasSubstr("host is missing"));
  EXPECT_THAT(refusal("http:h1"), HasSubstr("wants //"));
  EXPECT_THAT(refusal("ftp://h1/"), HasSubstr("'ftp:' is no scheme"));
  EXPECT_THAT(refusal("http://h1:0/"), HasSubstr("port"));
  EXPECT_THAT(refusal("http://h1:65536/"), HasSubstr("port"));
  EXPECT_THAT(refusal("http://h1:8x/"), HasSubstr("port"));
  EXPECT_THAT(refusal("http://::1/"), HasSubstr("[ and ]"));
  EXPECT_THAT(refusal("http://[::1/"), HasSubstr("] is missing"));
  EXPECT_THAT(refusal("http://[10.0.0.1]/"), HasSubstr("no IPv6 address"));
  EXPECT_THAT(refusal("http://[::1]x/"), HasSubstr("only a port"));
  EXPECT_THAT(refusal("http://[::1%25lo]/"), HasSubstr("only a link-local"));
  EXPECT_THAT(refusal("http://[fe80::1%25]/"), HasSubstr("no interface"));
  EXPECT_THAT(refusal("http://b\xC3\xBC"
                      "cher.example/"),
              HasSubstr("xn--"));
  EXPECT_THAT(refusal("http://b%C3%BCcher.example/"), HasSubstr("xn--"));
  EXPECT_THAT(refusal("http://a b/"), HasSubstr("letters, digits"));
  EXPECT_THAT(refusal("http://a..b/"), HasSubstr("each part"));
  EXPECT_THAT(refusal("http://./"), HasSubstr("each part"));
  EXPECT_THAT(refusal("http://" + std::string(64, 'a') + "/"), HasSubstr("each part"));
  EXPECT_THAT(refusal("http://h1/a\r\nX: y"), HasSubstr("control characters"));
  EXPECT_THAT(refusal("http://h1/\x7F"), HasSubstr("control characters"));
  EXPECT_THAT(refusal(std::string(kLongestUrl + 1, 'a')), HasSubstr("too long"));
}

TEST(TypedUrl, HasCredentialsThatNobodyIsTold) {
  const HttpUrl url = parse_typed_url("http://me%40home:p%3Aw:d@h1/a");
  EXPECT_EQ(url.credentials, (Credentials{"me@home", "p:w:d"}));
  EXPECT_EQ(url.absolute_form(), "http://h1/a");
  EXPECT_EQ(parse_typed_url("http://@h1/").credentials, std::nullopt);
  EXPECT_EQ(parse_typed_url("http://me@h1/").credentials, (Credentials{"me", ""}));
  EXPECT_THAT(refusal("http://me:secret@h1:0/"), Not(HasSubstr("secret")));
  EXPECT_EQ(parse_typed_url("http://h1@h2/").host, "h2");
}

TEST(Origin, IsSchemeHostAndPort) {
  const HttpUrl url = parse_typed_url("http://h1/a");
  EXPECT_TRUE(url.same_origin(parse_typed_url("http://H1:80/b?c")));
  EXPECT_FALSE(url.same_origin(parse_typed_url("http://h1:81/a")));
  EXPECT_FALSE(url.same_origin(parse_typed_url("https://h1:80/a")));
  EXPECT_FALSE(url.same_origin(parse_typed_url("http://h1.example/a")));
  EXPECT_FALSE(parse_typed_url("http://[fe80::1%25a]/").same_origin(parse_typed_url("http://[fe80::1%25b]/")));
}

TEST(Location, IsRelativeToWhereItStands) {
  const HttpUrl base = parse_typed_url("http://me:pw@h1:8080/b/c/d?q");
  const auto located = [&](std::string_view text) { return parse_location(base, text).absolute_form(); };
  EXPECT_EQ(located("../g"), "http://h1:8080/b/g");
  EXPECT_EQ(located("../../../g"), "http://h1:8080/g");
  EXPECT_EQ(located("?y"), "http://h1:8080/b/c/d?y");
  EXPECT_EQ(located("//h2/x"), "http://h2/x");
  EXPECT_EQ(located(""), "http://h1:8080/b/c/d?q");
  EXPECT_EQ(located("#top"), "http://h1:8080/b/c/d?q");
  EXPECT_EQ(located("https://h1/"), "https://h1/");
  EXPECT_EQ(located("/a b\xFF"), "http://h1:8080/a%20b%FF") << "servers write those too";
  EXPECT_EQ(parse_location(base, "/x").credentials, std::nullopt);
  EXPECT_THROW(located("http://h1@evil.example/"), UrlError) << "RFC 9110, 4.2.4";
  EXPECT_THROW(located("/a\nb"), UrlError);
  EXPECT_THROW(located("javascript:alert(1)"), UrlError);
  EXPECT_THROW(located("http:g"), UrlError);
}

TEST(Location, KeepsTheInterface) {
  const HttpUrl base = parse_typed_url("http://[fe80::1%25h1-eth0]/");
  EXPECT_EQ(parse_location(base, "/x").zone, "h1-eth0");
  EXPECT_EQ(parse_location(base, "http://[fe80::1]:8080/x").zone, "h1-eth0");
  EXPECT_EQ(parse_location(base, "http://[fe80::2]/x").zone, "");
}

/// What is taken is in one spelling, and fit to be sent.
TEST(TypedUrl, OfAnythingIsRefusedOrNormal) {
  std::uint64_t taken = 0;
  const std::uint64_t runs = testing::seeds(40000);
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    Random random(seed);
    static constexpr std::string_view kPieces[] = {
        "http:", "//", "/",        "h1", ".", "..", "%2e", "%2F",          "[::1]", ":80", "@", "?",
        "#",     " ",  "\xC3\xBC", "[",  "]", "%",  "A",   "fe80::1%25lo", "\\",    "\t",  ":"};
    std::string text = random.below(2) == 0 ? "http://h1/" : "";
    for (auto pieces = random.below(8); pieces > 0; --pieces) text += kPieces[random.below(std::size(kPieces))];
    try {
      const HttpUrl url = parse_typed_url(text);
      ++taken;
      const std::string whole = url.absolute_form();
      EXPECT_EQ(typed(whole), whole) << text;
      EXPECT_TRUE(url.path.starts_with('/')) << text;
      for (const std::string& part : {whole, url.origin_form(), url.host_header()}) {
        for (const char byte : part) EXPECT_TRUE(byte > 0x20 && byte < 0x7F) << text;
      }
      EXPECT_EQ(parse_location(url, url.absolute_form()).absolute_form(), whole);
    } catch (const UrlError&) {
    }
  }
  EXPECT_GT(taken, runs / 4) << "the pieces make too few URLs";
}

}  // namespace
}  // namespace wireproof::url
