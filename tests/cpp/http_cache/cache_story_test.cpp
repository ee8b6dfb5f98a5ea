// Stories of clients, a cache and an origin in virtual time, drawn from seeds. Each answer is traced back to what the
// origin meant when it made it, by numbers of which none was read from a header: nobody gets what is private, another
// variant, or older than is allowed.

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "exchanges.hpp"
#include "http/entity_tag.hpp"
#include "random/random.hpp"

namespace wireproof::http_cache {
namespace {

constexpr std::uint64_t kSeeds = 600;  ///< each of four times
constexpr int kRequests = 40;

/// What the origin means by an answer.
struct Meaning {
  std::int64_t lifetime = 0;  ///< seconds
  std::int64_t while_revalidate = 0;
  std::int64_t if_error = 0;
  bool is_private = false;    ///< or no-store
  bool is_for_all = false;    ///< public, or what allows as much
  bool always_asked = false;  ///< no-cache
  bool never_stale = false;   ///< must-revalidate and the like
  bool varies = false;
  std::string tag{};
};

/// An answer of the origin, and what becomes of it by validations.
struct Made {
  Meaning meaning{};
  int page = 0;
  int version = 0;
  std::string variant{};
  bool is_authorized = false;
  Seconds at{0};  ///< when it was made, or found right
};

struct Client {
  std::string variant{};
  bool is_authorized = false;
  bool no_cache = false;
  bool only_if_cached = false;
  std::int64_t max_stale = 0;
  std::int64_t max_age = -1;
  std::string tag{};  ///< of If-None-Match
};

class Origin {
 public:
  explicit Origin(Random& random) : random_(random) {}

  void change(int page) { ++versions_[page]; }

  Made make(int page, const Client& client, Seconds at) {
    if (versions_[page] == 0 || random_.below(8) == 0) meanings_[page] = draw(page);
    versions_[page] = std::max(versions_[page], 1);
    Made made{meanings_[page], page, versions_[page], client.variant, client.is_authorized, at};
    if (!made.meaning.tag.empty()) made.meaning.tag = tag_of(made);
    return made;
  }

  static http::Fields fields_for(const Made& made) {
    const Meaning& meaning = made.meaning;
    std::string control = fmt::format("max-age={}", meaning.lifetime);
    if (meaning.while_revalidate > 0) control += fmt::format(", stale-while-revalidate={}", meaning.while_revalidate);
    if (meaning.if_error > 0) control += fmt::format(", stale-if-error={}", meaning.if_error);
    if (meaning.is_private) control += made.page % 2 == 0 ? ", private" : ", no-store";
    if (meaning.is_for_all) control += ", public";
    if (meaning.always_asked) control += ", no-cache";
    if (meaning.never_stale) control += ", proxy-revalidate";
    http::Fields fields{{"Cache-Control", control}, {"Date", http::http_date(made.at)}};
    if (meaning.varies) fields.add("Vary", "A");
    if (!meaning.tag.empty()) fields.add("ETag", meaning.tag);
    return fields;
  }

 private:
  static std::string tag_of(const Made& made) {
    return fmt::format("{}\"{}-{}-{}\"", made.page % 3 == 0 ? "W/" : "", made.page, made.version,
                       made.meaning.varies ? made.variant : "");
  }
  Meaning draw(int page) {
    Meaning meaning;
    meaning.lifetime = static_cast<std::int64_t>(random_.below(60));
    if (random_.below(3) == 0) meaning.while_revalidate = static_cast<std::int64_t>(random_.below(60));
    if (random_.below(3) == 0) meaning.if_error = static_cast<std::int64_t>(random_.below(120));
    meaning.is_private = random_.below(6) == 0;
    meaning.is_for_all = random_.below(3) == 0;
    meaning.always_asked = random_.below(8) == 0;
    meaning.never_stale = random_.below(4) == 0;
    meaning.varies = page >= 2;
    if (random_.below(4) != 0) meaning.tag = "some";
    return meaning;
  }

  Random& random_;
  std::map<int, int> versions_;
  std::map<int, Meaning> meanings_;
};

class CacheStory {
 public:
  explicit CacheStory(std::uint64_t seed) : random_(seed) {}

  void run() {
    for (int i = 0; i < kRequests && !::testing::Test::HasFatalFailure(); ++i) {
      now_ += Seconds(static_cast<std::int64_t>(random_.below(20)));
      const int page = static_cast<int>(random_.below(4));
      if (random_.below(12) == 0) {
        post(page);
      } else {
        if (random_.below(6) == 0) origin_.change(page);
        get(page);
      }
    }
  }

  struct Seen {
    std::uint64_t fresh = 0, stale = 0, revalidated = 0, validated = 0, on_error = 0, not_modified = 0, stored = 0,
                  timed_out = 0, again = 0;
  };
  static Seen seen;

 private:
  struct Entry {
    StoredPointer response{};
    Made made{};
    std::int64_t told_age = 0;
  };

  static std::string target(int page) { return fmt::format("/{}", page); }

