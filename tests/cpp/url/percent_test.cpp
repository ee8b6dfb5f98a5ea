#include "url/percent.hpp"

#include <gtest/gtest.h>

#include <string>

#include "../base/seeds.hpp"
#include "random/random.hpp"

namespace wireproof::url {
namespace {

TEST(PercentEncoded, AndBack) {
  std::string every;
  for (int byte = 0; byte < 256; ++byte) every += static_cast<char>(byte);
  EXPECT_EQ(percent_decoded(percent_encoded(every)), every);
  EXPECT_EQ(percent_encoded("a b/\xC3\xBC~"), "a%20b%2F%C3%BC~");
  EXPECT_EQ(percent_encoded("a/b", "/"), "a/b");
}

TEST(PercentDecoded, LeavesWhatIsNoEscape) {
  EXPECT_EQ(percent_decoded("100%"), "100%");
  EXPECT_EQ(percent_decoded("%4"), "%4");
  EXPECT_EQ(percent_decoded("%zz%41%2"), "%zzA%2");
  EXPECT_EQ(percent_decoded("%2541"), "%41") << "once, not twice";
}

TEST(MadeUrlText, EncodesWhatNoUrlHolds) {
  EXPECT_EQ(made_url_text("/a b\"<>\\^`{|}"), "/a%20b%22%3C%3E%5C%5E%60%7B%7C%7D");
  EXPECT_EQ(made_url_text("/\xC3\xBC?\xE2\x82\xAC"), "/%C3%BC?%E2%82%AC");
  EXPECT_EQ(made_url_text("/100%"), "/100%25");
  EXPECT_EQ(made_url_text("/%41%zz"), "/%41%25zz") << "what is an escape stays one";
}

TEST(MadeUrlText, LeavesUrlsAsTheyAre) {
  const std::string url = "http://u:p@[::1]:80/a;b,c=d&e'(f)*!$~%20?x=1&y=/?#f";
  EXPECT_EQ(made_url_text(url), url);
}

TEST(MadeUrlText, OfAnythingIsAUrlText) {
  for (std::uint64_t seed = 1; seed <= testing::seeds(20000); ++seed) {
    Random random(seed);
    std::string text;
    for (auto length = random.below(20); length > 0; --length) {
      text +=
          random.below(3) == 0 ? '%' : static_cast<char>(random.below(2) == 0 ? random.bits() : '0' + random.below(10));
    }
    const std::string made = made_url_text(text);
    EXPECT_EQ(made_url_text(made), made) << "seed " << seed;
    EXPECT_EQ(percent_decoded(made), percent_decoded(text)) << "seed " << seed;
    for (const char byte : made) EXPECT_TRUE(byte > 0x20 && byte < 0x7F) << "seed " << seed;
  }
}

TEST(WithNormalEscapes, GivesOneSpelling) {
  EXPECT_EQ(with_normal_escapes("%7euser/%2f%c3%BC%2d"), "~user/%2F%C3%BC-");
  EXPECT_EQ(with_normal_escapes("%"), "%");
}

}  // namespace
}  // namespace wireproof::url
