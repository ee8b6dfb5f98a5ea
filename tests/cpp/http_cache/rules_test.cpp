// The rules of RFC 9111 for what is stored and what is served, a row a rule: an exchange, some time, another request.

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "exchanges.hpp"

namespace wireproof::http_cache {
namespace {

struct Rule {
  std::string name;      ///< its section of RFC 9111 first
  std::string request;   ///< fields
  unsigned status;       ///< of the answer
  std::string response;  ///< fields
  int wait;              ///< seconds from that answer to the next request
  std::string next;      ///< fields of that
  std::string outcome;   ///< what becomes of it: of the second request, or why the answer was not stored
};

std::string outcome_of(const Rule& rule, const Policy& policy) {
  const http::RequestHead request = request_of(rule.request);
  const http::ResponseHead response = response_of(rule.status, rule.response);
  const RequestPlan first = plan_request(request, cache_key(request), {}, kStart, policy);
  const ResponsePlan answer = plan_response(first, {request, cache_key(request), kStart, kStart}, response, policy);
  if (answer.kind != ResponsePlan::Kind::store) {
    const std::string why = first.status.detail.empty() ? answer.status.detail : first.status.detail;
    return "not stored: " + why;
  }
  const http::RequestHead next = request_of(rule.next);
  const RequestPlan plan = plan_request(next, cache_key(next), {answer.stored}, kStart + Seconds(rule.wait), policy);
  return std::string(word_of(plan.kind));
}

const std::string kMinute = "Cache-Control: max-age=60";
const std::string kTagged = "ETag: \"a\"\n";

const std::vector<Rule> kRules{
    // 3: storing
    {"3 a lifetime", "", 200, kMinute, 0, "", "serve"},
    {"3 nothing is said", "", 200, "", 0, "", "not stored: no-lifetime"},
    {"3 a validator alone", "", 200, kTagged, 0, "", "validate"},
    {"3 no-store", "", 200, "Cache-Control: no-store, max-age=60", 0, "", "not stored: no-store"},
    {"3 no-store in another line", "", 200, kMinute + "\nCache-Control: no-store", 0, "", "not stored: no-store"},
    {"3 no-store in any case", "", 200, "Cache-Control: NO-store", 0, "", "not stored: no-store"},
    {"3 private", "", 200, "Cache-Control: private, max-age=60", 0, "", "not stored: private"},
    {"3 private and public", "", 200, "Cache-Control: private, public, max-age=60", 0, "", "not stored: private"},
    {"3 no-store of the request", "Cache-Control: no-store", 200, kMinute, 0, "", "not stored: request-no-store"},
    {"3 a status nobody knows, with a lifetime", "", 299, kMinute, 0, "", "serve"},
    {"3 a status nobody knows, without one", "", 299, "Last-Modified: @-1000", 0, "", "not stored: no-lifetime"},
    {"3 one that is not heuristic, public", "", 599, "Cache-Control: public\nLast-Modified: @-1000", 0, "", "serve"},
    {"3 one that is not heuristic", "", 403, "Last-Modified: @-1000", 0, "", "not stored: no-lifetime"},
    {"3 a redirection", "", 302, kMinute, 0, "", "serve"},
    {"3 an error with a lifetime", "", 500, kMinute, 0, "", "serve"},
    {"3 304 to nobody's question", "", 304, kMinute, 0, "", "not stored: unasked-304"},
    {"3.3 a part", "Range: bytes=0-1", 206, kMinute + "\nContent-Range: bytes 0-1/2", 0, "", "not stored: partial"},
    {"3.3 the whole, though a part was asked for", "Range: bytes=0-1", 200, kMinute, 0, "", "serve"},
    {"3.4 416 of one request", "Range: bytes=9-", 416, kMinute, 0, "", "not stored: status"},
    {"3 412 of one request", "", 412, kMinute, 0, "", "not stored: status"},
    {"RFC 6585 428", "", 428, kMinute, 0, "", "not stored: status"},
    {"RFC 6585 429", "", 429, kMinute, 0, "", "not stored: status"},
    {"RFC 6585 431", "", 431, kMinute, 0, "", "not stored: status"},
    {"RFC 6585 511", "", 511, kMinute, 0, "", "not stored: status"},
    {"3 a request with a body", "Content-Length: 3", 200, kMinute, 0, "", "not stored: request-body"},
    {"3 a request with an empty body", "Content-Length: 0", 200, kMinute, 0, "", "serve"},
    // 3.5: Authorization
    {"3.5 credentials", "Authorization: x", 200, kMinute, 0, "", "not stored: authorization"},
    {"3.5 with public", "Authorization: x", 200, kMinute + ", public", 0, "", "serve"},
    {"3.5 with s-maxage", "Authorization: x", 200, "Cache-Control: s-maxage=60", 0, "", "serve"},
    {"3.5 with must-revalidate", "Authorization: x", 200, kMinute + ", must-revalidate", 0, "", "serve"},
    {"3.5 proxy-revalidate is not enough", "Authorization: x", 200, kMinute + ", proxy-revalidate", 0, "",
     "not stored: authorization"},
    {"3.5 others' answers serve those with credentials", "", 200, kMinute, 0, "Authorization: x", "serve"},
    // 4.1: Vary
    {"4.1 the same value", "A: 1", 200, kMinute + "\nVary: A", 0, "A: 1", "serve"},
    {"4.1 another value", "A: 1", 200, kMinute + "\nVary: A", 0, "A: 2", "forward"},
    {"4.1 it is missing then", "A: 1", 200, kMinute + "\nVary: A", 0, "", "forward"},
    {"4.1 it was missing", "", 200, kMinute + "\nVary: A", 0, "A: 1", "forward"},
    {"4.1 missing in both", "", 200, kMinute + "\nVary: A", 0, "", "serve"},
    {"4.1 empty is not missing", "A:", 200, kMinute + "\nVary: A", 0, "", "forward"},
    {"4.1 names in any case", "a: 1", 200, kMinute + "\nVary: A", 0, "A: 1", "serve"},
    {"4.1 values in their case", "A: x", 200, kMinute + "\nVary: A", 0, "A: X", "forward"},
    {"4.1 two names, both right", "A: 1\nB: 2", 200, kMinute + "\nVary: A, B", 0, "B: 2\nA: 1", "serve"},
    {"4.1 two names, one wrong", "A: 1\nB: 2", 200, kMinute + "\nVary: A, B", 0, "A: 1\nB: 3", "forward"},
    {"4.1 two lines of Vary", "A: 1\nB: 2", 200, kMinute + "\nVary: A\nVary: B", 0, "A: 1\nB: 3", "forward"},
    {"4.1 other fields", "A: 1\nC: 2", 200, kMinute + "\nVary: A", 0, "A: 1\nC: 3", "serve"},
    {"4.1 lines and blanks", "A: 1\nA: 2", 200, kMinute + "\nVary: A", 0, "A: 1 ,2", "serve"},
    {"4.1 another order", "A: 1, 2", 200, kMinute + "\nVary: A", 0, "A: 2, 1", "forward"},
    {"4.1 star", "", 200, kMinute + "\nVary: *", 0, "", "not stored: vary"},
    {"4.1 star among others", "", 200, kMinute + "\nVary: A, *", 0, "", "not stored: vary"},
    {"4.1 star in another line", "", 200, kMinute + "\nVary:\nVary: *", 0, "", "not stored: vary"},
    // 4.2.1: lifetimes
    {"4.2.1 max-age, its last second", "", 200, kMinute, 59, "", "serve"},
    {"4.2.1 max-age, over", "", 200, kMinute, 60, "", "forward"},
    {"4.2.1 max-age, over, with a validator", "", 200, kTagged + kMinute, 60, "", "validate"},
    {"4.2.1 max-age=0", "", 200, kTagged + "Cache-Control: max-age=0", 0, "", "validate"},
    {"4.2.1 max-age=0 and nothing to ask by", "", 200, "Cache-Control: max-age=0", 0, "", "not stored: no-lifetime"},
    {"4.2.1 s-maxage before max-age", "", 200, "Cache-Control: max-age=60, s-maxage=10", 20, "", "forward"},
    {"4.2.1 s-maxage, longer", "", 200, "Cache-Control: max-age=10, s-maxage=60", 20, "", "serve"},
    {"4.2.1 s-maxage=0", "", 200, kTagged + "Cache-Control: max-age=10, s-maxage=0", 0, "", "validate"},
    {"4.2.1 Expires", "", 200, "Date: @0\nExpires: @60", 59, "", "serve"},
    {"4.2.1 Expires, over", "", 200, "Date: @0\nExpires: @60", 60, "", "forward"},
    {"4.2.1 Expires counts from Date", "", 200, "Date: @-40\nExpires: @20", 0, "", "serve"},
    {"4.2.1 Expires counts from Date, over", "", 200, "Date: @-40\nExpires: @20", 20, "", "forward"},
    {"4.2.1 Expires before Date", "", 200, kTagged + "Date: @400\nExpires: @300", 0, "", "validate"},
    {"4.2.1 max-age before Expires", "", 200, kMinute + "\nDate: @0\nExpires: @-10", 59, "", "serve"},
    {"4.2.1 max-age=0 before Expires", "", 200, kTagged + "Cache-Control: max-age=0\nExpires: @99", 0, "", "validate"},
    {"5.3 Expires: 0", "", 200, kTagged + "Expires: 0", 0, "", "validate"},
    {"5.3 Expires in an old form", "", 200, "Date: @0\nExpires: Thursday, 18-Aug-50 02:01:18 GMT", 9, "", "serve"},
    {"5.3 Expires twice", "", 200, kTagged + "Expires: @60\nExpires: @60", 0, "", "validate"},
    {"5.3 Expires without Date", "", 200, "Expires: @60", 59, "", "serve"},
    {"5.3 Expires with a malformed Date", "", 200, "Date: x\nExpires: @60", 59, "", "serve"},
    {"4.2.1 two max-age, the less first", "", 200, "Cache-Control: max-age=1, max-age=60", 9, "", "forward"},
    {"4.2.1 two max-age, the less last", "", 200, kMinute + "\nCache-Control: max-age=1", 9, "", "forward"},
    {"4.2.1 a malformed max-age is stale", "", 200, "Last-Modified: @-9000\nCache-Control: max-age=x", 0, "",
     "validate"},
    {"4.2.1 a negative max-age is stale", "", 200, kTagged + "Cache-Control: max-age=-1", 0, "", "validate"},
    {"4.2.1 max-age beyond 2^31", "", 200, "Cache-Control: max-age=99999999999999999999", 9, "", "serve"},
    // 4.2.2: heuristics
    {"4.2.2 a tenth of the time since the change", "", 200, "Date: @0\nLast-Modified: @-1000", 99, "", "serve"},
    {"4.2.2 no more than a tenth", "", 200, "Date: @0\nLast-Modified: @-1000", 100, "", "validate"},
    {"4.2.2 a day at most", "", 200, "Date: @0\nLast-Modified: @-100000000", 86399, "", "serve"},
    {"4.2.2 a day is over", "", 200, "Date: @0\nLast-Modified: @-100000000", 86400, "", "validate"},
    {"4.2.2 a change in the future", "", 200, "Date: @0\nLast-Modified: @10", 0, "", "validate"},
    {"4.2.2 404", "", 404, "Date: @0\nLast-Modified: @-1000", 9, "", "serve"},
    {"4.2.2 not 201", "", 201, "Date: @0\nLast-Modified: @-1000", 9, "", "not stored: no-lifetime"},
    {"4.2.2 not beside a lifetime", "", 200, "Last-Modified: @-100000\n" + kMinute, 61, "", "validate"},
    // 4.2.3: age
    {"4.2.3 Age", "", 200, kMinute + "\nAge: 50", 9, "", "serve"},
    {"4.2.3 Age, over", "", 200, kMinute + "\nAge: 50", 10, "", "forward"},
    {"4.2.3 an old Date", "", 200, "Date: @-50\n" + kMinute, 10, "", "forward"},
    {"4.2.3 a Date in the future", "", 200, "Date: @50\n" + kMinute, 59, "", "serve"},
    {"5.1 Age that is no number", "", 200, kMinute + "\nAge: abc", 9, "", "serve"},
    {"5.1 Age below 0", "", 200, kMinute + "\nAge: -100", 9, "", "serve"},
    {"5.1 Age with a point", "", 200, kMinute + "\nAge: 100.0", 9, "", "serve"},
    {"5.1 Age beyond 2^31", "", 200, kMinute + "\nAge: 99999999999999999999", 0, "", "forward"},
    {"5.1 the first of two Age in a line", "", 200, kMinute + "\nAge: 100, 0", 0, "", "forward"},
    {"5.1 the first of two lines of Age", "", 200, kMinute + "\nAge: 0\nAge: 100", 0, "", "serve"},
    // 4.2.4 and RFC 5861: stale
    {"4.2.4 stale is not served by itself", "", 200, kMinute, 61, "", "forward"},
    {"5.2.2.2 must-revalidate, fresh", "", 200, kMinute + ", must-revalidate", 9, "", "serve"},
    {"5.2.2.2 must-revalidate, stale", "", 200, kMinute + ", must-revalidate", 61, "Cache-Control: max-stale",
     "forward"},
    {"5.2.2.8 proxy-revalidate, stale", "", 200, kMinute + ", proxy-revalidate", 61, "Cache-Control: max-stale",
     "forward"},
    {"5.2.2.10 s-maxage, stale", "", 200, "Cache-Control: s-maxage=60", 61, "Cache-Control: max-stale", "forward"},
    {"RFC 5861 3 within", "", 200, kTagged + kMinute + ", stale-while-revalidate=10", 69, "", "serve and revalidate"},
    {"RFC 5861 3 without a validator", "", 200, kMinute + ", stale-while-revalidate=10", 69, "",
     "serve and revalidate"},
    {"RFC 5861 3 over", "", 200, kMinute + ", stale-while-revalidate=10", 70, "", "forward"},
    {"RFC 5861 3 with must-revalidate", "", 200, kMinute + ", must-revalidate, stale-while-revalidate=10", 61, "",
     "forward"},
    {"RFC 5861 3 no-cache of the request", "", 200, kMinute + ", stale-while-revalidate=10", 61,
     "Cache-Control: no-cache", "forward"},
    {"RFC 5861 3 malformed", "", 200, kMinute + ", stale-while-revalidate=x", 61, "", "forward"},
    // 5.2.1: the request's directives
    {"5.2.1.1 max-age of the request", "", 200, kMinute, 20, "Cache-Control: max-age=20", "serve"},
    {"5.2.1.1 older than it wants", "", 200, kTagged + kMinute, 21, "Cache-Control: max-age=20", "validate"},
    {"5.2.1.1 max-age=0 is a reload", "", 200, kTagged + kMinute, 0, "Cache-Control: max-age=0", "validate"},
    {"5.2.1.1 a malformed one is 0", "", 200, kTagged + kMinute, 0, "Cache-Control: max-age=x", "validate"},
    {"5.2.1.2 max-stale", "", 200, kMinute, 70, "Cache-Control: max-stale=10", "serve"},
    {"5.2.1.2 staler than it wants", "", 200, kMinute, 71, "Cache-Control: max-stale=10", "forward"},
    {"5.2.1.2 max-stale without a number", "", 200, kMinute, 99999, "Cache-Control: max-stale", "serve"},
    {"5.2.1.2 a malformed one is 0", "", 200, kMinute, 61, "Cache-Control: max-stale=x", "forward"},
    {"5.2.1.3 min-fresh", "", 200, kMinute, 20, "Cache-Control: min-fresh=40", "serve"},
    {"5.2.1.3 less than it wants", "", 200, kMinute, 21, "Cache-Control: min-fresh=40", "forward"},
    {"5.2.1.4 no-cache", "", 200, kMinute, 0, "Cache-Control: no-cache", "forward"},
    {"5.2.1.4 no-cache, with a validator", "", 200, kTagged + kMinute, 0, "Cache-Control: no-cache", "validate"},
    {"5.2.1.5 no-store", "", 200, kMinute, 0, "Cache-Control: no-store", "forward"},
    {"5.2.1.7 only-if-cached, fresh", "", 200, kMinute, 0, "Cache-Control: only-if-cached", "serve"},
    {"5.2.1.7 only-if-cached, stale", "", 200, kMinute, 60, "Cache-Control: only-if-cached", "504"},
    {"5.2.1.7 only-if-cached, another variant", "A: 1", 200, kMinute + "\nVary: A", 0, "Cache-Control: only-if-cached",
     "504"},
    {"5.2.1 unknown directives", "", 200, kMinute, 0, "Cache-Control: x, y=1, z=\"no-cache\"", "serve"},
    {"5.4 Pragma", "", 200, kMinute, 0, "Pragma: no-cache", "forward"},
    {"5.4 Pragma beside Cache-Control", "", 200, kMinute, 0, "Pragma: no-cache\nCache-Control: x", "serve"},
    {"5.4 Pragma with something else", "", 200, kMinute, 0, "Pragma: x", "serve"},
    {"5.4 Pragma of a response", "", 200, kMinute + "\nPragma: no-cache", 0, "", "serve"},
    // 5.2.2: the response's directives
    {"5.2.2.3 must-understand, known", "", 200, kMinute + ", no-store, must-understand", 0, "", "serve"},
    {"5.2.2.3 must-understand, not known", "", 599, kMinute + ", no-store, must-understand", 0, "",
     "not stored: must-understand"},
    {"5.2.2.3 must-understand alone, not known", "", 599, kMinute + ", must-understand", 0, "",
     "not stored: must-understand"},
    {"5.2.2.4 no-cache", "", 200, kTagged + kMinute + ", no-cache", 0, "", "validate"},
    {"5.2.2.4 no-cache, in any case", "", 200, kTagged + kMinute + ", NO-Cache", 0, "", "validate"},
    {"5.2.2.4 no-cache, max-stale does not help", "", 200, kTagged + kMinute + ", no-cache", 0,
     "Cache-Control: max-stale", "validate"},
    {"5.2.2.4 no-cache of nothing but fields", "", 200, kMinute + ", no-cache=\"A\"", 0, "", "serve"},
    {"5.2.2.4 no-cache of malformed fields is of all", "", 200, kTagged + kMinute + ", no-cache=\"A B\"", 0, "",
     "validate"},
    {"5.2.2.4 no-cache without a validator", "", 200, kMinute + ", no-cache", 0, "", "not stored: no-lifetime"},
    {"5.2.2.7 private of nothing but fields", "", 200, kMinute + ", private=\"A\"", 0, "", "serve"},
    {"5.2.2.7 private of no fields is of all", "", 200, kMinute + ", private=\"\"", 0, "", "not stored: private"},
    {"5.2.3 unknown directives", "", 200, "Cache-Control: x, y=\"a, no-store\", max-age=60", 0, "", "serve"},
    {"5.2 a lifetime in a quoted string is none", "", 200, kTagged + "Cache-Control: x=\"max-age=60\", max-age=1", 9,
     "", "validate"},
    {"5.2 a quoted number", "", 200, "Cache-Control: max-age=\"60\"", 9, "", "serve"},
    {"5.2 leading zeros", "", 200, "Cache-Control: max-age=0060", 59, "", "serve"},
    {"5.2 single quotes are none", "", 200, kTagged + "Cache-Control: max-age='60'", 0, "", "validate"},
    {"5.2 blanks around the equals sign", "", 200, kTagged + "Cache-Control: max-age = 60", 0, "", "validate"},
    {"5.2 a fraction", "", 200, kTagged + "Cache-Control: max-age=60.5", 0, "", "validate"},
    {"5.2 a quote that is not closed hides nothing", "", 200, "Cache-Control: max-age=60, x=\"a, no-store", 0, "",
     "not stored: no-store"},
    {"RFC 8246 immutable, fresh", "", 200, kMinute + ", immutable", 59, "", "serve"},
    {"RFC 8246 immutable, stale", "", 200, kTagged + kMinute + ", immutable", 60, "", "validate"},
    // 7.3: cookies
    {"7.3 Set-Cookie with a lifetime", "", 200, kMinute + "\nSet-Cookie: a=b", 0, "", "serve"},
    {"7.3 Set-Cookie without one", "", 200, "Last-Modified: @-1000\nSet-Cookie: a=b", 0, "", "not stored: set-cookie"},
    {"7.3 Cookie", "Cookie: a=b", 200, kMinute, 0, "Cookie: c=d", "serve"},
    // RFC 9110 13.1: conditions that only an origin may evaluate
    {"RFC 9110 13.1.1 If-Match", "", 200, kTagged + kMinute, 0, "If-Match: \"a\"", "forward"},
    {"RFC 9110 13.1.4 If-Unmodified-Since", "", 200, kTagged + kMinute, 0, "If-Unmodified-Since: @0", "forward"},
    {"4.3.2 the client's own conditions", "", 200, kTagged + kMinute, 0, "If-None-Match: \"a\"", "serve"},
    {"RFC 9213 not for this cache", "", 200, kMinute + "\nCDN-Cache-Control: no-store", 0, "", "serve"},
};

TEST(Rfc9111, RulesAreKept) {
  for (const Rule& rule : kRules) EXPECT_EQ(outcome_of(rule, {}), rule.outcome) << rule.name;
}

TEST(Rfc9111, RulesHaveDifferentNames) {
  std::set<std::string> names;
  for (const Rule& rule : kRules) EXPECT_TRUE(names.insert(rule.name).second) << rule.name;
}

const std::vector<Rule> kTargeted{
    {"2.2 before Cache-Control", "", 200, "Cache-Control: no-store\nCDN-Cache-Control: max-age=60", 59, "", "serve"},
    {"2.2 before Cache-Control, shorter", "", 200, kMinute + "\nCDN-Cache-Control: max-age=1", 9, "", "forward"},
    {"2.2 before Expires", "", 200, "Expires: @-9\nCDN-Cache-Control: max-age=60", 9, "", "serve"},
    {"2.2 Expires does not count beside it", "", 200, kTagged + "Expires: @60\nCDN-Cache-Control: foo", 0, "",
     "validate"},
    {"2.2 private", "", 200, kMinute + "\nCDN-Cache-Control: private", 0, "", "not stored: private"},
    {"2.2 a number beyond 2^31", "", 200, "CDN-Cache-Control: max-age=99999999999", 9, "", "serve"},
    {"2.1 no dictionary", "", 200, kMinute + "\nCDN-Cache-Control: max-age=", 9, "", "serve"},
    {"2.1 names in upper case are none", "", 200, kMinute + "\nCDN-Cache-Control: No-Store", 9, "", "serve"},
    {"2.1 blanks make it none", "", 200, kMinute + "\nCDN-Cache-Control: max-age= 1", 9, "", "serve"},
    {"2.1 a comma at the end makes it none", "", 200, kMinute + "\nCDN-Cache-Control: no-store,", 9, "", "serve"},
    {"2.1 empty", "", 200, kMinute + "\nCDN-Cache-Control:", 9, "", "serve"},
    {"2.1 another type", "", 200, kTagged + kMinute + "\nCDN-Cache-Control: max-age=\"x\"", 0, "", "serve"},
    {"2.1 a number in quotes", "", 200, "Cache-Control: no-store\nCDN-Cache-Control: max-age=\"60\"", 0, "",
     "not stored: no-store"},
    {"2.1 parameters are dropped", "", 200, "CDN-Cache-Control: max-age=60;a=1;b", 9, "", "serve"},
    {"2.1 the last of two counts", "", 200, "CDN-Cache-Control: max-age=1, max-age=60", 9, "", "serve"},
    {"2.1 false is not there", "", 200, "CDN-Cache-Control: max-age=60, no-store=?0", 9, "", "serve"},
    {"2.1 below 0", "", 200, kTagged + "CDN-Cache-Control: max-age=-5", 0, "", "validate"},
    {"2.1 inner lists, tokens, bytes", "", 200, "CDN-Cache-Control: a=(1 \"b\";c d), e=f/g, h=:aGk=:, max-age=60", 9,
     "", "serve"},
};

TEST(Rfc9213, RulesAreKept) {
  for (const Rule& rule : kTargeted) EXPECT_EQ(outcome_of(rule, {.reads_targeted = true}), rule.outcome) << rule.name;
}

TEST(Rfc9111, HeuristicsAndCookiesAreTheOperators) {
  const Rule old{"", "", 200, "Date: @0\nLast-Modified: @-1000", 49, "", ""};
  EXPECT_EQ(outcome_of(old, {.heuristic_percent = 5}), "serve");
  EXPECT_EQ(outcome_of(old, {.heuristic_percent = 4}), "validate");
  EXPECT_EQ(outcome_of(old, {.heuristic_most = Seconds(49)}), "validate");
  const Rule cookie{"", "", 200, kMinute + "\nSet-Cookie: a=b", 0, "", ""};
  EXPECT_EQ(outcome_of(cookie, {.stores_cookies = false}), "not stored: set-cookie");
}

TEST(Rfc9111, OnlyAnswersToGetAreStored) {
  for (const std::string method : {"HEAD", "POST", "PUT", "OPTIONS", "PROPFIND"}) {
    const http::RequestHead request = request_of("", method);
    const http::ResponseHead response = response_of(200, kMinute);
    EXPECT_EQ(storability(request, response, kStart, {}).reason, "method") << method;
    const RequestPlan plan = plan_request(request, cache_key(request), {}, kStart, {});
    const Exchange exchange{request, cache_key(request), kStart, kStart};
    EXPECT_EQ(plan_response(plan, exchange, response, {}).kind, ResponsePlan::Kind::pass) << method;
  }
}

// 3.1: what is left out of what is stored.
TEST(S3_1, FieldsOfTheConnectionAreNotStored) {
  const http::ResponseHead stored = storable_head(
      response_of(200,
                  "Connection: a, Cache-Control, close\nA: 1\nB: 2\nKeep-Alive: x\nProxy-Connection: x\nTE: x\n"
                  "Transfer-Encoding: chunked\nUpgrade: x\nTrailer: x\nProxy-Authenticate: x\nProxy-Authorization: x\n"
                  "Proxy-Authentication-Info: x\nContent-Length: 3\nSet-Cookie: a=b\nC: 3\nD: 4\nE: 5\n"
                  "Cache-Control: max-age=9, no-cache=\"c\", private=\"D, x\"\nDate: @0"),
      kStart, {});
  EXPECT_EQ(stored.fields, fields_of("B: 2\nSet-Cookie: a=b\nE: 5\n"
                                     "Cache-Control: max-age=9, no-cache=\"c\", private=\"D, x\"\nDate: @0"));
  EXPECT_EQ(storable_head(response_of(200, ""), kStart, {}).fields, fields_of("Date: @0"));
}

}  // namespace
}  // namespace wireproof::http_cache
