#pragma once
// Of one request to the proxy.

#include "http_proxy/proxy.hpp"

namespace wireproof::http_proxy {

struct Proxy::Asked {
  Asked(http::ServerConnection& connection, const Address& from) : client(connection), address(from) {}

  const http::RequestHead& request() const { return client.request(); }

  http::ServerConnection& client;
  const Address& address;
  unsigned status = 0;  ///< of the answer; 0: none has begun
};

struct Proxy::HandingOn {
  const http_cache::RequestPlan& plan;
  const http::RequestHead& request;
  std::optional<std::string> key;
  Seconds requested;
};

}  // namespace wireproof::http_proxy
