// Transfers that go on: against a server that does what the RFCs allow, and now and then what they do not, no file is
// ever put together of two.

#include "http_client/resume.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "../base/seeds.hpp"
#include "random/random.hpp"

namespace wireproof::http_client {
namespace {

using Meaning = Resume::Meaning;

http::ResponseHead answer(unsigned status, http::Fields fields = {}) {
  return {.status = status, .fields = std::move(fields)};
}

Resume half_there() { return {{"http://h1/a", "\"v1\"", 100}, 40}; }

TEST(PartFacts, AreReadAgain) {
  for (const PartFacts& facts :
       {PartFacts{"http://h1/a?b", "\"v1\"", 100}, PartFacts{"u", "Tue, 15 Nov 1994 12:45:26 GMT", {}}}) {
    EXPECT_EQ(parse_part_facts(text_of(facts)), facts);
  }
  const std::string good = text_of({"http://h1/a", "\"v1\"", 100});
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_EQ(parse_part_facts(std::string_view(good).substr(0, length)), std::nullopt) << length;
  }
  EXPECT_EQ(parse_part_facts(good + "x\n"), std::nullopt);
  EXPECT_EQ(parse_part_facts("http-client part 1\nu\n\"v\x01\"\n-\n"), std::nullopt) << "it goes into a header";
  EXPECT_EQ(parse_part_facts("http-client part 1\nu\n\n-\n"), std::nullopt);
}

TEST(StrongValidator, IsATagOrAnOldDate) {
  using namespace std::chrono_literals;
  const auto validator = [](const http::Fields& fields) { return strong_validator(fields, 1'800'000'000s); };
  const http::Field then{"Last-Modified", "Tue, 15 Nov 1994 12:45:26 GMT"};
  const http::Field now{"Date", "Tue, 15 Nov 1994 12:45:27 GMT"};
  EXPECT_EQ(validator({{"ETag", "\"x\""}, then, now}), "\"x\"");
  EXPECT_EQ(validator({{"ETag", "W/\"x\""}, then, now}), "") << "a weak tag says that the date is no better";
  EXPECT_EQ(validator({{"ETag", "x"}}), "");
  EXPECT_EQ(validator({{"ETag", "\"x\""}, {"ETag", "\"y\""}}), "");
  EXPECT_EQ(validator({then, now}), then.value);
  EXPECT_EQ(validator({then, {"Date", then.value}}), "") << "it may have changed twice in that second";
  EXPECT_EQ(validator({then}), "");
  EXPECT_EQ(validator({{"Last-Modified", "yesterday"}, now}), "");
  EXPECT_EQ(validator({now}), "");
}

TEST(Resume, AsksForTheRest) {
  http::Fields fields;
  Resume().add_to(fields);
  EXPECT_TRUE(fields.empty());
  half_there().add_to(fields);
  EXPECT_EQ(fields, (http::Fields{{"Range", "bytes=40-"}, {"If-Range", "\"v1\""}}));
}

TEST(Resume, GoesOnWithTheRest) {
  Resume resume = half_there();
  EXPECT_EQ(resume.meaning_of(
                answer(206, {{"Content-Range", "bytes 40-99/100"}, {"ETag", "\"v1\""}, {"Content-Length", "60"}})),
            Meaning::rest);
  EXPECT_EQ(resume.offset(), 40U);
}

TEST(Resume, BeginsAnewWithTheWhole) {
  Resume resume = half_there();
  EXPECT_EQ(resume.meaning_of(answer(200)), Meaning::whole);
  EXPECT_EQ(resume.offset(), 0U);
}

TEST(Resume, AsksAgainWhenThePartDoesNotFit) {
  const http::Fields wrong[] = {
      {},
      {{"Content-Range", "bytes 41-99/100"}},
      {{"Content-Range", "bytes 40-98/100"}},
      {{"Content-Range", "bytes 40-99/*"}},
      {{"Content-Range", "bytes 40-100/101"}},
      {{"Content-Range", "bytes */100"}},
      {{"Content-Range", "bytes 40-99/100"}, {"ETag", "\"v2\""}},
      {{"Content-Range", "bytes 40-99/100"}, {"Content-Length", "61"}},
      {{"Content-Range", "bytes 40-99/100"}, {"Content-Encoding", "gzip"}},
      {{"Content-Range", "bytes 40-99/100"}, {"Content-Range", "bytes 40-99/100"}},
      {{"Content-Type", "multipart/byteranges; boundary=x"}},
  };
  for (const http::Fields& fields : wrong) {
    Resume resume = half_there();
    EXPECT_EQ(resume.meaning_of(answer(206, fields)), Meaning::again);
    http::Fields asked;
    resume.add_to(asked);
    EXPECT_TRUE(asked.empty()) << "the whole is asked for";
    EXPECT_EQ(resume.meaning_of(answer(206, fields)), Meaning::wrong) << "once is enough";
  }
}

TEST(Resume, KnowsWhatIsComplete) {
  Resume resume({"u", "\"v1\"", 100}, 100);
  EXPECT_EQ(resume.meaning_of(answer(416, {{"Content-Range", "bytes */100"}})), Meaning::complete);
  Resume longer({"u", "\"v1\"", 100}, 120);
  EXPECT_EQ(longer.meaning_of(answer(416, {{"Content-Range", "bytes */100"}})), Meaning::again);
  Resume silent({"u", "\"v1\"", 100}, 100);
  EXPECT_EQ(silent.meaning_of(answer(416)), Meaning::again);
  Resume failed = half_there();
  EXPECT_EQ(failed.meaning_of(answer(412)), Meaning::again);
}

TEST(Resume, LeavesOtherAnswersToOthers) {
  for (const unsigned status : {302U, 304U, 404U, 503U}) {
    Resume resume = half_there();
    EXPECT_EQ(resume.meaning_of(answer(status)), Meaning::other);
    EXPECT_EQ(resume.offset(), 40U) << "what is there stays";
  }
  EXPECT_EQ(Resume().meaning_of(answer(416)), Meaning::other);
  EXPECT_EQ(Resume().meaning_of(answer(206, {{"Content-Range", "bytes 0-9/10"}})), Meaning::wrong);
}

/// A server whose file may change between requests, which may ignore ranges, and cuts connections.
struct Server {
  explicit Server(std::uint64_t seed) : random(seed) { change(); }

  void change() {
    ++version;
    file.clear();
    for (auto length = random.below(50); length > 0; --length) file += static_cast<char>('a' + random.below(26));
  }
  std::string tag() const { return "\"" + std::to_string(version) + "\""; }

  /// The head, and how much of the body comes before the connection is cut.
  std::pair<http::ResponseHead, std::string> answered(const http::Fields& asked) {
    if (random.below(4) == 0) change();
    http::ResponseHead head = answer(200, {{"ETag", tag()}});
    std::string body = file;
    const auto kind = random.below(6);
    if (asked.has("Range") && kind > 0 && asked.value("If-Range") == tag()) {
      const auto from = static_cast<std::size_t>(std::stoul(std::string(asked.value("Range").substr(6))));
      if (from >= file.size()) {
        head = answer(416, {{"Content-Range", "bytes */" + std::to_string(file.size())}});
        return {head, ""};
      }
      // One that does not start where it was asked to.
      const std::size_t first = kind == 1 ? random.below(file.size()) : from;
      body = file.substr(first);
      head = answer(206, {{"ETag", tag()},
                          {"Content-Range", "bytes " + std::to_string(first) + "-" + std::to_string(file.size() - 1) +
                                                "/" + std::to_string(file.size())}});
    }
    head.fields.set("Content-Length", std::to_string(body.size()));
    return {head, body.substr(0, random.below(3) == 0 ? body.size() : random.below(body.size() + 1))};
  }

  Random random;
  unsigned version = 0;
  std::string file;
};

TEST(Resume, NeverMixesTwoFiles) {
  std::uint64_t appended = 0;
  std::uint64_t completed = 0;
  std::uint64_t again = 0;
  for (std::uint64_t seed = 1; seed <= testing::seeds(20000); ++seed) {
    Server server(seed);
    std::string part;
    std::optional<PartFacts> facts;
    for (int attempt = 0; attempt < 60; ++attempt) {
      Resume resume = facts ? Resume(*facts, part.size()) : Resume();
      http::Fields asked;
      resume.add_to(asked);
      const auto [head, body] = server.answered(asked);
      const Meaning meaning = resume.meaning_of(head);
      ASSERT_NE(meaning, Meaning::wrong) << "seed " << seed;
      ASSERT_NE(meaning, Meaning::other) << "seed " << seed;
      if (meaning == Meaning::again) {
        ++again;
        facts.reset();
        continue;
      }
      if (meaning == Meaning::whole) {
        part.clear();
        facts = PartFacts{"u", server.tag(), server.file.size()};
      }
      appended += meaning == Meaning::rest ? 1 : 0;
      part += body;
      ASSERT_EQ(part, server.file.substr(0, part.size())) << "seed " << seed;
      if (meaning != Meaning::complete && part.size() < server.file.size()) continue;
      ASSERT_EQ(part, server.file) << "seed " << seed;
      ++completed;
      break;
    }
  }
  EXPECT_GT(appended, testing::seeds(20000) / 2);
  EXPECT_GT(completed, testing::seeds(20000) * 9 / 10);
  EXPECT_GT(again, testing::seeds(20000) / 20);
}

}  // namespace
}  // namespace wireproof::http_client
