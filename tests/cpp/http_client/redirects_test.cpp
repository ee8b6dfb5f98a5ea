// Redirects: what follows, what does not, and to whom nothing is told.

#include "http_client/redirects.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "../base/seeds.hpp"
#include "random/random.hpp"

namespace wireproof::http_client {
namespace {

using ::testing::HasSubstr;

Request request_of(std::string_view url, std::string method = "GET") {
  return {std::move(method), url::parse_typed_url(url)};
}

std::variant<Request, Stop> follow_once(const Request& request, unsigned status, const std::string& location) {
  return Redirects(request, 20).follow(request, status, {{"Location", location}});
}

/// "GET http://h1/b", or "loop: words".
std::string outcome(const std::variant<Request, Stop>& next) {
  if (const auto* const stop = std::get_if<Stop>(&next)) return std::string(word_of(stop->cause)) + ": " + stop->words;
  const Request& request = std::get<Request>(next);
  return request.method + " " + request.url.absolute_form() + (request.body ? " with a body" : "");
}

TEST(Redirects, AreFive) {
  unsigned count = 0;
  for (unsigned status = 100; status < 600; ++status) count += Redirects::is_one(status) ? 1 : 0;
  EXPECT_EQ(count, 5U);
  for (const unsigned status : {300U, 304U, 305U, 306U}) EXPECT_FALSE(Redirects::is_one(status));
}

TEST(Redirects, ChangeTheMethodAsRfc9110Says) {
  const auto after = [](const std::string& method, unsigned status) {
    Request request = request_of("http://h1/a", method);
    if (method == "POST" || method == "PUT") request.body = "x";
    return outcome(follow_once(request, status, "/b"));
  };
  for (const unsigned status : {301U, 302U, 303U, 307U, 308U}) {
    EXPECT_EQ(after("GET", status), "GET http://h1/b");
    EXPECT_EQ(after("HEAD", status), "HEAD http://h1/b");
  }
  for (const unsigned status : {301U, 302U, 303U}) EXPECT_EQ(after("POST", status), "GET http://h1/b");
  for (const unsigned status : {307U, 308U}) EXPECT_EQ(after("POST", status), "POST http://h1/b with a body");
  for (const unsigned status : {301U, 302U, 307U, 308U}) EXPECT_EQ(after("PUT", status), "PUT http://h1/b with a body");
  EXPECT_EQ(after("PUT", 303), "GET http://h1/b");
}

TEST(Redirects, TakeWhatDescribesABodyAwayWithIt) {
  Request request = request_of("http://h1/a", "POST");
  request.body = "x=1";
  request.fields = {{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "text/html"}};
  EXPECT_EQ(std::get<Request>(follow_once(request, 302, "/b")).fields, (http::Fields{{"Accept", "text/html"}}));
  EXPECT_EQ(std::get<Request>(follow_once(request, 307, "/b")).fields, request.fields);
  EXPECT_EQ(std::get<Request>(follow_once(request, 307, "http://h2/b")).fields, request.fields);
}

TEST(Redirects, SendNoSecretToAnotherServer) {
  Request request = request_of("http://me:pw@h1/a");
  request.fields = {{"authorization", "Basic x"}, {"Cookie", "id=1"}, {"X-Api-Key", "k"}, {"User-Agent", "u"}};
  for (const std::string other : {"http://h2/", "http://h1:81/", "//h1.example/"}) {
    const Request next = std::get<Request>(follow_once(request, 302, other));
    EXPECT_EQ(next.url.credentials, std::nullopt) << other;
    EXPECT_EQ(next.fields, (http::Fields{{"User-Agent", "u"}})) << other;
  }
  for (const std::string same : {"/b", "http://H1:80/b", "?q"}) {
    const Request next = std::get<Request>(follow_once(request, 302, same));
    EXPECT_EQ(next.url.credentials, request.url.credentials) << same;
    EXPECT_EQ(next.fields, request.fields) << same;
  }
}

TEST(Redirects, SendSecretsNoMoreWhenTheyLeadBack) {
  const Request first = request_of("http://me:pw@h1/a");
  Redirects redirects(first, 20);
  const Request second = std::get<Request>(redirects.follow(first, 302, {{"Location", "http://h2/"}}));
  const Request third = std::get<Request>(redirects.follow(second, 302, {{"Location", "http://h1/a"}}));
  EXPECT_EQ(third.url.credentials, std::nullopt);
}

TEST(Redirects, GoToNoOtherScheme) {
  const Request request = request_of("http://h1/a");
  EXPECT_THAT(outcome(follow_once(request, 301, "https://h1/a")),
              HasSubstr("scheme: 301 to https://h1/a: https is not spoken"));
  EXPECT_THAT(outcome(follow_once(request, 301, "ftp://h1/a")), HasSubstr("scheme: 301 to 'ftp:' is no scheme"));
  EXPECT_THAT(outcome(follow_once(request, 301, "file:///etc/passwd")), HasSubstr("scheme: "));
}

TEST(Redirects, WantOnePlace) {
  const Request request = request_of("http://h1/a");
  EXPECT_EQ(outcome(Redirects(request, 20).follow(request, 301, {})), "status: 301 without Location");
  EXPECT_EQ(outcome(Redirects(request, 20).follow(request, 301, {{"Location", "/a"}, {"location", "/b"}})),
            "malformed: 301 with several Locations");
  EXPECT_THAT(outcome(follow_once(request, 301, "http://h1:99999/")), HasSubstr("malformed: 301 to "));
  EXPECT_THAT(outcome(follow_once(request, 301, "http://h1@evil/")), HasSubstr("malformed: 301 to "));
}

TEST(Redirects, FindLoops) {
  const Request first = request_of("http://h1/a");
  EXPECT_EQ(outcome(follow_once(first, 302, "/a#again")), "loop: 302 leads back to http://h1/a");
  Redirects redirects(first, 20);
  const Request second = std::get<Request>(redirects.follow(first, 302, {{"Location", "b"}}));
  EXPECT_EQ(outcome(redirects.follow(second, 302, {{"Location", "./%61"}})), "loop: 302 leads back to http://h1/a");
}

TEST(Redirects, OfPostToTheSamePlaceAreNoLoop) {
  EXPECT_EQ(outcome(follow_once(request_of("http://h1/form", "POST"), 303, "/form")), "GET http://h1/form");
}

TEST(Redirects, AreLimited) {
  Request request = request_of("http://h1/0");
  Redirects redirects(request, 3);
  for (int i = 1; i <= 3; ++i) {
    request = std::get<Request>(redirects.follow(request, 302, {{"Location", std::to_string(i)}}));
  }
  EXPECT_EQ(outcome(redirects.follow(request, 302, {{"Location", "4"}})),
            "loop: 3 redirects were followed, and http://h1/4 comes next");
  EXPECT_EQ(redirects.followed(), 3U);
  const Request first = request_of("http://h1/0");
  EXPECT_THAT(outcome(Redirects(first, 0).follow(first, 302, {{"Location", "1"}})), HasSubstr("loop: 0 redirects"));
}

/// Any chain ends, and no other server than the first ever hears a secret.
TEST(Redirects, OfAnyServersEndAndKeepSecrets) {
  std::uint64_t loops = 0;
  std::uint64_t elsewhere = 0;
  const std::uint64_t runs = testing::seeds(5000);
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    Random random(seed);
    Request request = request_of("http://me:pw@h1/0", random.below(4) == 0 ? "POST" : "GET");
    request.fields = {{"Authorization", "secret"}, {"Cookie", "secret"}, {"Accept", "a"}};
    const url::HttpUrl home = request.url;
    Redirects redirects(request, 20);
    bool left = false;
    int followed = 0;
    for (;; ++followed) {
      ASSERT_LE(followed, 20) << "seed " << seed;
      static constexpr std::string_view kHosts[] = {"", "", "", "http://h1", "http://h2", "//h1:81", "http://H1:80"};
      const std::string location =
          std::string(kHosts[random.below(std::size(kHosts))]) + "/" + std::to_string(random.below(12));
      constexpr unsigned kStatuses[] = {301, 302, 303, 307, 308};
      const auto next = redirects.follow(request, kStatuses[random.below(5)], {{"Location", location}});
      if (const auto* const stop = std::get_if<Stop>(&next)) {
        EXPECT_EQ(stop->cause, Cause::loop) << "seed " << seed;
        ++loops;
        break;
      }
      request = std::get<Request>(next);
      left = left || !request.url.same_origin(home);
      elsewhere += left ? 1 : 0;
      const bool knows = request.url.credentials || request.fields.has("Authorization") || request.fields.has("Cookie");
      EXPECT_EQ(knows, !left) << "seed " << seed;
      EXPECT_TRUE(request.fields.has("Accept")) << "seed " << seed;
    }
  }
  EXPECT_EQ(loops, runs);
  EXPECT_GT(elsewhere, runs);
}

}  // namespace
}  // namespace wireproof::http_client
