// What is done with a request, by its target.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http_proxy/moment.hpp"
#include "http_proxy/proxy_status.hpp"
#include "http_proxy/route.hpp"

namespace wireproof::http_proxy {
namespace {

using Kind = Route::Kind;

http::RequestHead head(const std::string& method, const std::string& target, http::Fields fields = {{"Host", "site"}}) {
  return {.method = method, .target = target, .version = http::Version::http11, .fields = std::move(fields)};
}

const RouteRules kForward{};
const RouteRules kReverse{.origin = Authority{"10.0.0.1", 8000}, .connect_ports = {443}};

TEST(Routes, OfAForwardProxyGoWhereTheTargetSays) {
  const Route route = route_of(head("GET", "http://H:81/a?b"), kForward, false);
  EXPECT_EQ(route.kind, Kind::forward);
  EXPECT_EQ(route.authority, (Authority{"h", 81}));
  EXPECT_EQ(route.target, "/a?b");
  EXPECT_EQ(route.host, "h:81");
}

TEST(Routes, OfAReverseProxyGoToItsOrigin) {
  Route route = route_of(head("GET", "/a"), kReverse, false);
  EXPECT_EQ(route.authority, *kReverse.origin);
  EXPECT_EQ(route.host, "site");
  route = route_of(head("GET", "http://other/b"), kReverse, false);
  EXPECT_EQ(route.authority, *kReverse.origin);
  EXPECT_EQ(route.host, "other");
  EXPECT_EQ(route.target, "/b");
  route = route_of(head("GET", "/a", {}), kReverse, false);
  EXPECT_EQ(route.host, "10.0.0.1:8000");
  EXPECT_EQ(route_of(head("OPTIONS", "*"), kReverse, false).target, "*");
}

TEST(Routes, OfConnectNeedAPortThatIsAllowed) {
  EXPECT_EQ(route_of(head("CONNECT", "h:443"), kForward, false).kind, Kind::tunnel);
  EXPECT_EQ(route_of(head("CONNECT", "h:22"), kForward, true).refusal.status, 403U);
  EXPECT_EQ(route_of(head("CONNECT", "h:443"), kReverse, false).refusal.status, 405U);
  EXPECT_EQ(route_of(head("CONNECT", "h:443", {{"Content-Length", "3"}}), kForward, false).refusal.status, 400U);
}

TEST(Routes, ToTheProxyItself) {
  EXPECT_EQ(route_of(head("GET", "/"), kForward, false).kind, Kind::status);
  EXPECT_FALSE(route_of(head("GET", "/.well-known/http-proxy?x"), kForward, false).is_json);
  EXPECT_TRUE(route_of(head("GET", "/.well-known/http-proxy.json"), kForward, false).is_json);
  EXPECT_EQ(route_of(head("POST", "/"), kForward, false).refusal.status, 405U);
  EXPECT_EQ(route_of(head("GET", "/other"), kForward, false).refusal.status, 404U);
  EXPECT_EQ(route_of(head("OPTIONS", "*"), kForward, false).kind, Kind::options);
}

TEST(Routes, OfAReverseProxyTellOfItselfToItsOwnHostOnly) {
  EXPECT_EQ(route_of(head("GET", "/.well-known/http-proxy"), kReverse, true).kind, Kind::status);
  EXPECT_EQ(route_of(head("GET", "/.well-known/http-proxy"), kReverse, false).kind, Kind::forward);
  EXPECT_EQ(route_of(head("GET", "/"), kReverse, true).kind, Kind::forward);
}

TEST(Routes, EndHereWhereMaxForwardsIsUsedUp) {
  const http::Fields none{{"Host", "h"}, {"Max-Forwards", "0"}};
  EXPECT_EQ(route_of(head("TRACE", "http://h/", none), kForward, false).kind, Kind::trace);
  EXPECT_EQ(route_of(head("OPTIONS", "http://h/", none), kForward, false).kind, Kind::options);
  EXPECT_EQ(route_of(head("GET", "http://h/", none), kForward, false).kind, Kind::forward);
}

TEST(Routes, ThatAreNoneAreRefused) {
  EXPECT_EQ(route_of(head("GET", "ftp://h/"), kForward, false).refusal.status, 501U);
  EXPECT_EQ(route_of(head("GET", "http://h:0/"), kForward, false).refusal.status, 400U);
}

TEST(Traces, KeepSecrets) {
  const std::string text = traced(head("TRACE", "http://h/", {{"Cookie", "a"}, {"Authorization", "b"}, {"X", "c"}}));
  EXPECT_EQ(text, "TRACE http://h/ HTTP/1.1\r\nX: c\r\n\r\n");
}

TEST(ProxyStatus, NamesTheError) {  // RFC 9209
  EXPECT_EQ(proxy_status("me", error_type(http_forwarding::UpstreamCause::refused)),
            "\"me\"; error=connection_refused");
  EXPECT_EQ(error_type(508U), "proxy_loop_detected");
  EXPECT_EQ(error_type(404U), "");
}

}  // namespace
}  // namespace wireproof::http_proxy
