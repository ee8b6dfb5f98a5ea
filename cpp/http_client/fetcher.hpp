#pragma once
// Fetches one URL: requests, redirects, retries, and the body to where it belongs.

#include <optional>
#include <string>

#include "http_client/coding.hpp"
#include "http_client/destination.hpp"
#include "http_client/dialer.hpp"
#include "http_client/display.hpp"
#include "http_client/gunzip.hpp"
#include "http_client/header_log.hpp"
#include "http_client/redirects.hpp"
#include "http_client/report.hpp"
#include "http_client/retries.hpp"

namespace wireproof::http_client {

struct FetchOptions {
  Request request;
  std::optional<url::HttpUrl> proxy{};
  RetryOptions retry{};
  unsigned redirects = 20;    ///< followed at most
  Time timeout = kNever;      ///< for each wait
  std::uint64_t longest = 0;  ///< bytes of the body at most, after a coding was taken off
  bool takes_gzip = true;
  Destination::Options destination{};  ///< an empty path: named by the URL
  bool names_by_server = false;        ///< by Content-Disposition, where that names a file
  bool is_quiet = false;
  std::string log{};
};

class Fetcher {
 public:
  /// `seed`: of the jitter. Makes the log. Throws FetchError exists and file, Failure.
  Fetcher(Loop& loop, Deadlines& deadlines, FetchOptions options, std::uint64_t seed);

  /// Never throws but when it is called off; the report tells.
  asio::awaitable<void> run();
  /// It was called off.
  void interrupt(const std::string& words);

  Report& report() { return report_; }

 private:
  enum class Next { done, again };

  asio::awaitable<void> attempt();
  asio::awaitable<Next> exchange();
  asio::awaitable<Dialed> ask();
  asio::awaitable<void> send(http::ClientConnection& connection);
  asio::awaitable<bool> take_head(Dialed& dialed);
  asio::awaitable<Next> judge(Dialed dialed);
  asio::awaitable<void> take_whole(Dialed& dialed);
  asio::awaitable<void> take_body(Dialed& dialed, std::optional<std::uint64_t> total);
  void check_size(std::uint64_t bytes) const;
  void put(std::string_view bytes);
  void take_piece(std::string_view piece);
  void finish();
  asio::awaitable<void> drain(Dialed dialed);
  asio::awaitable<std::string_view> next_piece(Dialed& dialed);

  http::RequestHead head() const;
  void open_destination(const http::Fields* fields);
  std::optional<PartFacts> facts_of(const http::ResponseHead& head) const;

  Loop& loop_;
  Deadlines& deadlines_;
  FetchOptions options_;
  Dialer dialer_;
  HeaderLog log_;
  Display display_;
  Retries retries_;
  Request request_;
  Redirects redirects_;
  std::optional<Destination> destination_;
  Resume resume_;
  std::optional<Gunzip> gunzip_;  ///< where the body is coded
  Report report_;
  Failed failed_;             ///< what is known of this attempt
  std::uint64_t before_ = 0;  ///< bytes that were there when this attempt began
  bool head_came_ = false;
};

}  // namespace wireproof::http_client
