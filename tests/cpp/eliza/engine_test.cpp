#include "eliza/engine.hpp"

#include <gmock/gmock.h>

#include "eliza/doctor.hpp"

namespace wireproof::eliza {
namespace {

using ::testing::HasSubstr;

/// A small script on which each ability of the engine shows.
const Script& small_script() {
  static const Script script = parse_script(R"(
greeting: Hello.
farewell: Bye, then.
quit: bye | see you
empty: Say something.
too-long: That was long.
fallback: First fallback.
fallback: Second fallback.
before: i'm = i am
before: dont = do not
after: i = you
after: my = your
after: i am = you are
after: you = I
group kin: mother father
keyword 10: mother father
pattern: * my @kin +
answer: Your {2} {3}?
memory: Back to your {2}.
keyword 5: am
pattern: * i am +
answer: Are you {2}?
answer: Why are you {2}?
keyword 3: dog
pattern: dog
answer: A dog.
pattern: + dog
goto: cat
pattern: dog +
goto: loop
keyword 1: cat
pattern: *
answer: All of it: {1}.
keyword 0: loop
pattern: *
goto: loop
)");
  return script;
}

std::vector<std::string> talk(Engine& engine, const std::vector<std::string>& lines) {
  std::vector<std::string> replies;
  for (const auto& line : lines) replies.push_back(engine.answer(line).text);
  return replies;
}

using Replies = std::vector<std::string>;

TEST(Engine, TurnsIAmIntoYouAreAndTakesTurns) {
  Engine engine(small_script());
  EXPECT_EQ(talk(engine, {"I'm tired", "Today I am as I am", "I am happy with MY life"}),
            (Replies{"Are you tired?", "Why are you as you are?", "Are you happy with your life?"}));
}

TEST(Engine, AHigherRankWinsInWhateverClauseItStands) {
  Engine engine(small_script());
  EXPECT_EQ(engine.answer("I am sad, my mother left me").text, "Your mother left me?");
  EXPECT_EQ(engine.answer("dog, I am glad").text, "Are you glad?");
}

TEST(Engine, AKeywordWhosePatternsDoNotFitGivesWayToTheNext) {
  Engine engine(small_script());
  EXPECT_EQ(engine.answer("what am, dog").text, "A dog.");
}

TEST(Engine, GotoTriesAnotherKeywordOnTheSameClause) {
  Engine engine(small_script());
  EXPECT_EQ(engine.answer("my big dog").text, "All of it: your big dog.");
}

TEST(Engine, AGotoThatRunsInACircleEndsInAFallback) {
  Engine engine(small_script());
  EXPECT_EQ(engine.answer("dog food").text, "First fallback.");
}

TEST(Engine, RemembersWhenNothingElseFits) {
  Engine engine(small_script());
  EXPECT_EQ(talk(engine, {"my father sleeps", "xyz", "xyz", "xyz", "xyz"}),
            (Replies{"Your father sleeps?", "Back to your father.", "First fallback.", "Second fallback.",
                     "First fallback."}));
}

TEST(Engine, TheMemoryIsBounded) {
  Engine engine(small_script());
  for (int i = 0; i < 1000; ++i) engine.answer("my mother sings");
  int remembered = 0;
  while (engine.answer("xyz").text == "Back to your mother.") ++remembered;
  EXPECT_GT(remembered, 1);
  EXPECT_LE(remembered, 20);
}

TEST(Engine, AQuitClauseEndsAndAQuitWordInASentenceDoesNot) {
  Engine engine(small_script());
  EXPECT_FALSE(engine.answer("I want to say bye to her").farewell);
  EXPECT_TRUE(engine.answer("Well, BYE!").farewell);
  EXPECT_EQ(engine.answer("See  you.").text, "Bye, then.");
}

TEST(Engine, AnEmptyLineAndACutLineHaveTheirOwnAnswers) {
  Engine engine(small_script());
  EXPECT_EQ(engine.answer("").text, "Say something.");
  EXPECT_EQ(engine.answer(" ...\t").text, "Say something.");
  EXPECT_EQ(engine.answer("I am lost in", true).text, "That was long. Are you lost in?");
}

TEST(Engine, OtherAlphabetsComeBackUnharmedAndControlBytesDoNot) {
  Engine engine(small_script());
  EXPECT_EQ(engine.answer("I am José 😀").text, "Are you José 😀?");
  EXPECT_EQ(engine.answer("I am \x1b\xff red").text, "Why are you \uFFFD red?");
}

TEST(Engine, SameSeedSameConversationOtherSeedOther) {
  const std::vector<std::string> lines(8, "I am here");
  Engine first(small_script(), 1);
  Engine again(small_script(), 1);
  EXPECT_EQ(talk(first, lines), talk(again, lines));
  bool differs = false;
  for (std::uint64_t seed = 1; seed < 16; ++seed) {
    Engine other(small_script(), seed);
    differs = differs || other.answer("I am here").text != "Are you here?";
  }
  EXPECT_TRUE(differs);
}

Replies captures(std::string_view pattern, std::string_view clause) {
  const Script script = parse_script(
      "greeting: a\nfarewell: a\nempty: a\ntoo-long: a\nfallback: a\ngroup pet: dog cat\nkeyword: k\npattern: " +
      std::string(pattern) + "\nanswer: a\n");
  const auto found = decompose(script.keywords[0].rules[0].pattern, words_of(clause), script);
  if (!found) return {"no"};
  Replies texts;
  for (const auto& words : *found) texts.push_back(joined(words));
  return texts;
}

TEST(Decompose, RunsOfWordsAndGroups) {
  EXPECT_EQ(captures("*", ""), (Replies{""}));
  EXPECT_EQ(captures("+", ""), (Replies{"no"}));
  EXPECT_EQ(captures("+", "a b"), (Replies{"a b"}));
  EXPECT_EQ(captures("* k *", "a k b k c"), (Replies{"a", "b k c"})) << "the first run takes as little as it can";
  EXPECT_EQ(captures("* k", "k k k"), (Replies{"k k"}));
  EXPECT_EQ(captures("+ k + k", "k k k k"), (Replies{"k", "k"}));
  EXPECT_EQ(captures("* a @pet *", "x a bird a Cat b"), (Replies{"x a bird", "Cat", "b"}));
  EXPECT_EQ(captures("a @pet", "a bird"), (Replies{"no"}));
  EXPECT_EQ(captures("a b", "a b c"), (Replies{"no"}));
}

TEST(Decompose, HostileRepetitionStaysQuick) {
  std::string pattern = "*";
  for (int i = 0; i < 20; ++i) pattern += " k *";
  std::string clause;
  for (int i = 0; i < 20'000; ++i) clause += "k ";
  EXPECT_EQ(captures(pattern + " end", clause), (Replies{"no"}));
}

/// A conversation with the built-in script.
TEST(Doctor, ListensLikeADoctor) {
  const Script script = parse_script(kDoctorScript);
  Engine engine(script);
  EXPECT_THAT(engine.answer("I'm so sad about my exams").text, HasSubstr("exams"));
  EXPECT_THAT(engine.answer("My mother hates me").text, HasSubstr("your mother hates you"));
  EXPECT_THAT(engine.answer("I want a quiet room").text, HasSubstr("a quiet room"));
  EXPECT_THAT(engine.answer("You are not listening to me").text, HasSubstr("not listening to you"));
  EXPECT_THAT(engine.answer("zzz").text, HasSubstr("mother")) << "it remembers";
  EXPECT_TRUE(engine.answer("Goodbye!").farewell);
}

TEST(Doctor, EveryAnswerCanBeSaid) {
  const Script script = parse_script(kDoctorScript);
  Engine engine(script);
  for (const auto& [word, keyword] : script.triggers) {
    for (const std::string& line : {word, "i " + word + " you", "my " + word + " is my own", "you " + word}) {
      for (int turn = 0; turn < 4; ++turn) {
        const auto reply = engine.answer(line);
        EXPECT_FALSE(reply.text.empty()) << line;
        EXPECT_EQ(reply.text.find_first_of("{}*@"), std::string::npos) << reply.text;
      }
    }
  }
}

}  // namespace
}  // namespace wireproof::eliza
