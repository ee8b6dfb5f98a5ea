#include "http_proxy/moment.hpp"

#include "http/message_writer.hpp"

namespace wireproof::http_proxy {

std::string traced(const http::RequestHead& request) {
  http::RequestHead head = request;
  for (const char* secret : {"Authorization", "Proxy-Authorization", "Cookie"}) head.fields.erase(secret);
  std::string text;
  http::append_head(text, head);
  return text;
}

}  // namespace wireproof::http_proxy