  Client draw_client() {
    Client client;
    client.variant = std::to_string(random_.below(3));
    client.is_authorized = random_.below(5) == 0;
    client.no_cache = random_.below(12) == 0;
    client.only_if_cached = random_.below(12) == 0;
    if (random_.below(8) == 0) client.max_stale = static_cast<std::int64_t>(random_.below(60));
    if (random_.below(8) == 0) client.max_age = static_cast<std::int64_t>(random_.below(30));
    if (random_.below(4) == 0 && !entries_.empty()) {
      client.tag = entries_[random_.below(entries_.size())].made.meaning.tag;
    }
    return client;
  }

  static http::RequestHead request_for(int page, const Client& client) {
    http::RequestHead request = request_of("A: " + client.variant, "GET", target(page));
    if (client.is_authorized) request.fields.add("Authorization", "Basic eDp4");
    if (client.no_cache) request.fields.add("Cache-Control", "no-cache");
    if (client.only_if_cached) request.fields.add("Cache-Control", "only-if-cached");
    if (client.max_stale > 0) request.fields.add("Cache-Control", fmt::format("max-stale={}", client.max_stale));
    if (client.max_age >= 0) request.fields.add("Cache-Control", fmt::format("max-age={}", client.max_age));
    if (!client.tag.empty()) request.fields.add("If-None-Match", client.tag);
    return request;
  }

  Seconds delay() { return Seconds(random_.below(3) == 0 ? static_cast<std::int64_t>(random_.below(4)) : 0); }

  void post(int page) {
    const http::RequestHead request = request_of("", "POST", target(page));
    const auto key = cache_key(request);
    const RequestPlan plan = plan_request(request, key, {}, now_, {});
    ASSERT_EQ(plan.kind, RequestPlan::Kind::forward);
    const bool succeeds = random_.below(3) != 0;
    const ResponsePlan answer =
        plan_response(plan, {request, key, now_, now_}, response_of(succeeds ? 204 : 500, ""), {});
    for (const std::string& gone : answer.invalidated) {
      std::erase_if(entries_, [&](const Entry& entry) { return entry.response->key == gone; });
    }
    if (succeeds) {
      origin_.change(page);
      posted_[page] = now_;
    }
  }

  void get(int page) {
    const Client client = draw_client();
    const http::RequestHead request = request_for(page, client);
    const auto key = cache_key(request);
    std::vector<StoredPointer> found;
    for (const Entry& entry : entries_) {
      if (entry.response->key == *key) found.push_back(entry.response);
    }
    RequestPlan plan = plan_request(request, key, found, now_, {});
    switch (plan.kind) {
      case RequestPlan::Kind::gateway_timeout:
        ++seen.timed_out;
        ASSERT_TRUE(client.only_if_cached);
        return;
      case RequestPlan::Kind::serve:
        check_served(*plan.stored, page, client, request, Why::stored);
        return;
      case RequestPlan::Kind::serve_and_revalidate:
        ++seen.revalidated;
        check_served(*plan.stored, page, client, request, Why::while_revalidate);
        break;
      default:
        ASSERT_FALSE(client.only_if_cached);
    }
    for (int tries = 0; tries < 2; ++tries) {
      const Seconds requested = now_;
      now_ += delay();
      if (random_.below(6) == 0) {
        const ResponsePlan failed = plan_failure(plan, {request, key, requested, now_}, {});
        if (failed.kind == ResponsePlan::Kind::serve_stale) {
          check_served(*failed.stored, page, client, request, Why::on_error);
        }
        return;
      }
      const Made made = origin_.make(page, client, now_);
      http::ResponseHead response{http::Version::http11, 200, {}, Origin::fields_for(made)};
      const auto asked = http::parse_entity_tags(plan.forward.fields.joined("If-None-Match").value_or(""));
      const auto tag = http::parse_entity_tag(made.meaning.tag);
      if (asked && tag &&
          std::any_of(asked->begin(), asked->end(), [&](const auto& one) { return http::match_weakly(one, *tag); })) {
        response.status = 304;
      } else if (random_.below(10) == 0) {
        response = {http::Version::http11, 503, {}, {}};
      }
      now_ += delay();
      const ResponsePlan answer = plan_response(plan, {request, key, requested, now_}, response, {});
      take(answer, made, response, page, client, request, plan);
      if (answer.kind != ResponsePlan::Kind::ask_again) return;
      ++seen.again;
      plan.forward = answer.forward;
    }
  }

