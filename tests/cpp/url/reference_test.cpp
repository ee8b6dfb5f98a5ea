// RFC 3986, 5: every example of 5.4, and what holds for any reference.

#include "url/reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "../base/seeds.hpp"
#include "random/random.hpp"

namespace wireproof::url {
namespace {

std::string resolved(std::string_view base, std::string_view reference) {
  return text_of(resolve(split_reference(base), split_reference(reference)));
}

using Example = std::pair<const char*, const char*>;

/// RFC 3986, 5.4.1 and 5.4.2, the last by the strict reading.
const std::vector<Example> kExamples = {
    {"g:h", "g:h"},
    {"g", "http://a/b/c/g"},
    {"./g", "http://a/b/c/g"},
    {"g/", "http://a/b/c/g/"},
    {"/g", "http://a/g"},
    {"//g", "http://g"},
    {"?y", "http://a/b/c/d;p?y"},
    {"g?y", "http://a/b/c/g?y"},
    {"#s", "http://a/b/c/d;p?q#s"},
    {"g#s", "http://a/b/c/g#s"},
    {"g?y#s", "http://a/b/c/g?y#s"},
    {";x", "http://a/b/c/;x"},
    {"g;x", "http://a/b/c/g;x"},
    {"g;x?y#s", "http://a/b/c/g;x?y#s"},
    {"", "http://a/b/c/d;p?q"},
    {".", "http://a/b/c/"},
    {"./", "http://a/b/c/"},
    {"..", "http://a/b/"},
    {"../", "http://a/b/"},
    {"../g", "http://a/b/g"},
    {"../..", "http://a/"},
    {"../../", "http://a/"},
    {"../../g", "http://a/g"},
    {"../../../g", "http://a/g"},
    {"../../../../g", "http://a/g"},
    {"/./g", "http://a/g"},
    {"/../g", "http://a/g"},
    {"g.", "http://a/b/c/g."},
    {".g", "http://a/b/c/.g"},
    {"g..", "http://a/b/c/g.."},
    {"..g", "http://a/b/c/..g"},
    {"./../g", "http://a/b/g"},
    {"./g/.", "http://a/b/c/g/"},
    {"g/./h", "http://a/b/c/g/h"},
    {"g/../h", "http://a/b/c/h"},
    {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
    {"g;x=1/../y", "http://a/b/c/y"},
    {"g?y/./x", "http://a/b/c/g?y/./x"},
    {"g?y/../x", "http://a/b/c/g?y/../x"},
    {"g#s/./x", "http://a/b/c/g#s/./x"},
    {"g#s/../x", "http://a/b/c/g#s/../x"},
    {"http:g", "http:g"},
};

class Examples : public ::testing::TestWithParam<Example> {};

TEST_P(Examples, Resolve) { EXPECT_EQ(resolved("http://a/b/c/d;p?q", GetParam().first), GetParam().second); }

INSTANTIATE_TEST_SUITE_P(OfRfc3986, Examples, ::testing::ValuesIn(kExamples));

TEST(Examples, AreAll) { EXPECT_EQ(kExamples.size(), 42U); }

TEST(Resolve, OfABaseWithoutPath) {
  EXPECT_EQ(resolved("http://a", "g"), "http://a/g");
  EXPECT_EQ(resolved("http://a?q", "?y"), "http://a?y");
  EXPECT_EQ(resolved("http://a", "../g"), "http://a/g");
}

TEST(SplitReference, TellsEmptyFromMissing) {
  const Reference parts = split_reference("http://h/?#");
  EXPECT_EQ(parts, (Reference{"http", "h", "/", "", ""}));
  EXPECT_EQ(split_reference("http://h/").query, std::nullopt);
  EXPECT_EQ(split_reference("///p").authority, "");
}

TEST(SplitReference, TakesNoSchemeThatIsNone) {
  EXPECT_EQ(split_reference("1a:b").scheme, std::nullopt);
  EXPECT_EQ(split_reference("a/b:c").scheme, std::nullopt);
  EXPECT_EQ(split_reference(":b").scheme, std::nullopt);
  EXPECT_EQ(split_reference("a+-.9:b").scheme, "a+-.9");
}

std::string any_text(Random& random, std::string_view alphabet, std::size_t most) {
  std::string text;
  for (auto length = random.below(most); length > 0; --length) text += alphabet[random.below(alphabet.size())];
  return text;
}

TEST(SplitReference, LosesNothing) {
  for (std::uint64_t seed = 1; seed <= testing::seeds(20000); ++seed) {
    Random random(seed);
    const std::string text = any_text(random, "a:/?#.@[]%", 24);
    EXPECT_EQ(text_of(split_reference(text)), text) << "seed " << seed;
  }
}

/// The same by a stack of segments, as a file system does it.
std::string by_segments(std::string_view path) {
  std::vector<std::string> stack;
  bool folder = false;
  path.remove_prefix(1);
  for (bool more = true; more;) {
    const std::size_t slash = path.find('/');
    more = slash != std::string_view::npos;
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(more ? slash + 1 : path.size());
    folder = segment == "." || segment == "..";
    if (segment == ".." && !stack.empty()) stack.pop_back();
    if (!folder) stack.emplace_back(segment);
  }
  std::string text;
  for (const auto& segment : stack) text += "/" + segment;
  return folder || text.empty() ? text + "/" : text;
}

TEST(WithoutDotSegments, IsWhatAStackOfSegmentsGives) {
  for (std::uint64_t seed = 1; seed <= testing::seeds(20000); ++seed) {
    Random random(seed);
    const std::string path = "/" + any_text(random, "a./", 16);
    EXPECT_EQ(without_dot_segments(path), by_segments(path)) << path;
    EXPECT_EQ(without_dot_segments(without_dot_segments(path)), without_dot_segments(path)) << path;
  }
}

}  // namespace
}  // namespace wireproof::url
