#include "eliza/script.hpp"

#include <gmock/gmock.h>

#include "eliza/doctor.hpp"

namespace wireproof::eliza {
namespace {

using ::testing::HasSubstr;

/// Eight lines that make any script complete.
const std::string kFrame =
    "greeting: Hello.\n"
    "farewell: Bye.\n"
    "quit: bye\n"
    "empty: Yes?\n"
    "too-long: Long.\n"
    "fallback: Go on.\n"
    "# a remark\n"
    "\n";

std::string error_of(const std::string& text) {
  try {
    parse_script(text);
  } catch (const ScriptError& error) {
    return error.what();
  }
  return "none";
}

TEST(Script, ReadsKeywordsPatternsAndAnswers) {
  const Script script = parse_script(kFrame +
                                     "keyword 7: dog dogs\r\n"
                                     "\tpattern: * my dog is +\n"
                                     "\tanswer: Why is it {2}?\n"
                                     "\tanswer: {2}, how nice.\n"
                                     "\tmemory: Your dog was {2}.\n"
                                     "  pattern: *\n"
                                     "  goto: dogs\n");
  EXPECT_EQ(script.greeting, "Hello.");
  ASSERT_EQ(script.keywords.size(), 1u);
  EXPECT_EQ(script.keywords[0].rank, 7);
  ASSERT_EQ(script.keywords[0].rules.size(), 2u);
  EXPECT_EQ(script.keywords[0].rules[0].turns.answers.size(), 2u);
  EXPECT_EQ(script.keywords[0].rules[0].memories.size(), 1u);
  EXPECT_TRUE(script.keywords[0].rules[1].turns.answers[0].jump);
  EXPECT_EQ(script.triggers.at("dogs"), 0u);
}

TEST(Script, EachMistakeIsNamedWithItsLine) {
  const std::vector<std::pair<std::string, std::string>> mistakes = {
      {"nonsense", "line 9: expected \"name: value\""},
      {"answr: x", "line 9: unknown word \"answr\""},
      {"greeting: again", "line 9: given twice"},
      {"fallback:", "line 9: \"fallback:\" has no value"},
      {"fallback: {1}", "line 9: {1} names no capture: the pattern has 0"},
      {"answer: x", "line 9: this comes after a pattern"},
      {"pattern: *", "line 9: a pattern comes after a keyword"},
      {"keyword high: dog", "line 9: rank \"high\" is not 0 to 100"},
      {"keyword 101: dog", "line 9: rank \"101\" is not 0 to 100"},
      {"keyword: ,,,", "line 9: a keyword needs words"},
      {"keyword: dog", "line 10: the keyword before this has no pattern"},
      {"keyword: dog dog", "line 9: keyword \"dog\" given twice"},
      {"keyword: dog\npattern: *", "line 11: the pattern before this has no answer"},
      {"keyword: dog\npattern: * + x", "line 10: two runs of words side by side"},
      {"keyword: dog\npattern: no, dog", "line 10: \"no,\" is not a word"},
      {"keyword: dog\npattern: *\nanswer: {2}", "line 11: {2} names no capture: the pattern has 1"},
      {"keyword: dog\npattern: *\nanswer: {0}", "line 11: {0} names no capture"},
      {"keyword: dog\npattern: *\nanswer: {1", "line 11: {1} names no capture"},
      {"keyword: dog\npattern: *\nanswer: {}", "line 11: {} names no capture"},
      {"keyword: dog\npattern: *\ngoto: cat", "line 11: goto \"cat\": no such keyword"},
      {"keyword: dog\npattern: * @pets\nanswer: x", "line 10: @pets: no such group"},
      {"group: dog cat", "line 9: a group needs a name"},
      {"group pets: dog\ngroup pets: cat", "line 10: group \"pets\" given twice"},
      {"before: a", "line 9: expected \"words = other words\""},
      {"before: a = b\nbefore: A = c", "line 10: \"a\" is replaced twice"},
      {"keyword: im\npattern: *\nanswer: x\nbefore: im = i am", "line 9: \"im\" never arrives here"},
      {"fallback: bell \a", "line 9: control character"},
      {"fallback: \xff", "line 9: control character, curved apostrophe or invalid UTF-8"},
  };
  for (const auto& [text, expected] : mistakes)
    EXPECT_THAT(error_of(kFrame + text + "\n"), HasSubstr(expected)) << text;
}

TEST(Script, NothingNecessaryMayBeMissing) {
  EXPECT_EQ(error_of(kFrame), "none");
  EXPECT_EQ(error_of(""), "line 1: the script ends without a greeting");
  for (const std::string name : {"greeting", "farewell", "empty", "too-long", "fallback"}) {
    std::string text = kFrame;
    text.replace(text.find(name + ":"), 0, "# ");
    EXPECT_THAT(error_of(text), HasSubstr(name)) << name;
  }
}

TEST(Script, TheLongestReplacementWinsAndIsNotReplacedAgain) {
  Substitution after;
  after.add(words_of("i"), words_of("you"));
  after.add(words_of("you"), words_of("me"));
  after.add(words_of("I am"), words_of("you are"));
  EXPECT_EQ(joined(after(words_of("I am what I think you see"))), "you are what you think me see");
}

TEST(Script, TheBuiltInScriptIsRichEnough) {
  const Script script = parse_script(kDoctorScript);
  EXPECT_GE(script.keywords.size(), 25u);
  EXPECT_GE(script.groups.size(), 3u);
  std::size_t memories = 0;
  for (const auto& keyword : script.keywords) {
    for (const auto& rule : keyword.rules) memories += rule.memories.size();
  }
  EXPECT_GE(memories, 5u);
}

}  // namespace
}  // namespace wireproof::eliza