  void take(const ResponsePlan& answer, const Made& made, const http::ResponseHead& response, int page,
            const Client& client, const http::RequestHead& request, const RequestPlan& plan) {
    const bool is_beside = plan.kind == RequestPlan::Kind::serve_and_revalidate;
    for (const std::uint64_t id : answer.removed) {
      std::erase_if(entries_, [&](const Entry& entry) { return entry.response->id == id; });
    }
    if (answer.kind == ResponsePlan::Kind::store) {
      ++seen.stored;
      ASSERT_EQ(response.status, 200U);
      ASSERT_FALSE(made.meaning.is_private);
      ASSERT_TRUE(!client.is_authorized || made.meaning.is_for_all);
      StoredResponse stored = *answer.stored;
      stored.id = ++ids_;
      stored.size = 100;
      std::erase_if(entries_, [&](const Entry& entry) { return replaces(stored, *entry.response); });
      entries_.push_back({std::make_shared<const StoredResponse>(stored), made});
    } else if (answer.kind == ResponsePlan::Kind::update) {
      ++seen.validated;
      const auto entry = std::find_if(entries_.begin(), entries_.end(),
                                      [&](const Entry& one) { return one.response->id == answer.stored->id; });
      ASSERT_NE(entry, entries_.end());
      ASSERT_EQ(entry->made.version, made.version) << "the origin said that it is the same";
      ASSERT_TRUE(!made.meaning.varies || entry->made.variant == made.variant);
      *entry = {answer.stored, made};
      // It was asked for now.
      if (!is_beside) check_served(*answer.stored, page, client, request, Why::validated);
    } else if (answer.kind == ResponsePlan::Kind::serve_stale) {
      ASSERT_FALSE(is_beside);
      check_served(*answer.stored, page, client, request, Why::on_error);
    } else if (answer.kind == ResponsePlan::Kind::pass && response.status == 304) {
      ASSERT_FALSE(client.tag.empty()) << "only who asks by a condition gets 304";
      ASSERT_TRUE(http::match_weakly(*http::parse_entity_tag(client.tag), *http::parse_entity_tag(made.meaning.tag)));
    } else if (answer.kind == ResponsePlan::Kind::fail) {
      ASSERT_TRUE(is_beside);
    }
  }

  enum class Why { stored, while_revalidate, validated, on_error };

  void check_served(const StoredResponse& stored, int page, const Client& client, const http::RequestHead& request,
                    Why why) {
    const auto entry =
        std::find_if(entries_.begin(), entries_.end(), [&](const Entry& one) { return one.response->id == stored.id; });
    ASSERT_NE(entry, entries_.end());
    const Made& made = entry->made;
    const Meaning& meaning = made.meaning;
    ASSERT_EQ(made.page, page);
    ASSERT_FALSE(meaning.is_private);
    ASSERT_TRUE(!made.is_authorized || meaning.is_for_all) << "it was made for somebody with credentials";
    ASSERT_TRUE(!meaning.varies || made.variant == client.variant);
    ASSERT_TRUE(!posted_.contains(page) || made.at >= posted_.at(page)) << "it is of before a change";
    const StoredAnswer answer = answer_from(request, stored, now_, "B");
    const auto age = static_cast<std::int64_t>(*parse_decimal(answer.head.fields.value("Age")));
    const std::int64_t true_age = (now_ - made.at).count();
    ASSERT_GE(age, true_age) << "Age hides nothing";
    ASSERT_LE(age, true_age + 8) << "nor makes up more than the way took";
    ASSERT_GE(age, entry->told_age);
    entry->told_age = age;
    if (answer.head.status == 304) {
      ++seen.not_modified;
      ASSERT_TRUE(http::match_weakly(*http::parse_entity_tag(client.tag), *http::parse_entity_tag(meaning.tag)));
    }
    const std::int64_t staleness = true_age - meaning.lifetime;
    if (why == Why::validated) return;
    ASSERT_FALSE(client.no_cache);
    ASSERT_FALSE(meaning.always_asked);
    ASSERT_TRUE(why == Why::on_error || client.max_age < 0 || true_age <= client.max_age);
    if (why != Why::on_error) ++(staleness < 0 ? seen.fresh : seen.stale);
    if (staleness < 0) return;
    ASSERT_FALSE(meaning.never_stale);
    if (why == Why::on_error) {
      ++seen.on_error;
      ASSERT_LE(staleness, meaning.if_error);
    } else if (why == Why::while_revalidate) {
      ASSERT_LE(staleness, meaning.while_revalidate);
    } else {
      ASSERT_LE(staleness, client.max_stale);
    }
  }

  Random random_;
  Origin origin_{random_};
  Seconds now_ = kStart;
  std::vector<Entry> entries_;
  std::map<int, Seconds> posted_;
  std::uint64_t ids_ = 0;
};

CacheStory::Seen CacheStory::seen;

class CacheStories : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(CacheStories, NobodyGetsWhatIsNotForThem) {
  CacheStory::seen = {};
  for (std::uint64_t seed = 1; seed <= kSeeds && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(GetParam() + seed));
    CacheStory(GetParam() + seed).run();
  }
  // They came to what they are about.
  EXPECT_GT(CacheStory::seen.fresh, 3 * kSeeds);
  EXPECT_GT(CacheStory::seen.stale, kSeeds / 10);
  EXPECT_GT(CacheStory::seen.revalidated, kSeeds / 2);
  EXPECT_GT(CacheStory::seen.validated, kSeeds);
  EXPECT_GT(CacheStory::seen.on_error, kSeeds / 10);
  EXPECT_GT(CacheStory::seen.not_modified, kSeeds / 2);
  EXPECT_GT(CacheStory::seen.stored, 3 * kSeeds);
  EXPECT_GT(CacheStory::seen.timed_out, kSeeds / 10);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CacheStories, ::testing::Values(0, 1000, 2000, 3000));

}  // namespace
}  // namespace wireproof::http_cache
